"""Dates in numbers alone: "2026-05-08", "8/5/2026", "8.5.2026", "27/11", "27.11."."""

from dataclasses import dataclass

from digest.collect.dates.scan import Scan

YEARS = range(1900, 2100)
SHORT_YEARS = range(20, 40)  # which two digits may be
BEFORE = frozenset("/£$€.:#_")  # a number behind these is none of a date
DASHES = frozenset("-–—")
_GO_ON = frozenset("@(|") | DASHES  # with a time of day, behind "Sat 27/11"
_LIKE_MINUTES = frozenset({"05", "10"})  # of the numbers that a month may be, those in which times of day end


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
    if year is None or not (_in_one(scan, place, 5) or _spaced(scan, place)):
        return None
    if len(words[place + 4]) == 2:
        padded = len(words[place]) == len(words[place + 2]) == 2 and year in SHORT_YEARS
        year += 2000 if mark == "/" or named or padded else 0
    if year not in YEARS or _runs_on(scan, place, place + 5):
        return None
    days = _in_order(scan, place, month_first=month_first and mark != ".")
    return None if days is None else Piece(place, place + 5, *days, year=year, numeric=True)


def day_and_month(
    scan: Scan, place: int, *, promised: bool, before_time: frozenset[str], month_first: bool
) -> Piece | None:
    """27/11 without a year, and the first of "27/11 - 3/12/2026".

    Args:
        scan: the text.
        place: where it begins.
        promised: whether what stands before it promises a date; then nothing but a time of day may follow.
        before_time: the small words before a time of day.
        month_first: how the language orders day and month.
    """
    end, mark = place + 3, scan.words[place + 1]
    if not (mark == "/" or (mark == "." and scan.words[end] == "(")) or not _in_one(scan, place, 3):
        return None
    dated_behind = _dash_and_date(scan, end, month_first=month_first)
    promised = promised or _before_clock(scan, end)
    if not (promised or dated_behind) or (not dated_behind and _runs_on(scan, place, end)):
        return None
    behind = scan.words[end]
    ended = end >= scan.size or scan.breaks[end] or behind in {".", ",", ";", ")"}
    month_first = month_first and mark != "."
    if not (ended or dated_behind or behind in _GO_ON or behind in before_time or behind.isdecimal()):
        return None
    days = _in_order(scan, place, month_first=month_first)
    return None if days is None else Piece(place, end, *days, numeric=True)


def dotted_day_and_month(scan: Scan, place: int, *, named: bool, cued: bool) -> Piece | None:
    """27.11. without a year, as much of Europe writes it, and the first of "27.11.–3.12.2026".

    Args:
        scan: the text.
        place: where it begins.
        named: whether the weekday stands before it.
        cued: whether a word such as "until" does; then the sentence must go on, as "3.12." at its end may be a version.
    """
    words, end = scan.words, place + 4
    if words[place + 1] != "." or words[place + 3] != "." or not _in_one(scan, place, 4):
        return None
    if _belongs_before(scan, place) or (scan.glued[end] and words[end][:1].isalnum()):
        return None
    goes_on = end < scan.size and not scan.breaks[end] and not scan.capital(end)
    clock = not goes_on and words[place + 2] in _LIKE_MINUTES
    if not ((named and not clock) or (cued and goes_on) or _dash_and_date(scan, end, month_first=False)):
        return None
    days = _in_order(scan, place, month_first=False)
    swapped = days is None or days[0] != scan.number(place)
    return None if days is None or swapped else Piece(place, end, *days, numeric=True)


def _dash_and_date(scan: Scan, place: int, *, month_first: bool) -> bool:
    """Whether a dash and a whole date in numbers stand at a place."""
    if scan.words[place] not in DASHES or scan.breaks[place] or scan.breaks[place + 1]:
        return False
    return numeric_date(scan, place + 1, named=False, month_first=month_first) is not None


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


def _spaced(scan: Scan, place: int) -> bool:
    """Whether it is "30. 6. 2026", a dot behind the day and the month and a space behind each."""
    dotted = scan.words[place + 1] == "." and scan.glued[place + 1] and scan.glued[place + 3]
    return dotted and len(scan.words[place + 4]) == 4 and not any(scan.breaks[place + one] for one in range(1, 5))


def _before_clock(scan: Scan, place: int) -> bool:
    """Whether a comma and a time of day stand at a place: ", 6pm", ", 18:30"; a number alone may be anything."""
    words, hour = scan.words, place + 1
    if words[place] != "," or scan.breaks[hour] or scan.number(hour) is None:
        return False
    minutes = words[hour + 1] in {":", "."} and scan.glued[hour + 1] and len(words[hour + 2]) == 2
    behind = hour + 3 if minutes else hour + 1
    return words[hour + 1] == ":" or words[behind].replace(".", "").replace(" ", "") in {"am", "pm"}


def _in_one(scan: Scan, place: int, size: int) -> bool:
    return all(scan.glued[place + one] for one in range(1, size))


def _belongs_before(scan: Scan, place: int) -> bool:
    """Whether a number is the end of something longer; the hyphen of "5.-6.9.2026" and "24/9-26/9/2026" joins days."""
    before = scan.words[place - 1]
    if not scan.glued[place] or not (before in BEFORE or before == "-" or before.isalnum()):
        return False
    return before != "-" or not (scan.words[place - 2] == "." or scan.words[place - 3] == "/")


def _runs_on(scan: Scan, place: int, end: int) -> bool:
    """Whether numbers are part of something longer, as an address or a version."""
    if _belongs_before(scan, place):
        return True
    behind = scan.words[end]
    if not scan.glued[end] or behind == "t":
        return False
    numbered = behind == "." and scan.words[end + 1].isdecimal()
    return behind.isalnum() or behind == "_" or ((behind in {"-", "/"} or numbered) and scan.glued[end + 1])
