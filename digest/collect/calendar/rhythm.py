"""How a recurring event recurs, read from its RRULE (RFC 5545 section 3.3.10) into what can be said in words; pure.

Rules that say the same in different ways, such as every day from Monday to Friday and every week on those days, give
the same rhythm, so that a calendar program that writes them anew changes nothing for those who read of it.
"""

import re
from dataclasses import replace
from datetime import datetime

from digest.model import Frequency, Rhythm

_MAX_RULE = 300  # characters
_MAX_INTERVAL = 99
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEKDAY = re.compile(r"([+-]?\d{1,2})?([A-Z]{2})", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,4}", re.ASCII)
_ORDINALS = frozenset({1, 2, 3, 4, -1})
_MONTH_DAYS = frozenset({*range(1, 32), -1})
_UNSAID = frozenset({"BYYEARDAY", "BYWEEKNO", "BYHOUR", "BYMINUTE", "BYSECOND"})
_ALL_MONTHS = tuple(range(1, 13))


class _OddError(Exception):
    """The rule cannot be said in a few words."""


def read_rhythm(rule: str, first: datetime, *, all_day: bool = False) -> Rhythm | None:
    """The rhythm of a rule; None where it is too odd to be said in a few words, or makes no sense.

    Args:
        rule: the RRULE's value; where it ends (COUNT, UNTIL) is no part of its rhythm.
        first: the start of the series by its own clock, from which the rule takes what it does not say.
        all_day: the series has no time of day.
    """
    text = rule.strip().upper()
    if len(text) > _MAX_RULE:
        return None
    parts = dict(part.split("=", 1) for part in text.split(";") if "=" in part)
    try:
        rhythm = _read(parts, first)
    except _OddError:
        return None
    return replace(rhythm, clock=None if all_day else first.time().replace(microsecond=0))


def _read(parts: dict[str, str], first: datetime) -> Rhythm:
    interval = _number(parts.get("INTERVAL", "1"))
    if parts.keys() & _UNSAID or not 1 <= interval <= _MAX_INTERVAL:
        raise _OddError
    weekdays = _with_position(_weekdays(parts.get("BYDAY", "")), parts.get("BYSETPOS", ""))
    month_days = _distinct(parts.get("BYMONTHDAY", ""))
    months = _distinct(parts.get("BYMONTH", ""))
    if not _MONTH_DAYS.issuperset(month_days) or not set(_ALL_MONTHS).issuperset(months) or (weekdays and month_days):
        raise _OddError
    frequency = parts.get("FREQ")
    if frequency == "MONTHLY" and interval % 12 == 0:
        frequency, interval, months = "YEARLY", interval // 12, months or (first.month,)
    match frequency:
        case "DAILY":
            rhythm = _daily(first, interval, weekdays, month_days)
        case "WEEKLY":
            rhythm = _weekly(first, interval, weekdays, month_days)
        case "MONTHLY":
            rhythm = _monthly(first, interval, weekdays, month_days)
        case "YEARLY":
            rhythm, months = _yearly(first, interval, weekdays, month_days, months)
        case _:
            raise _OddError
    if months == _ALL_MONTHS:
        months = ()
    if months and interval > 1 and rhythm.frequency is not Frequency.YEARLY:
        raise _OddError
    return replace(rhythm, months=months)


_Weekdays = tuple[tuple[int, int], ...]


def _daily(first: datetime, interval: int, weekdays: _Weekdays, month_days: tuple[int, ...]) -> Rhythm:
    if weekdays or interval % 7 == 0:
        if weekdays and interval > 1:
            raise _OddError
        return _weekly(first, max(1, interval // 7), weekdays, month_days)
    if month_days:
        raise _OddError
    return Rhythm(frequency=Frequency.DAILY, interval=interval)


def _weekly(first: datetime, interval: int, weekdays: _Weekdays, month_days: tuple[int, ...]) -> Rhythm:
    if month_days or any(ordinal for _, ordinal in weekdays):
        raise _OddError
    weekdays = weekdays or ((first.weekday(), 0),)
    if len(weekdays) == len(_WEEKDAYS) and interval == 1:
        return Rhythm(frequency=Frequency.DAILY)
    return Rhythm(frequency=Frequency.WEEKLY, interval=interval, weekdays=weekdays)


def _monthly(first: datetime, interval: int, weekdays: _Weekdays, month_days: tuple[int, ...]) -> Rhythm:
    if not weekdays:
        month_days = month_days or (first.day,)
    elif all(ordinal == 0 for _, ordinal in weekdays):
        if interval > 1:
            raise _OddError
        return _weekly(first, 1, weekdays, month_days)
    elif len({weekday for weekday, _ in weekdays}) > 1 or any(ordinal not in _ORDINALS for _, ordinal in weekdays):
        raise _OddError
    return Rhythm(frequency=Frequency.MONTHLY, interval=interval, weekdays=weekdays, month_days=month_days)


def _yearly(
    first: datetime, interval: int, weekdays: _Weekdays, month_days: tuple[int, ...], months: tuple[int, ...]
) -> tuple[Rhythm, tuple[int, ...]]:
    if not months:
        if weekdays:  # of the whole year
            raise _OddError
        months = _ALL_MONTHS if month_days else (first.month,)
    if len(months) > 1:  # as often as a month comes
        if interval > 1:
            raise _OddError
        return _monthly(first, 1, weekdays, month_days), months
    monthly = _monthly(first, 1, weekdays, month_days)
    if monthly.frequency is not Frequency.MONTHLY or len(monthly.weekdays + monthly.month_days) > 1:
        raise _OddError
    return replace(monthly, frequency=Frequency.YEARLY, interval=interval), months


def _weekdays(text: str) -> _Weekdays:
    days = []
    for part in text.split(",") if text else ():
        match = _WEEKDAY.fullmatch(part)
        if match is None or match[2] not in _WEEKDAYS:
            raise _OddError
        days.append((_WEEKDAYS.index(match[2]), int(match[1] or 0)))
    return tuple(sorted(set(days), key=lambda day: (day[0], day[1] < 0, day[1])))


def _with_position(weekdays: _Weekdays, positions: str) -> _Weekdays:
    """With BYSETPOS: of one weekday of a month the first, which is the same as the first such weekday."""
    if not positions:
        return weekdays
    if len(weekdays) != 1 or weekdays[0][1]:
        raise _OddError
    return tuple((weekdays[0][0], ordinal) for ordinal in _distinct(positions))


def _distinct(text: str) -> tuple[int, ...]:
    """The numbers of a list, ascending, those that count from the end last."""
    numbers = {_number(part) for part in text.split(",")} if text else set()
    return tuple(sorted(numbers, key=lambda number: (number < 0, number)))


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise _OddError
    return int(text)
