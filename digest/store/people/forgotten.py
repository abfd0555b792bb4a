"""Addresses that are forgotten: of each only a keyed hash is kept, by which it is known again and stays unmailed."""

import hmac
from collections.abc import Callable
from datetime import datetime
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import Connection, delete, select, update

from digest.config.addresses import address_key
from digest.model import DeliveryState, PersonSkip
from digest.store.people import search
from digest.store.people.returns import forget_returns
from digest.store.people.subscribers import NOWHERE
from digest.store.sql.upsert import added
from digest.store.tables import (
    activity,
    deliveries,
    forgotten,
    journal,
    mutes,
    preferences,
    settings,
    sign_ups,
    subscribers,
    subscriptions,
    suppressions,
)

NAMELESS = "somebody forgotten"
"""What stands in the activity where the address stood."""

_KEY = "forgotten key"


def forget(connection: Connection, address: str, now: datetime) -> bool:
    """Erase all that is held about an address, or make it nameless where it is counted; whether anything was held.

    Nothing of theirs may be in flight: see `is_in_flight`.
    """
    key = address_key(address)
    held = added(connection, forgotten, {"hash": _hash(_key(connection), address), "since": now})
    subscriber_id = connection.execute(select(subscribers.c.id).where(subscribers.c.address_key == key)).scalar()
    gone = [
        connection.execute(delete(suppressions).where(suppressions.c.address_key == key)).rowcount,
        connection.execute(delete(journal).where(journal.c.address_key == key)).rowcount,
        connection.execute(delete(sign_ups).where(sign_ups.c.address_key == key)).rowcount,
        forget_returns(connection, address, subscriber_id),
        _without_name(connection, key),
    ]
    if subscriber_id is not None:
        for table in (subscriptions, preferences, mutes):
            connection.execute(delete(table).where(table.c.subscriber_id == subscriber_id))
        _nameless(connection, int(subscriber_id))
        search.optimise(connection)
    return held and (subscriber_id is not None or any(gone))


def remember(connection: Connection, address: str) -> bool:
    """Let an address be put on a list again, as who was forgotten asked for; whether it was forgotten."""
    gone = delete(forgotten).where(forgotten.c.hash == _hash(_key(connection), address))
    return connection.execute(gone).rowcount > 0


def is_in_flight(connection: Connection, address: str) -> bool:
    """Whether a mail to the address is on its way at this moment, or perhaps was when a process died."""
    query = select(deliveries.c.id).where(
        deliveries.c.subscriber_id.in_(
            select(subscribers.c.id).where(subscribers.c.address_key == address_key(address))
        ),
        deliveries.c.state == DeliveryState.IN_FLIGHT,
    )
    return connection.execute(query.limit(1)).scalar() is not None


def known_again(connection: Connection) -> Callable[[str], bool]:
    """What tells of any address whether it is forgotten."""
    hashes = frozenset(connection.execute(select(forgotten.c.hash)).scalars())
    if not hashes:
        return lambda _: False
    secret = _key(connection)
    return lambda address: _hash(secret, address) in hashes


def _hash(secret: str, address: str) -> str:
    return hmac.digest(secret.encode(), address_key(address).encode(), "sha256").hex()


def _key(connection: Connection) -> str:
    """The key of the hashes, made once; without it a hash tells nothing, and with another nobody is known again."""
    query = select(settings.c.value).where(settings.c.name == _KEY)
    kept = connection.execute(query).scalar()
    if kept is None:
        kept = token_urlsafe(32)
        added(connection, settings, {"name": _KEY, "value": kept})
    return str(kept)


def _nameless(connection: Connection, subscriber_id: int) -> None:
    """Keep what reports count, and nothing that tells who it was."""
    stand_in = f"{subscriber_id}@{NOWHERE}"
    own = deliveries.c.subscriber_id == subscriber_id
    pending = deliveries.c.state.in_((DeliveryState.QUEUED, DeliveryState.DEFERRED))
    skipped = {"state": DeliveryState.SKIPPED.value, "reason": PersonSkip.FORGOTTEN.value}
    connection.execute(update(deliveries).where(own, pending).values(**skipped))
    connection.execute(update(deliveries).where(own).values(address_key=stand_in, reply=None))
    person = update(subscribers).where(subscribers.c.id == subscriber_id)
    nothing: dict[str, Any] = {"name": "", "fields": {}, "language": None, "language_chosen": False}
    connection.execute(person.values(address=stand_in, address_key=stand_in, **nothing))


def _without_name(connection: Connection, key: str) -> int:
    """Take the address out of who did what; how often it stood there."""
    with_address = select(activity.c.id, activity.c.subject).where(activity.c.subject.contains("@"))
    ids = [row.id for row in connection.execute(with_address) if address_key(row.subject) == key]
    nothing = {"subject": NAMELESS, "detail": "", "detail_told": None}
    connection.execute(update(activity).where(activity.c.id.in_(ids)).values(**nothing))
    return len(ids)
