"""Log files that a person names on the command line: plain or gzipped, read line by line."""

import gzip
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, cast

from digest.errors import UsageError

STDIN = Path("-")
_GZIP = b"\x1f\x8b"
_LONGEST_LINE = 65_536  # bytes; what is longer comes in pieces


def log_lines(files: Sequence[Path]) -> Iterator[bytes]:
    """The lines of several logs, that which was written to longest ago first, and standard input last.

    Raises:
        UsageError: for a file that cannot be read, before any is begun where it is missing.
    """
    by_age = sorted(files, key=_written_at)
    return (line for file in by_age for line in _lines(file))


def _written_at(file: Path) -> float:
    if file == STDIN:
        return float("inf")
    try:
        return file.stat().st_mtime
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None


def _lines(file: Path) -> Iterator[bytes]:
    try:
        with _opened(file) as stream:
            yield from iter(partial(stream.readline, _LONGEST_LINE), b"")
    except (OSError, EOFError, zlib.error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else f"its gzip is broken ({error})"
        raise UsageError(f"{file} cannot be read: {reason}") from None


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    with nullcontext(cast("BufferedReader", sys.stdin.buffer)) if file == STDIN else file.open("rb") as stream:
        if stream.peek(2)[:2] == _GZIP:
            with gzip.open(stream) as unpacked:
                yield cast("BinaryIO", unpacked)
        else:
            yield stream
