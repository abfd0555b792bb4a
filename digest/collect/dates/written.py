"""What a written date is, and how it is given its year."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from digest.model import Certainty, Doubt

_BACKWARDS = timedelta(days=180)  # how far a weekday may place a date without a year in the past
LEAP = 2024  # a year that has every day


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenDate:
    """A day or a range of days as written; the year or the weekday may be missing."""

    text: str  # of a list of several dates the whole list, the same for each of them
    span: tuple[int, int]  # in the text searched; of a list each date's own
    day: int
    month: int
    year: int | None = None
    weekday: int | None = None  # Monday is 0
    last_day: int | None = None  # of a range
    last_month: int | None = None
    last_year: int | None = None
    numeric: bool = False  # written in numbers, in the order of its language
    vague: bool = False  # "end of May": a day between the first and the last, which may be past the month's end
    counted_from: date | None = None  # "this Friday": the day of publication
    instead: date | None = None  # "next Friday": the other day that it may be


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadDate:
    """A written date with its year: the first and the last day, and what was assumed or contradicts itself."""

    first: date
    last: date
    certainty: Certainty = Certainty.CERTAIN
    doubts: tuple[Doubt, ...] = ()


def in_year(written: WrittenDate, year: int) -> tuple[date, date] | None:
    """The first and last day in a year, or nothing where the year has no such day."""
    try:
        first = date(year, written.month, written.day)
        if written.last_day is None:
            return first, first
        last_month = written.last_month or written.month
        last_year = written.last_year or year + (last_month < written.month)
        last_day = written.last_day
        if written.vague:
            last_day = min(last_day, calendar.monthrange(last_year, last_month)[1])
        last = date(last_year, last_month, last_day)
    except ValueError:
        return None
    return (first, last) if first <= last else None


def read_date(written: WrittenDate, *, reference: date, year: int | None = None) -> ReadDate | None:
    """Give a date its year and check its weekday.

    A missing year is the next occurrence on or after ``reference``; where only the occurrence of the last 180 days
    falls on the weekday as written, it is that one. Nothing where no year has such a day.

    Args:
        written: what `find_dates` found.
        reference: the day from which a missing year is counted.
        year: the year of a heading that governs the date (`digest.collect.dates.heading_year`); it counts as written.
    """
    stated = written.year or year
    if stated is not None:
        days = in_year(written, stated)
        return None if days is None else _read(written, days)
    candidates = [days for year in range(reference.year - 1, reference.year + 9) if (days := in_year(written, year))]
    ahead = next((days for days in candidates if days[1] >= reference), None)
    if ahead is None:
        return None
    behind = next((days for days in reversed(candidates) if reference - _BACKWARDS <= days[1] < reference), None)
    for days in (ahead, behind):
        if days is not None and written.weekday == days[0].weekday():
            return _read(written, days)
    return _read(written, ahead, Doubt("year_assumed", words=written.text, first_day=ahead[0]))


def _read(written: WrittenDate, days: tuple[date, date], *doubts: Doubt) -> ReadDate:
    first, last = days
    certainty = Certainty.ASSUMED if doubts else Certainty.CERTAIN
    if written.vague:
        certainty = Certainty.ASSUMED
        doubts = (Doubt("no_day", words=written.text, first_day=first, last_day=last),)
    elif written.counted_from is not None:
        certainty = Certainty.ASSUMED
        told: dict[str, object] = {"words": written.text, "read_date": first, "from_month": written.counted_from}
        either = Doubt("counted_either", **told, other_date=written.instead) if written.instead else None
        doubts = (either or Doubt("counted", **told),)
    elif written.weekday is not None and written.weekday != first.weekday():
        certainty = Certainty.CONTRADICTED
        doubts += (Doubt("weekday", words=written.text, first_day=first, first_weekday=first),)
    return ReadDate(first=first, last=last, certainty=certainty, doubts=doubts)
