"""A small, strict grammar of dates and times of day as people in Britain write them; pure.

Nothing here guesses: what is not a whole date by these rules is none. Where dates may be looked for, and what they
mean, is decided by cue words in `digest.collect.prose`.
"""

import re
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache

from babel import Locale
from babel.dates import get_date_format

from digest.model import Certainty

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_BACKWARDS = timedelta(days=180)  # how far a weekday may place a date without a year in the past

MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
WEEKDAY = r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)\b"
_DAY = r"(?P<{0}>[0-3]?[0-9])(?:\s?(?:st|nd|rd|th)\b)?"
_YEAR = r"(?P<{0}>(?:19|20)[0-9][0-9])(?![0-9])"
_TO = r"\s*(?:-|–|—|to|until|and|&)\s*"
_LEAD = rf"(?<![\w/£.:-])(?:(?P<weekday>{WEEKDAY})\.?,?\s+(?:the\s+)?)?"
_SECOND_DAY = rf"(?:{_TO}(?:{WEEKDAY},?\s+)?{_DAY.format('last')})?"

_DAY_MONTH = re.compile(
    _LEAD + _DAY.format("day") + r"(?:"
    rf"\s+(?:of\s+)?(?P<month>{MONTH})(?:,?\s+{_YEAR.format('year')})?"
    rf"{_TO}(?:{WEEKDAY},?\s+)?{_DAY.format('last')}\s+(?P<last_month>{MONTH})(?:,?\s+{_YEAR.format('last_year')})?"
    r"|"
    rf"{_SECOND_DAY.replace('last', 'day2')}\s+(?:of\s+)?(?P<month2>{MONTH})(?:,?\s+{_YEAR.format('year2')})?"
    r")(?!\w)",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    _LEAD + rf"(?P<month>{MONTH})\s+{_DAY.format('day')}{_SECOND_DAY}(?:,?\s+{_YEAR.format('year')})?(?![\w:/])",
    re.IGNORECASE,
)
_ISO = re.compile(
    r"(?<![\w/-])(?P<year>(?:19|20)\d\d)(?P<mark>[-/])(?P<month>\d\d)(?P=mark)(?P<day>\d\d)(?=T\d|\W|$)(?![-/])"
)
_NUMERIC = re.compile(
    _LEAD
    + r"(?P<day>[0-3]?\d)(?P<mark>[/.-])(?P<month>[0-3]?\d)(?P=mark)(?P<year>(?:(?:19|20)\d\d|(?<=/)\d\d))(?![\w/])",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenDate:
    """A day or a range of days as written; the year or the weekday may be missing."""

    text: str
    span: tuple[int, int]  # in the text searched
    day: int
    month: int
    year: int | None = None
    weekday: int | None = None  # Monday is 0
    last_day: int | None = None  # of a range
    last_month: int | None = None
    numeric: bool = False  # written in numbers, in the order of its language


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadDate:
    """A written date with its year: the first and the last day, and what was assumed or contradicts itself."""

    first: date
    last: date
    certainty: Certainty = Certainty.CERTAIN
    doubts: tuple[str, ...] = ()


@cache
def writes_month_first(language: str | None) -> bool:
    """Whether 4/5/2026 is the fifth of April there, by the language's own short date (CLDR).

    English of no country is British: only en-US, and whoever else says so, begins with the month.
    """
    locale = Locale.parse((language or "en-GB").replace("_", "-"), sep="-")
    if locale.language == "en" and locale.territory is None:
        return False
    return str(get_date_format("short", locale=locale).pattern).lower().startswith("m")


def find_dates(text: str, *, numeric: bool = False, month_first: bool = False) -> list[WrittenDate]:
    """All dates in the order they stand.

    Args:
        text: what people wrote.
        numeric: take 15/11/2026 too; only where a cue word promises a date.
        month_first: 4/5/2026 and 4-5-2026 begin with the month, as in the United States; 4.5.2026 never does. What
            makes a date in one order alone is read in that.
    """
    found: list[WrittenDate] = []  # in the order they stand, none within another
    for pattern in (_ISO, _NUMERIC, _DAY_MONTH, _MONTH_DAY):
        if pattern is _NUMERIC and not numeric:
            continue
        for written in _matches(pattern, text, month_first=month_first):
            start, end = written.span
            place = bisect(found, start, key=_start)
            if (place == 0 or found[place - 1].span[1] <= start) and (
                place == len(found) or end <= _start(found[place])
            ):
                found.insert(place, written)
    return found


def _start(written: WrittenDate) -> int:
    return written.span[0]


def _matches(pattern: re.Pattern[str], text: str, *, month_first: bool) -> Iterator[WrittenDate]:
    for match in pattern.finditer(text):
        parts = {name: value for name, value in match.groupdict().items() if value}
        day, month = int(parts["day"]), _month(parts.get("month") or parts.get("month2") or "")
        if pattern is _NUMERIC and ((month_first and parts["mark"] != ".") or month > 12):
            day, month = month, day
            if month > 12:
                day, month = month, day
        year = parts.get("year") or parts.get("year2") or parts.get("last_year")
        last_day = parts.get("last") or parts.get("day2")
        last_month = _month(parts["last_month"]) if "last_month" in parts else None
        over_new_year = "last_year" in parts and "year" not in parts and last_month is not None and last_month < month
        if year and len(year) == 2:
            year = f"20{year}"
        written = WrittenDate(
            text=match[0].strip(" ."),
            span=match.span(),
            day=day,
            month=month,
            year=int(year) - over_new_year if year else None,
            weekday=_WEEKDAYS.index(parts["weekday"][:3].lower()) if "weekday" in parts else None,
            last_day=int(last_day) if last_day else None,
            last_month=last_month,
            numeric=pattern is _NUMERIC,
        )
        if _is_meant(match[0], written) and _in_year(written, written.year or 2024):  # a leap year has every day
            yield written


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _MONTHS.index(text[:3].lower()) + 1


def _is_meant(text: str, written: WrittenDate) -> bool:
    """Whether a small-lettered month is one: "12 march for peace" and "the 5th may help" are no dates."""
    name = re.search(MONTH, text, re.IGNORECASE)
    if name is None or name[0][0].isupper() or written.year is not None:
        return True
    ordinal = re.search(r"\d(?:st|nd|rd|th)\b", text, re.IGNORECASE) is not None
    return written.weekday is not None or (ordinal and written.month != 5)


def _in_year(written: WrittenDate, year: int) -> tuple[date, date] | None:
    """The first and last day in a year, or nothing where that year has no such day."""
    try:
        first = date(year, written.month, written.day)
        if written.last_day is None:
            return first, first
        last_month = written.last_month or written.month
        last = date(year + (last_month < written.month), last_month, written.last_day)
    except ValueError:
        return None
    return (first, last) if first <= last else None


def read_date(written: WrittenDate, *, reference: date) -> ReadDate | None:
    """Give a date its year and check its weekday.

    A missing year is the next occurrence on or after ``reference``; where only the occurrence of the last 180 days
    falls on the weekday as written, it is that one. Nothing where no year has such a day.
    """
    named = written.weekday
    if written.year is not None:
        days = _in_year(written, written.year)
        return None if days is None else _read(days, Certainty.CERTAIN, _weekday_doubt(written, days[0]))
    candidates = [days for year in range(reference.year - 1, reference.year + 9) if (days := _in_year(written, year))]
    ahead = next((days for days in candidates if days[1] >= reference), None)
    if ahead is None:
        return None
    behind = next((days for days in reversed(candidates) if reference - _BACKWARDS <= days[1] < reference), None)
    if named is not None and ahead[0].weekday() == named:
        return ReadDate(first=ahead[0], last=ahead[1])
    if named is not None and behind is not None and behind[0].weekday() == named:
        return ReadDate(first=behind[0], last=behind[1])
    assumed = f"year assumed: '{written.text}' read as {_long(ahead[0])}"
    return _read(ahead, Certainty.ASSUMED, _weekday_doubt(written, ahead[0]), assumed)


def _read(days: tuple[date, date], certainty: Certainty, contradiction: tuple[str, ...], *doubts: str) -> ReadDate:
    if contradiction:
        certainty = Certainty.CONTRADICTED
    return ReadDate(first=days[0], last=days[1], certainty=certainty, doubts=(*doubts, *contradiction))


def _weekday_doubt(written: WrittenDate, day: date) -> tuple[str, ...]:
    if written.weekday is None or written.weekday == day.weekday():
        return ()
    return (f"weekday contradicts date: '{written.text}', but {_long(day)} is a {day:%A}",)


def _long(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


_HOUR = r"(?P<{0}h>[0-2]?\d)(?:[:.](?P<{0}m>[0-5]\d))?\s*(?P<{0}x>[ap]\.?m\b\.?)"
_CLOCK = r"(?P<{0}h>[0-2]?\d):(?P<{0}m>[0-5]\d)(?::[0-5]\d)?"
_DOTTED = (
    r"(?<=\b(?:at|by) )(?P<{0}h>1[3-9]|2[0-3])\.(?P<{0}m>[0-5]\d)(?!\s*(?:%|per\b|an?\b|each\b|(?:k?g|k?m|m?l|pp?)\b))"
)
_FIRST = re.compile(
    r"(?<![\w£.:/])(?:"
    + _HOUR.format("a")
    + "|"
    + _CLOCK.format("b")
    + "|"
    + _DOTTED.format("d")
    + r"|(?:12\s?)?(?P<word>noon|midday|midnight)\b"
    + rf"|(?P<ch>1?\d)(?:[:.](?P<cm>[0-5]\d))?(?={_TO}[0-2]?\d(?:[:.]\d\d)?\s*[ap]\.?m\b)"
    + r")(?!\d|[:.]\d)",
    re.IGNORECASE,
)
MIDNIGHT = time(0)


def find_times(text: str) -> list[tuple[time, tuple[int, int], bool]]:
    """Times of day with their spans, and whether each is "midnight" by name (the end of the day it is said of)."""
    found: list[tuple[time, tuple[int, int], bool]] = []
    matches = list(_FIRST.finditer(text))
    for number, match in enumerate(matches):
        parts = match.groupdict()
        if parts["word"]:
            named = parts["word"].lower() == "midnight"
            found.append((MIDNIGHT if named else time(12), match.span(), named))
            continue
        prefix = next(p for p in "abcd" if parts[f"{p}h"])
        half = parts["ax"] if prefix == "a" else None
        if prefix == "c":  # "7-9pm": the first shares the half of the day unless that turns it round
            half = matches[number + 1].group("ax") if number + 1 < len(matches) else None
            later = matches[number + 1].group("ah") if half else None
            if later and int(parts["ch"]) % 12 > int(later) % 12:
                half = "am"
        moment = _time(int(parts[f"{prefix}h"]), int(parts[f"{prefix}m"] or 0), half)
        if moment is not None:
            found.append((moment, match.span(), False))
    return found


def _time(hour: int, minute: int, half: str | None) -> time | None:
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    return time(hour, minute) if hour < 24 else None
