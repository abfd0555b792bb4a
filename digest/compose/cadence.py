"""When a digest is due, and the period it is due for, by the network's own clock."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from digest.config import DigestConfig

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Scheduled:
    period: str  # as `period_of` names it
    moment: datetime  # when it is due, in UTC


@dataclass(frozen=True, kw_only=True, slots=True)
class Coming(_Scheduled):
    """The next scheduled edition, which may be drafted by now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Past(_Scheduled):
    lateness: timedelta  # from the moment to now; never negative


class Due(_Past):
    """The latest scheduled edition, still in time to be sent."""

    __slots__ = ()


class Missed(_Past):
    """The latest scheduled edition, later by now than the digest's `max_lateness` allows."""

    __slots__ = ()


def period_of(digest: DigestConfig, now: datetime, zone: ZoneInfo) -> str:
    """The period that a moment falls in: ``2026-11-23``, ``2026-W48`` (ISO 8601 week) or ``2026-11``.

    Two weeks are named by their first, which is the one that the edition is due in. They are counted from the week of
    the digest's `starting`, never from the first week of a year: some years have 53.
    """
    return _period(digest, now.astimezone(zone).date())


def due(digest: DigestConfig, now: datetime, zone: ZoneInfo) -> Due | Missed:
    """The latest scheduled edition up to and including now.

    Whether it was sent already is not asked here: the store has one row for each digest and period.
    """
    # The day after today comes first: where clocks go back over midnight, tomorrow has already begun once.
    days = _days(now.astimezone(zone).date() + _DAY, -_DAY)
    moment = next(moment for moment in _moments(digest, days, zone) if moment <= now.astimezone(UTC))
    lateness = now.astimezone(UTC) - moment
    answer = Due if lateness <= digest.max_lateness else Missed
    return answer(period=period_of(digest, moment, zone), moment=moment, lateness=lateness)


def next_due(digest: DigestConfig, now: datetime, zone: ZoneInfo) -> datetime:
    """The first scheduled moment after now, in UTC."""
    days = _days(now.astimezone(zone).date() - _DAY, _DAY)
    return next(moment for moment in _moments(digest, days, zone) if moment > now.astimezone(UTC))


def coming(digest: DigestConfig, now: datetime, zone: ZoneInfo) -> Coming | None:
    """The next scheduled edition, once the time to draft it has come; None before."""
    moment = next_due(digest, now, zone)
    if moment - digest.prepare_before > now:
        return None
    return Coming(period=period_of(digest, moment, zone), moment=moment)


def _days(start: date, step: timedelta) -> Iterator[date]:
    return (start + number * step for number in count())


def _moments(digest: DigestConfig, days: Iterator[date], zone: ZoneInfo) -> Iterator[datetime]:
    for day in days:
        if _is_scheduled(digest, day) and (moment := _moment(digest, day, zone)):
            yield moment


def _period(digest: DigestConfig, day: date) -> str:
    match digest.every:
        case "day":
            return day.isoformat()
        case "week":
            year, week, _ = day.isocalendar()
            return f"{year}-W{week:02}"
        case "2 weeks":
            year, week, _ = (day - _WEEK * _weeks_into_two(digest, day)).isocalendar()
            return f"{year}-W{week:02}"
        case "month":
            return day.strftime("%Y-%m")


def _weeks_into_two(digest: DigestConfig, day: date) -> int:
    """0 in the first of two weeks, 1 in the second."""
    return ((_monday(day) - _monday(digest.starting)) // _WEEK) % 2


def _monday(day: date) -> date:
    return day - day.weekday() * _DAY


def _is_scheduled(digest: DigestConfig, day: date) -> bool:
    if day in digest.skip:
        return False
    if digest.every == "2 weeks" and _weeks_into_two(digest, day):
        return False
    if digest.every != "month":
        return day.weekday() in digest.days
    number, weekday = digest.day_of_month
    if weekday is None:
        return day.day == number if number > 0 else (day + _DAY).month != day.month
    if day.weekday() != weekday:
        return False
    return (day.day - 1) // 7 + 1 == number if number > 0 else (day + _WEEK).month != day.month


def _moment(digest: DigestConfig, day: date, zone: ZoneInfo) -> datetime | None:
    """The instant at which a scheduled day's edition is due.

    A time that occurs twice counts the first time (``fold=0``, PEP 495). A time that is left out becomes
    the first instant after the gap; where that is already another period (a gap up to midnight), the last
    second before it. None for a day that a zone left out whole, such as 30 December 2011 in Samoa, if no
    other day shares its period.
    """
    local = datetime.combine(day, digest.at, zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    end = _end_of_gap(local, zone)
    in_period = (near for near in (end, end - _SECOND) if period_of(digest, near, zone) == _period(digest, day))
    return next(in_period, None)


def _end_of_gap(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which clocks jumped over a local time that does not exist, in UTC."""
    after = local.replace(fold=1)  # reads the time by the offset that holds after the gap: an instant before it
    start = after.astimezone(UTC).replace(microsecond=0)
    length = local.astimezone(UTC) - start
    seconds = range(int(length.total_seconds()) + 1)
    jumped = bisect_left(
        seconds, True, key=lambda second: (start + second * _SECOND).astimezone(zone).utcoffset() == after.utcoffset()
    )
    return start + jumped * _SECOND
