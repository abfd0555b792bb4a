"""People, and how they stand on each list."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, select, update

from digest.config.addresses import address_key
from digest.model import Recipient
from digest.store.sql.among import among
from digest.store.sql.upsert import insert_for
from digest.store.tables import lists, subscribers, subscriptions

_COLUMNS = [subscribers.c[name] for name in ("id", "address", "name", "fields", "language")]

NOWHERE = "forgotten.invalid"
"""The domain in the address of who is forgotten, which no mail leads to (RFC 2606 section 2)."""


class Status(StrEnum):
    """How a subscription stands."""

    ACTIVE = "active"
    DELISTED = "delisted"  # a file no longer names the person; the file may bring them back
    UNSUBSCRIBED = "unsubscribed"  # the person left; only the person comes back


class BroughtBy(StrEnum):
    """What brought a subscription; a file takes away only whom a file brought."""

    FILE = "file"
    SIGN_UP = "sign-up"
    IMPORT = "import"
    ORGANISER = "organiser"


def unsubscribe(
    connection: Connection,
    subscriber_ids: Sequence[int],
    list_ids: Sequence[int],
    now: datetime,
    *,
    unless_back: bool = False,
) -> frozenset[int]:
    """People leave these lists; returns for whom anything changed (a second time changes nothing).

    Args:
        connection: of the caller's transaction.
        subscriber_ids: who.
        list_ids: what.
        now: since when.
        unless_back: but for who stands there as they do since a later moment.
    """
    leave = (
        update(subscriptions)
        .where(
            among(connection, subscriptions.c.subscriber_id, subscriber_ids),
            subscriptions.c.list_id.in_(list_ids),
            subscriptions.c.status != Status.UNSUBSCRIBED,
        )
        .values(status=Status.UNSUBSCRIBED.value, since=now, was=subscriptions.c.status)
    )
    if unless_back:
        leave = leave.where(subscriptions.c.since <= now)
    return frozenset(connection.execute(leave.returning(subscriptions.c.subscriber_id)).scalars())


def just_left(
    connection: Connection, subscriber_id: int, list_ids: Sequence[int], *, after: datetime
) -> tuple[int, ...]:
    """Those of these lists that a person left by their own word after a moment."""
    return tuple(
        connection.execute(
            select(subscriptions.c.list_id).where(
                subscriptions.c.subscriber_id == subscriber_id,
                subscriptions.c.list_id.in_(list_ids),
                subscriptions.c.status == Status.UNSUBSCRIBED,
                subscriptions.c.since > after,
                subscriptions.c.was.is_not(None),
            )
        ).scalars()
    )


def put_back(connection: Connection, subscriber_id: int, list_ids: Sequence[int], now: datetime) -> None:
    """Let a person stand on lists that they left as they did before."""
    left = (subscriptions.c.subscriber_id == subscriber_id) & subscriptions.c.list_id.in_(list_ids)
    change = update(subscriptions).where(left, subscriptions.c.was.is_not(None))
    connection.execute(change.values(status=subscriptions.c.was, since=now, was=None))


def come_back(connection: Connection, subscriber_id: int, list_id: int, now: datetime) -> bool:
    """Put a person on a list who asks for it themselves, also one that they left; whether they were not on it."""
    link = {"status": Status.ACTIVE.value, "since": now, "origin": BroughtBy.SIGN_UP.value, "was": None}
    join = insert_for(connection, subscriptions).values(subscriber_id=subscriber_id, list_id=list_id, **link)
    back = join.on_conflict_do_update(
        index_elements=["subscriber_id", "list_id"], set_=link, where=subscriptions.c.status != Status.ACTIVE
    )
    return connection.execute(back, execution_options={"preserve_rowcount": True}).rowcount > 0


def has_left(connection: Connection, subscriber_id: int, list_ids: Sequence[int]) -> bool:
    """Whether the person has left every one of these lists that they were ever on."""
    query = select(subscriptions.c.status).where(
        subscriptions.c.subscriber_id == subscriber_id, subscriptions.c.list_id.in_(list_ids)
    )
    return set(connection.execute(query).scalars()) == {Status.UNSUBSCRIBED}


def subscriber(connection: Connection, subscriber_id: int) -> Recipient | None:
    """One person by id; None for who is forgotten."""
    return subscribers_by_id(connection, (subscriber_id,)).get(subscriber_id)


def subscribers_by_id(connection: Connection, subscriber_ids: Collection[int]) -> Mapping[int, Recipient]:
    """People by id, but for who is forgotten."""
    return {
        row.id: recipient_of(row)
        for row in connection.execute(select(*_COLUMNS).where(subscribers.c.id.in_(subscriber_ids)))
        if not row.address.endswith(f"@{NOWHERE}")
    }


def known_among(connection: Connection, subscriber_ids: Collection[int]) -> Select[*tuple[str]]:
    """The addresses of people by id, in that order, but for who is forgotten; for another statement to take them up."""
    query = select(subscribers.c.address).where(subscribers.c.address.not_like(f"%@{NOWHERE}"))
    return query.where(among(connection, subscribers.c.id, subscriber_ids)).order_by(subscribers.c.id)


def find(connection: Connection, address: str) -> tuple[int, Recipient] | None:
    """One person by address, however it is written."""
    query = select(*_COLUMNS).where(subscribers.c.address_key == address_key(address))
    row = connection.execute(query).one_or_none()
    return None if row is None else (int(row.id), recipient_of(row))


def recipient_of(row: Any) -> Recipient:
    """A row that has all columns of a person, as a mail needs to know them."""
    return Recipient(address=row.address, name=row.name, fields=row.fields, language=row.language)


def set_language(connection: Connection, subscriber_id: int, language: str) -> bool:
    """Keep the language that a person chose for what surrounds the posts; whether it was another, or only told."""
    change = update(subscribers).where(
        subscribers.c.id == subscriber_id,
        subscribers.c.language.is_distinct_from(language) | ~subscribers.c.language_chosen,
    )
    return connection.execute(change.values(language=language, language_chosen=True)).rowcount > 0


def set_first_language(connection: Connection, address: str, language: str) -> None:
    """Keep the language in which somebody asked for mail, unless they chose one before; so it is chosen."""
    change = update(subscribers).where(
        subscribers.c.address_key == address_key(address), ~subscribers.c.language_chosen
    )
    connection.execute(change.values(language=language, language_chosen=True))


def chosen_languages(connection: Connection, list_names: Sequence[str], among: Sequence[str]) -> frozenset[str]:
    """Those of these languages that anybody on the lists chose, or that a file tells of them."""
    on_a_list = (
        (subscriptions.c.subscriber_id == subscribers.c.id)
        & subscriptions.c.list_id.in_(select(lists.c.id).where(lists.c.name.in_(list_names)))
        & (subscriptions.c.status == Status.ACTIVE)
    )
    chose = select(subscribers.c.id).join(subscriptions, on_a_list).limit(1)
    return frozenset(
        tag for tag in among if connection.execute(chose.where(subscribers.c.language == tag)).scalar() is not None
    )


def memberships(connection: Connection, subscriber_id: int) -> Mapping[str, tuple[Status, datetime]]:
    """The lists a person was ever on, by list name."""
    query = (
        select(lists.c.name, subscriptions.c.status, subscriptions.c.since)
        .join(subscriptions, subscriptions.c.list_id == lists.c.id)
        .where(subscriptions.c.subscriber_id == subscriber_id)
        .order_by(lists.c.name)
    )
    return {row.name: (Status(row.status), row.since) for row in connection.execute(query)}
