"""CSV for spreadsheets: streamed, and without cells that a spreadsheet would take for formulas."""

import csv
import sys
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import astuple, fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO
from zoneinfo import ZoneInfo

from digest.cli.visible import visible
from digest.core import campaigns
from digest.errors import UsageError
from digest.resources import open_private

if TYPE_CHECKING:
    from digest.core.campaigns import Row

STDOUT = Path("-")
_FORMULA = ("=", "+", "-", "@", "\t")


def write_csv(file: Path, rows: "Iterable[Row]", *, zone: ZoneInfo) -> int:
    """Write a heading and a row for each delivery (RFC 4180); returns how many.

    A file begins with a byte order mark, without which Excel takes UTF-8 for the code page of the machine.

    Raises:
        UsageError: when the file cannot be written.
    """
    count = 0
    try:
        with nullcontext(sys.stdout) if file == STDOUT else _opened(file) as stream:
            writer = csv.writer(stream)
            writer.writerow([field.name for field in fields(campaigns.Row)])
            for count, row in enumerate(rows, start=1):  # noqa: B007  (the last one is the number)
                writer.writerow([_plain(value, zone) for value in astuple(row)])
    except OSError as error:
        if file == STDOUT:
            raise
        raise UsageError(f"{file} cannot be written: {error.strerror}") from None
    return count


def _opened(file: Path) -> TextIO:
    """For this user alone: it says who was mailed."""
    return open(file, "w", encoding="utf-8-sig", newline="", opener=open_private)


def _plain(value: object, zone: ZoneInfo) -> object:
    """A value that a spreadsheet shows and does not calculate (OWASP: CSV injection), and that steers no terminal."""
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(timespec="seconds")
    if not isinstance(value, str):
        return value
    text = visible(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
