"""Lists, and who is on them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from digest.model import Recipient
from digest.store.people.subscribers import BroughtBy, Status
from digest.store.sql.upsert import upsert
from digest.store.tables import lists, subscribers, subscriptions, suppressions


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A person on one list."""

    subscriber_id: int
    recipient: Recipient
    status: Status
    since: datetime
    origin: BroughtBy
    suppressed: str | None = None  # the reason


def members(connection: Connection, list_name: str) -> Iterator[Member]:
    """Everybody who was ever on a list, by address."""
    query = (
        select(
            subscribers.c.id,
            subscribers.c.address,
            subscribers.c.name,
            subscribers.c.fields,
            subscriptions.c.status,
            subscriptions.c.since,
            subscriptions.c.origin,
            suppressions.c.reason,
        )
        .join(subscriptions, subscriptions.c.subscriber_id == subscribers.c.id)
        .join(lists, lists.c.id == subscriptions.c.list_id)
        .outerjoin(suppressions, suppressions.c.address_key == subscribers.c.address_key)
        .where(lists.c.name == list_name)
        .order_by(subscribers.c.address_key)
    )
    for row in connection.execute(query):
        yield Member(
            subscriber_id=row.id,
            recipient=Recipient(address=row.address, name=row.name, fields=row.fields),
            status=Status(row.status),
            since=row.since,
            origin=BroughtBy(row.origin),
            suppressed=row.reason,
        )


def ensure_list(connection: Connection, name: str, title: str) -> int:
    """The id of a list, which is kept if it was not."""
    upsert(connection, lists, {"name": name}, {"title": title})
    return known_lists(connection)[name]


def known_lists(connection: Connection) -> Mapping[str, int]:
    """List ids by name."""
    return {row.name: int(row.id) for row in connection.execute(select(lists.c.name, lists.c.id))}


def ids_of_lists(connection: Connection, names: Sequence[str]) -> tuple[int, ...]:
    """The ids of the lists that have one of these names, looked up by them."""
    query = select(lists.c.id).where(lists.c.name.in_(names)).order_by(lists.c.id)
    return tuple(connection.execute(query).scalars()) if names else ()


def list_titles(connection: Connection, list_ids: Sequence[int]) -> tuple[str, ...]:
    """The titles of lists, for the pages a member sees."""
    query = select(lists.c.title).where(lists.c.id.in_(list_ids)).order_by(lists.c.title)
    return tuple(connection.execute(query).scalars())


def names_of(connection: Connection, list_ids: Sequence[int]) -> tuple[str, ...]:
    """The names of lists, as config.toml has them."""
    query = select(lists.c.name).where(lists.c.id.in_(list_ids)).order_by(lists.c.name)
    return tuple(connection.execute(query).scalars())


def count_active(connection: Connection) -> Mapping[str, int]:
    """Active subscriptions by list name."""
    query = (
        select(lists.c.name, func.count(subscriptions.c.subscriber_id).label("active"))
        .outerjoin(
            subscriptions,
            (subscriptions.c.list_id == lists.c.id) & (subscriptions.c.status == Status.ACTIVE),
        )
        .group_by(lists.c.name)
        .order_by(lists.c.name)
    )
    return {row.name: row.active for row in connection.execute(query)}
