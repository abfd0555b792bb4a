"""Workers: the processes that share campaigns, and who of them is alive.

Time is the database's, so that machines whose clocks differ agree on who is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Interval, and_, delete, exists, func, literal, select, update

from digest.store.sql.upsert import insert_for, upsert
from digest.store.tables import SCHEMA_VERSION, Instant, campaigns, chunks, worker_relays, workers

_KEPT = timedelta(days=1)  # who gave no sign for so long, and holds nothing, is told of no more


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """A worker as `digest status` shows it."""

    name: str  # "host 4711"
    kind: str  # "worker", "sender" (a worker without jobs), "run" or "send"
    version: str  # with the tables that it knows: "1.2.0+0026"
    is_outdated: bool  # it knows older tables than these, or does not say
    config: str | None  # the hash of its configuration
    started_at: datetime
    seen_at: datetime
    is_alive: bool
    connections: int  # to all relays
    rate: float  # outcomes a second, lately
    chunks: tuple[str, ...]  # "weekly-2026-W47 12": a campaign and the number of its chunk


def version_of(program: str) -> str:
    """A program's version with the tables that it knows, as its row says it (PEP 440's form of a local version)."""
    return f"{program}+{SCHEMA_VERSION}"


def is_alive(worker_id: Any, lost_after: timedelta) -> ColumnElement[bool]:
    """Whether the worker with this id gave a sign of life lately enough."""
    return exists().where(workers.c.id == worker_id, _lately(lost_after)).correlate_except(workers)


def any_alive(connection: Connection, kind: str, config: str, lost_after: timedelta) -> bool:
    """Whether any worker of a kind, with this configuration, gave a sign of life lately."""
    own = and_(workers.c.kind == kind, workers.c.config == config)
    query = select(workers.c.id).where(own, _lately(lost_after)).limit(1)
    return connection.execute(query).scalar() is not None


def sign(
    connection: Connection,
    worker_id: str,
    *,
    name: str,
    kind: str,
    version: str,
    wants: bool,
    rate: float = 0.0,
    config: str | None = None,
) -> None:
    """A sign of life, the first one or another; whose row was taken away meanwhile is there again."""
    now = func.clock_timestamp()
    row = {"id": worker_id, "name": name, "kind": kind, "version": version, "started_at": now, "seen_at": now}
    made = insert_for(connection, workers).values(**row, config=config, wants=wants, rate=rate)
    again = {"seen_at": now, "wants": wants, "rate": rate, "config": config}
    connection.execute(made.on_conflict_do_update(index_elements=[workers.c.id], set_=again))


def leave(connection: Connection, worker_id: str) -> None:
    """It has ended in order, and holds nothing any more."""
    held = exists().where(chunks.c.holder == workers.c.id)
    connection.execute(delete(workers).where(workers.c.id == worker_id, ~held))


def forget_the_dead(connection: Connection) -> None:
    """Take away who gave no sign for a day and holds nothing."""
    held = exists().where(chunks.c.holder == workers.c.id)
    connection.execute(delete(workers).where(~_lately(_KEPT), ~held))


def seen(connection: Connection, lost_after: timedelta) -> tuple[Seen, ...]:
    """The workers there are, alive or lost, with what they hold; the eldest first."""
    held = select(chunks.c.holder, campaigns.c.name, chunks.c.number).join(
        campaigns, campaigns.c.id == chunks.c.campaign_id
    )
    by_holder: dict[str, list[str]] = {}
    for row in connection.execute(held.where(chunks.c.holder.is_not(None)).order_by(campaigns.c.id, chunks.c.number)):
        by_holder.setdefault(row.holder, []).append(f"{row.name} {row.number}")
    query = select(workers, _lately(lost_after).label("is_alive")).order_by(workers.c.started_at, workers.c.id)
    return tuple(
        Seen(
            name=row.name,
            kind=row.kind,
            version=row.version,
            is_outdated=row.version.partition("+")[2] < SCHEMA_VERSION,
            config=row.config,
            started_at=row.started_at,
            seen_at=row.seen_at,
            is_alive=row.is_alive,
            connections=row.connections,
            rate=row.rate if row.is_alive else 0.0,
            chunks=tuple(by_holder.get(row.id, ())),
        )
        for row in connection.execute(query)
    )


def wanting(connection: Connection, relay: str, lost_after: timedelta) -> Sequence[tuple[str, int]]:
    """Who is alive and has something to send, by id, and how many connections to a relay each may have or still has."""
    own = and_(worker_relays.c.worker_id == workers.c.id, worker_relays.c.relay == relay)
    # A worker of the version before, which knows one relay, has written down the sum alone.
    count = func.coalesce(worker_relays.c.connections, workers.c.connections)
    query = select(workers.c.id, count.label("connections")).select_from(workers.outerjoin(worker_relays, own))
    query = query.where(workers.c.wants, _lately(lost_after)).order_by(workers.c.id)
    return [(row.id, row.connections) for row in connection.execute(query)]


def set_connections(connection: Connection, worker_id: str, relay: str, count: int) -> None:
    """Write down how many connections to a relay it may have or still has, and the sum of all."""
    upsert(connection, worker_relays, {"worker_id": worker_id, "relay": relay}, {"connections": count})
    total = select(func.sum(worker_relays.c.connections)).where(worker_relays.c.worker_id == worker_id)
    change = update(workers).where(workers.c.id == worker_id)
    connection.execute(change.values(connections=total.scalar_subquery()))


def _lately(within: timedelta) -> ColumnElement[bool]:
    return workers.c.seen_at > func.clock_timestamp(type_=Instant()) - literal(within, Interval)
