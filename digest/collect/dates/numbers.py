"""Dates in numbers alone: "2026-05-08", "8/5/2026", "8.5.2026", "27/11"."""

from dataclasses import dataclass

from digest.collect.dates.scan import Scan

YEARS = range(1900, 2100)
SHORT_YEARS = range(20, 40)  # which two digits may be
BEFORE = frozenset("/£$€.:#_")  # a number behind these is none of a date


@dataclass(frozen=True, slots=True)
class Piece:
    """One day of a list or range; `month` is missing where a later or an earlier piece says it."""

    start: int  # the first word
    end: int  # behind the last
    day: int
    month: int | None = None
    year: int | None = None
    weekday: int | None = None
    month_first: bool = False
    numeric: bool = False
    sure: bool = True  # whether more than a word that may mean something else makes it a date


def iso_date(scan: Scan, place: int) -> Piece | None:
    """2026-05-08 and 2026/05/08, also before a T and a time."""
    words = scan.words
    mark = words[place + 1]
    if len(words[place]) != 4 or mark not in {"-", "/"} or words[place + 3] != mark or not _in_one(scan, place, 5):
        return None
    if [len(words[place + part]) for part in (2, 4)] != [2, 2]:
        return None
    year, month, day = scan.number(place, 4), scan.number(place + 2), scan.number(place + 4)
    if not year or year not in YEARS or not month or not day or month > 12 or _runs_on(scan, place, place + 5):
        return None
    return Piece(start=place, end=place + 5, day=day, month=month, year=year)


def numeric_date(scan: Scan, place: int, *, named: bool, month_first: bool) -> Piece | None:
    """8/5/2026, 8.5.2026, 8-5-2026, 8/5/26, 08.05.26.

    Args:
        scan: the text.
        place: where it begins.
        named: whether the weekday stands before it.
        month_first: how the language orders day and month; a dot always follows a day.
    """
    words = scan.words
    mark = words[place + 1]
    if mark not in {"/", ".", "-"} or words[place + 3] != mark or len(words[place + 4]) not in {2, 4}:
        return None
    year = scan.number(place + 4, 4)
    if year is None or not _in_one(scan, place, 5):
        return None
    if len(words[place + 4]) == 2:
        padded = len(words[place]) == len(words[place + 2]) == 2 and year in SHORT_YEARS
        year += 2000 if mark == "/" or named or padded else 0
    if year not in YEARS or _runs_on(scan, place, place + 5):
        return None
    days = _in_order(scan, place, month_first=month_first and mark != ".")
    return None if days is None else Piece(place, place + 5, *days, year=year, numeric=True)


def day_and_month(scan: Scan, place: int, *, promised: bool, month_first: bool) -> Piece | None:
    """27/11 without a year, where what stands before it promises a date, and nothing follows."""
    end = place + 3
    if not promised or scan.words[place + 1] != "/" or not _in_one(scan, place, 3) or _runs_on(scan, place, end):
        return None
    if not (end >= scan.size or scan.breaks[end] or scan.words[end] in {".", ",", ";", ")"}):
        return None
    days = _in_order(scan, place, month_first=month_first)
    return None if days is None else Piece(place, end, *days, numeric=True)


def _in_order(scan: Scan, place: int, *, month_first: bool) -> tuple[int, int] | None:
    """The day and the month; what makes a date in one order alone is read in that."""
    day, month = scan.number(place), scan.number(place + 2)
    if not day or not month:
        return None
    if month_first:
        day, month = month, day
    if month > 12:
        day, month = month, day
    return (day, month) if month <= 12 and day <= 31 else None


def _in_one(scan: Scan, place: int, size: int) -> bool:
    return all(scan.glued[place + one] for one in range(1, size))


def _runs_on(scan: Scan, place: int, end: int) -> bool:
    """Whether numbers are part of something longer, as an address or a version."""
    if scan.glued[place] and (scan.words[place - 1] in BEFORE | {"-"} or scan.words[place - 1].isalnum()):
        return True
    behind = scan.words[end]
    if not scan.glued[end] or behind == "t":
        return False
    numbered = behind == "." and scan.words[end + 1].isdecimal()
    return behind.isalnum() or behind == "_" or ((behind in {"-", "/"} or numbered) and scan.glued[end + 1])
