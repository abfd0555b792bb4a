"""Logs are read the oldest first, packed or not, from files and from a pipe."""

import gzip
import io
import os

import pytest

from digest.cli.logs import STDIN, log_lines
from digest.errors import UsageError


def test_the_log_that_was_written_to_longest_ago_comes_first_and_the_pipe_last(tmp_path, monkeypatch):
    new, old = tmp_path / "mail.log", tmp_path / "mail.log.1"  # in the order of a shell's mail.log*
    new.write_bytes(b"three\n")
    old.write_bytes(gzip.compress(b"one\ntwo\n"))  # by its content, whatever its name
    os.utime(new, (2, 2))
    os.utime(old, (1, 1))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(gzip.compress(b"four\n")))))
    assert list(log_lines([STDIN, new, old])) == [b"one\n", b"two\n", b"three\n", b"four\n"]


def test_a_line_without_an_end_does_not_fill_the_memory(tmp_path):
    file = tmp_path / "log"
    file.write_bytes(b"x" * 1_000_000)
    assert max(map(len, log_lines([file]))) <= 65_536


@pytest.mark.parametrize("kept", [5, 15, -4])
def test_a_packed_log_that_breaks_off_says_so(tmp_path, kept):
    file = tmp_path / "log.gz"
    file.write_bytes(gzip.compress(os.urandom(100))[:kept])
    with pytest.raises(UsageError, match=r"log\.gz cannot be read: its gzip is broken"):
        list(log_lines([file]))


def test_a_missing_log_is_told_before_any_is_read(tmp_path):
    with pytest.raises(UsageError, match=r"none\.log cannot be read: No such file"):
        log_lines([tmp_path / "none.log"])
