"""The last weeks in numbers: what was delivered, came back, was called spam, and who left."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from digest.app import App
from digest.model import ReturnKind
from digest.store import campaigns, outbox
from digest.store.people import journal, returns

_WEEK = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """One week; of a campaign what came of it counts for the week in which it began."""

    monday: date
    delivered: int
    bounced: int
    complained: int
    left: int  # people who left a list


def weeks(
    app: App, now: datetime, *, count: int = 12, reaches: Callable[[Collection[str]], bool] = lambda _: True
) -> tuple[Week, ...]:
    """The last weeks up to the one of now, the oldest first.

    Args:
        app: what to work with.
        now: in the last of them.
        count: how many.
        reaches: whether what concerns these lists counts.
    """
    zone = app.config.network.zone

    def week_of(moment: datetime) -> date:
        day = moment.astimezone(zone).date()
        return day - timedelta(days=day.weekday())

    mondays = [week_of(now) - _WEEK * back for back in reversed(range(count))]
    since = datetime.combine(mondays[0], datetime.min.time(), zone)
    with app.store.read() as connection:
        begun = campaigns.begun_since(connection, since)
        week = {one: week_of(at) for one, at, names in begun if reaches(names)}
        accepted = outbox.accepted_by_campaign(connection, list(week))
        returned = returns.people_by_campaign(connection, list(week))
        left = {
            (week_of(at), key)
            for at, key, name in journal.happened_since(connection, "unsubscribe", since)
            if reaches((name,))
        }
    counts: Counter[tuple[date, str]] = Counter(((monday, "left") for monday, _ in left))
    for one, number in accepted.items():
        counts[week[one], "delivered"] += number
    for (one, kind), number in returned.items():
        counts[week[one], kind.value] += number
    return tuple(
        Week(
            monday=monday,
            delivered=counts[monday, "delivered"],
            bounced=counts[monday, ReturnKind.BOUNCE.value],
            complained=counts[monday, ReturnKind.COMPLAINT.value],
            left=counts[monday, "left"],
        )
        for monday in mondays
    )
