"""How many were on each list before, told from since when each subscription stands as it does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, func, literal, select

from digest.store.people.subscribers import Status
from digest.store.tables import journal, lists, subscribers, subscriptions


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """By how many more, or fewer, a list had at the end of a day."""

    list_name: str
    day: date  # in UTC
    by: int


def moved_since(connection: Connection, since: datetime) -> Sequence[Moved]:
    """What each list won and lost after a moment.

    Who left was on it from when the journal or else their first listing says; who came back counts from then only,
    since a subscription keeps one date.
    """
    late, active = subscriptions.c.since > since, subscriptions.c.status == Status.ACTIVE
    was_on = subscriptions.c.was.is_distinct_from(Status.DELISTED.value)
    agreed = (
        select(func.min(journal.c.at))
        .where(
            journal.c.address_key == subscribers.c.address_key,
            journal.c.list_name == lists.c.name,
            journal.c.verb == "subscribe",
        )
        .scalar_subquery()
    )
    came_at = func.coalesce(agreed, subscribers.c.created_at)
    return [
        *_told(connection, _by_day(subscriptions.c.since, 1).where(late, active)),
        *_told(connection, _by_day(subscriptions.c.since, -1).where(late, ~active, was_on)),
        *_told(connection, _by_day(came_at, 1).where(late, ~active, was_on, came_at > since)),
    ]


def _by_day(moment: object, sign: int) -> Select[Any]:
    day = func.date(moment)
    return (
        select(lists.c.name, day, literal(sign) * func.count())
        .select_from(subscriptions)
        .join(lists, lists.c.id == subscriptions.c.list_id)
        .join(subscribers, subscribers.c.id == subscriptions.c.subscriber_id)
        .group_by(lists.c.name, day)
    )


def _told(connection: Connection, query: Select[Any]) -> Sequence[Moved]:
    return [
        Moved(list_name=name, day=date.fromisoformat(str(day)), by=by) for name, day, by in connection.execute(query)
    ]
