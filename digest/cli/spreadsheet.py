"""CSV for spreadsheets: streamed, and without cells that a spreadsheet would take for formulas."""

import csv
import sys
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, TextIO
from zoneinfo import ZoneInfo

from digest.documents import csv_rows
from digest.errors import UsageError
from digest.resources import open_private

if TYPE_CHECKING:
    from digest.core.campaigns import Row

STDOUT = Path("-")


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
            for count, cells in enumerate(csv_rows(rows, zone)):  # noqa: B007  (the heading is 0)
                writer.writerow(cells)
    except OSError as error:
        if file == STDOUT:
            raise
        raise UsageError(f"{file} cannot be written: {error.strerror}") from None
    return count


def _opened(file: Path) -> TextIO:
    """For this user alone: it says who was mailed."""
    return open(file, "w", encoding="utf-8-sig", newline="", opener=open_private)
