"""People from elsewhere: how each stands here, and those who left there as having left."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from digest.config.addresses import address_key
from digest.model import Recipient
from digest.store.people.changes import ids_of
from digest.store.people.subscribers import BroughtBy, Status
from digest.store.sql.upsert import insert_for
from digest.store.tables import lists, subscribers, subscriptions, suppressions


def standing_here(connection: Connection, list_name: str) -> tuple[dict[str, tuple[Status, BroughtBy]], dict[str, str]]:
    """Everybody who was ever on a list, and the reason of every suppression; by address key."""
    query = (
        select(subscribers.c.address_key, subscriptions.c.status, subscriptions.c.origin)
        .join(subscriptions, subscriptions.c.subscriber_id == subscribers.c.id)
        .join(lists, lists.c.id == subscriptions.c.list_id)
        .where(lists.c.name == list_name)
    )
    held = {row.address_key: (Status(row.status), BroughtBy(row.origin)) for row in connection.execute(query)}
    return held, {row.address_key: row.reason for row in connection.execute(select(suppressions))}


def record_left(connection: Connection, list_id: int, people: Sequence[Recipient], now: datetime) -> None:
    """Keep that these have left a list, so that nothing but they themselves puts them on it."""
    told = {address_key(person.address): person for person in people}
    ids = ids_of(connection, told, now)
    join = insert_for(connection, subscriptions)
    left = join.on_conflict_do_update(
        index_elements=["subscriber_id", "list_id"], set_={"status": Status.UNSUBSCRIBED.value, "since": now}
    )
    link = {"list_id": list_id, "status": Status.UNSUBSCRIBED.value, "since": now, "origin": BroughtBy.IMPORT.value}
    connection.execute(left, [{"subscriber_id": ids[key], **link} for key in told])
