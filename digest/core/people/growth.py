"""How many were on each list at the end of each of the last weeks."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from digest.app import App
from digest.store import people
from digest.store.people.growth import moved_since

_WEEK = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class Growth:
    """A list over the last weeks, the oldest first."""

    name: str
    counts: tuple[int, ...]  # at the end of each week; of this week by now


def weeks_of_growth(now: datetime, *, count: int = 26) -> tuple[date, ...]:
    """The Mondays of the weeks, up to the one of now; weeks are told in UTC, as the days of changes are."""
    monday = now.date() - timedelta(days=now.weekday())
    return tuple(monday - _WEEK * back for back in reversed(range(count)))


def growth(app: App, now: datetime, *, names: Collection[str], count: int = 26) -> tuple[Growth, ...]:
    """How lists grew and shrank, from what the store says of each subscription.

    Args:
        app: what to work with.
        now: in the last week.
        names: of the lists.
        count: of weeks.
    """
    mondays = weeks_of_growth(now, count=count)
    since = datetime.combine(mondays[0] + _WEEK, datetime.min.time(), now.tzinfo)
    with app.store.read() as connection:
        active = people.count_active(connection)
        moved = moved_since(connection, since)
    gained: Counter[tuple[str, date]] = Counter()
    for one in moved:
        gained[one.list_name, one.day - timedelta(days=one.day.weekday())] += one.by
    told = []
    for name in names:
        standing = active.get(name, 0)
        counts = []
        for monday in reversed(mondays):
            counts.append(max(standing, 0))
            standing -= gained[name, monday]
        told.append(Growth(name=name, counts=tuple(reversed(counts))))
    return tuple(told)
