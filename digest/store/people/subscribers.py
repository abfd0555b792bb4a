"""People, and how they stand on each list."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, select, update

from digest.config.addresses import address_key
from digest.model import Recipient
from digest.store.sql.upsert import insert_for, upsert
from digest.store.tables import lists, subscribers, subscriptions

NOWHERE = "forgotten.invalid"
"""The domain in the address of who is forgotten, which no mail leads to (RFC 2606 section 2)."""


class Status(StrEnum):
    """How a subscription stands."""

    ACTIVE = "active"
    DELISTED = "delisted"  # a file no longer names the person; the file may bring them back
    UNSUBSCRIBED = "unsubscribed"  # the person left; only the person comes back


def unsubscribe(connection: Connection, subscriber_id: int, list_ids: Sequence[int], now: datetime) -> bool:
    """The person leaves these lists; returns whether anything changed (a second time changes nothing)."""
    leave = (
        update(subscriptions)
        .where(
            subscriptions.c.subscriber_id == subscriber_id,
            subscriptions.c.list_id.in_(list_ids),
            subscriptions.c.status != Status.UNSUBSCRIBED,
        )
        .values(status=Status.UNSUBSCRIBED.value, since=now)
    )
    return connection.execute(leave).rowcount > 0


def subscribe(connection: Connection, person: Recipient, list_id: int, now: datetime) -> int:
    """The person is on the list from now on, also where they had left it; returns their id."""
    key = address_key(person.address)
    values = {"address": person.address, "address_key": key, "name": person.name, "created_at": now}
    add = insert_for(connection, subscribers).values(values)
    connection.execute(
        add.on_conflict_do_update(
            index_elements=["address_key"], set_={"name": add.excluded.name}, where=add.excluded.name != ""
        )
    )
    query = select(subscribers.c.id).where(subscribers.c.address_key == key)
    subscriber_id = int(connection.execute(query).scalar_one())
    stands = {"status": Status.ACTIVE.value, "since": now}
    upsert(connection, subscriptions, {"subscriber_id": subscriber_id, "list_id": list_id}, stands)
    return subscriber_id


def has_left(connection: Connection, subscriber_id: int, list_ids: Sequence[int]) -> bool:
    """Whether the person has left every one of these lists that they were ever on."""
    query = select(subscriptions.c.status).where(
        subscriptions.c.subscriber_id == subscriber_id, subscriptions.c.list_id.in_(list_ids)
    )
    return set(connection.execute(query).scalars()) == {Status.UNSUBSCRIBED}


def subscriber(connection: Connection, subscriber_id: int) -> Recipient | None:
    """One person by id; None for who is forgotten."""
    query = select(subscribers.c.address, subscribers.c.name).where(subscribers.c.id == subscriber_id)
    row = connection.execute(query).one_or_none()
    return None if row is None or row.address.endswith(f"@{NOWHERE}") else Recipient(address=row.address, name=row.name)


def find(connection: Connection, address: str) -> tuple[int, Recipient] | None:
    """One person by address, however it is written."""
    query = select(subscribers.c.id, subscribers.c.address, subscribers.c.name)
    row = connection.execute(query.where(subscribers.c.address_key == address_key(address))).one_or_none()
    return None if row is None else (int(row.id), Recipient(address=row.address, name=row.name))


def memberships(connection: Connection, subscriber_id: int) -> Mapping[str, tuple[Status, datetime]]:
    """The lists a person was ever on, by list name."""
    query = (
        select(lists.c.name, subscriptions.c.status, subscriptions.c.since)
        .join(subscriptions, subscriptions.c.list_id == lists.c.id)
        .where(subscriptions.c.subscriber_id == subscriber_id)
        .order_by(lists.c.name)
    )
    return {row.name: (Status(row.status), row.since) for row in connection.execute(query)}
