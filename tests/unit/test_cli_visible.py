"""Characters that steer a terminal or turn text round reach neither a terminal nor a spreadsheet."""

import csv
import json
import logging
import sys
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
import structlog

from digest.cli import answers, session
from digest.cli.main import _tell
from digest.cli.progress import PlainProgress
from digest.cli.spreadsheet import STDOUT, write_csv
from digest.cli.visible import json_text, visible
from digest.core.campaigns import Row
from digest.errors import ConfigError, DigestError, Problem

STEERING = [chr(code) for code in (*range(9), *range(0x0B, 0x20), *range(0x7F, 0xA0)) if chr(code) != "\r"]
STEERING += ["\u202e", "\u2066", "\u2069", "\u2028", "\ud800"]
HOSTILE = "".join(f"a{one}" for one in STEERING) + "\x1b[2J\x9b2J\rz"
LONDON = ZoneInfo("Europe/London")


class Terminal(StringIO):
    def isatty(self):
        return True


@contextmanager
def at_a_terminal():
    """Standard output and error are one terminal."""
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(Terminal()) as streams, redirect_stderr(streams):
        patch.setenv("NO_COLOR", "1")
        patch.setenv("TERM", "dumb")
        yield streams


def steering(text):
    return [f"U+{ord(one):04X}" for one in text if one in {*STEERING, "\r"}]


def test_what_steers_is_seen_as_one_character_and_the_rest_stays():
    assert visible("a\x9b31mb\x1b\u202ec\r\nd\te") == "a\ufffd31mb\ufffd\ufffdc\nd\te"
    for kept in ("ङ्\u200dक", "👩🏽\u200d🌾", "שלום \u200f12", "Zoë\u00a0O", "\u0627\u061c"):
        assert visible(kept) == kept


@pytest.mark.parametrize(
    "tell",
    [
        lambda: answers.note(HOSTILE),
        lambda: answers.say(HOSTILE),
        lambda: answers.print_json({HOSTILE: [HOSTILE]}),
        lambda: answers.print_table(("a",), [(HOSTILE,)], title=HOSTILE),
        lambda: answers.print_table(("a",), [(HOSTILE,)], wide=True),
        lambda: _tell(DigestError(HOSTILE)),
        lambda: _tell(ConfigError([Problem(where=HOSTILE, what=HOSTILE)])),
    ],
    ids=["note", "line", "json", "table", "wide", "error", "problems"],
)
def test_no_answer_steers_the_terminal(tell):
    with at_a_terminal() as terminal:
        tell()
    assert steering(terminal.getvalue()) == []
    assert "a\ufffd" in terminal.getvalue() or "\\u0080" in terminal.getvalue()


def test_no_question_steers_the_terminal(monkeypatch):
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    with at_a_terminal() as terminal:
        answers.confirm(lambda: f"Send {HOSTILE}?", yes=False)
    assert steering(terminal.getvalue()) == []
    assert "z?" in terminal.getvalue()


def test_no_progress_steers_the_terminal():
    terminal = StringIO()
    times = iter((0.0, 20.0))
    progress = PlainProgress(write=terminal.write, clock=lambda: next(times))
    progress(HOSTILE, 0, 10)
    progress(HOSTILE, 5, 10)
    assert steering(terminal.getvalue()) == []
    assert ": 5 of 10;" in terminal.getvalue()


def test_no_log_steers_the_terminal():
    root = logging.getLogger()
    before = root.handlers[:], root.level
    try:
        with at_a_terminal() as terminal:
            session.set_up_logging()
            structlog.get_logger("digest").warning(HOSTILE, error=HOSTILE)
            logging.getLogger("elsewhere").error("%s", HOSTILE, exc_info=ValueError(HOSTILE))
    finally:
        root.handlers[:], level = before
        root.setLevel(level)
        structlog.reset_defaults()
    written = terminal.getvalue()
    for colour in ("\x1b[0m", "\x1b[1m", "\x1b[2m", *(f"\x1b[{number}m" for number in range(31, 38))):
        written = written.replace(colour, "")  # the log's own
    assert steering(written) == []
    assert written.count("z") >= 3


def test_no_cell_of_a_csv_steers_and_the_rows_stay_rows(tmp_path):
    row = Row(
        address="ada@example.org", name=HOSTILE, state="accepted", reason="", attempts=1, stage="", code=250,
        reply=f"line\r\n{HOSTILE}", finished_at=datetime(2026, 7, 1, tzinfo=UTC),
    )  # fmt: skip
    write_csv(tmp_path / "who.csv", [row], zone=LONDON)
    with (tmp_path / "who.csv").open(encoding="utf-8-sig", newline="") as stream:
        (read,) = csv.DictReader(stream)
    assert steering(read["name"] + read["reply"]) == []
    assert read["name"].endswith("z")
    assert read["reply"].startswith("line\n")
    with at_a_terminal() as terminal:
        write_csv(STDOUT, [row], zone=LONDON)
    assert steering(terminal.getvalue().replace("\r\n", "\n")) == []


def test_json_loses_nothing_of_what_it_escapes():
    document = {"title": "a\x9b\x7f\u202e\u2028\x85é"}
    assert json.loads(json_text(document)) == document
    assert "é" in json_text(document)
