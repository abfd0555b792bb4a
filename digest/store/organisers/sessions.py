"""Sessions of the console: kept by the hash of their cookie, seen, and ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from digest.store.tables import sessions

IDLE = timedelta(days=7)
"""A session that was not used for so long is over."""

_NOTED = timedelta(minutes=10)  # its use is written down no oftener


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """A browser in which somebody is signed in."""

    id: int
    address_key: str
    started_at: datetime
    seen_at: datetime
    expires_at: datetime
    agent: str  # "Firefox, Linux"
    network: str


def start(
    connection: Connection,
    *,
    cookie_hash: str,
    address_key: str,
    now: datetime,
    expires_at: datetime,
    agent: str,
    network: str,
) -> int:
    """Keep a new session; those that are over are erased. Its id."""
    connection.execute(delete(sessions).where((sessions.c.expires_at <= now) | (sessions.c.seen_at <= now - IDLE)))
    values = {
        "hash": cookie_hash,
        "address_key": address_key,
        "started_at": now,
        "seen_at": now,
        "expires_at": expires_at,
        "agent": agent,
        "network": network,
    }
    return int(connection.execute(insert(sessions).values(**values).returning(sessions.c.id)).scalar_one())


def find(connection: Connection, cookie_hash: str, now: datetime) -> Session | None:
    """The session of a cookie; None where it is over, or was ended."""
    alive = (sessions.c.hash == cookie_hash) & (sessions.c.expires_at > now) & (sessions.c.seen_at > now - IDLE)
    row = connection.execute(select(sessions).where(alive)).one_or_none()
    return None if row is None else _read(row)


def is_to_be_noted(session: Session, now: datetime) -> bool:
    """Whether it is long enough ago that its use was written down."""
    return now - session.seen_at > _NOTED


def note_use(connection: Connection, session: Session, now: datetime) -> None:
    """Write down that it is used."""
    connection.execute(update(sessions).where(sessions.c.id == session.id).values(seen_at=now))


def alive(connection: Connection, now: datetime, *, address_key: str | None = None) -> Sequence[Session]:
    """The sessions that are not over, of one address or of all; the one used last first."""
    query = select(sessions).where(sessions.c.expires_at > now, sessions.c.seen_at > now - IDLE)
    if address_key is not None:
        query = query.where(sessions.c.address_key == address_key)
    return [_read(row) for row in connection.execute(query.order_by(sessions.c.seen_at.desc(), sessions.c.id.desc()))]


def end(connection: Connection, address_key: str, *, only: int | None = None) -> int:
    """End the sessions of an address, or only the one of that id; how many that were."""
    own = delete(sessions).where(sessions.c.address_key == address_key)
    return connection.execute(own if only is None else own.where(sessions.c.id == only)).rowcount


def end_all(connection: Connection) -> None:
    """End every session there is."""
    connection.execute(delete(sessions))


def _read(row: Row[Any]) -> Session:
    return Session(
        id=row.id,
        address_key=row.address_key,
        started_at=row.started_at,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
        agent=row.agent,
        network=row.network,
    )
