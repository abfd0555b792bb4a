"""Addresses that must not be mailed, each with its reason."""

from datetime import datetime

from sqlalchemy import Connection, select

from digest.config.addresses import address_key
from digest.store.sql.upsert import insert_for
from digest.store.tables import suppressions


def suppress(connection: Connection, address: str, *, reason: str, detail: str, now: datetime) -> None:
    """Mail an address no more; the first reason stays."""
    values = {"address_key": address_key(address), "reason": reason, "detail": detail, "since": now}
    connection.execute(insert_for(connection, suppressions).values(values).on_conflict_do_nothing())


def suppression(connection: Connection, address: str) -> str | None:
    """Why an address must not be mailed, or None."""
    query = select(suppressions.c.reason).where(suppressions.c.address_key == address_key(address))
    return connection.execute(query).scalar()
