"""Addresses that must not be mailed, each with its reason."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from digest.config.addresses import address_key
from digest.store.sql.upsert import added
from digest.store.tables import suppressions


@dataclass(frozen=True, kw_only=True, slots=True)
class Suppression:
    """Why and since when an address must not be mailed."""

    reason: str
    detail: str  # what its server said
    since: datetime


def suppress(connection: Connection, address: str, *, reason: str, detail: str, now: datetime) -> bool:
    """Mail an address no more; the first reason stays. Returns whether it was mailed until now."""
    values = {"address_key": address_key(address), "reason": reason, "detail": detail, "since": now}
    return added(connection, suppressions, values)


def lift(connection: Connection, address: str) -> bool:
    """An address may be mailed again, by the lists that its owner did not leave; whether it was suppressed."""
    gone = delete(suppressions).where(suppressions.c.address_key == address_key(address))
    return connection.execute(gone).rowcount > 0


def suppression(connection: Connection, address: str) -> str | None:
    """Why an address must not be mailed, or None."""
    found = suppression_of(connection, address)
    return found.reason if found else None


def suppression_of(connection: Connection, address: str) -> Suppression | None:
    """All that is held about why an address must not be mailed, or None."""
    query = select(suppressions).where(suppressions.c.address_key == address_key(address))
    row = connection.execute(query).one_or_none()
    return None if row is None else Suppression(reason=row.reason, detail=row.detail, since=row.since)
