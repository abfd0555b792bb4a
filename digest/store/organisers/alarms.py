"""What the admins were told, and when."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from digest.store.sql.upsert import upsert
from digest.store.tables import alarms

_KEPT = timedelta(days=30)


def told_since(connection: Connection, since: datetime) -> frozenset[str]:
    """The keys of what was told at or after a moment."""
    return frozenset(connection.execute(select(alarms.c.key).where(alarms.c.told_at > since)).scalars())


def record_told(connection: Connection, keys: Sequence[str], now: datetime) -> None:
    """These were told; what was told a month ago is forgotten."""
    for key in keys:
        upsert(connection, alarms, {"key": key}, {"told_at": now})
    connection.execute(delete(alarms).where(alarms.c.told_at < now - _KEPT))
