"""Workers: the processes that share campaigns, and who of them is alive.

Time is the database's, so that machines whose clocks differ agree on who is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Interval, delete, exists, func, literal, select, update

from digest.store.sql.upsert import insert_for
from digest.store.tables import Instant, campaigns, chunks, workers

_KEPT = timedelta(days=1)  # who gave no sign for so long, and holds nothing, is told of no more


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """A worker as `digest status` shows it."""

    name: str  # "host 4711"
    kind: str  # "worker", "run" or "send"
    version: str
    started_at: datetime
    seen_at: datetime
    is_alive: bool
    connections: int
    chunks: tuple[str, ...]  # "weekly-2026-W47 12": a campaign and the number of its chunk


def is_alive(worker_id: Any, lost_after: timedelta) -> ColumnElement[bool]:
    """Whether the worker with this id gave a sign of life lately enough."""
    return exists().where(workers.c.id == worker_id, _lately(lost_after)).correlate_except(workers)


def sign(connection: Connection, worker_id: str, *, name: str, kind: str, version: str, wants: bool) -> None:
    """A sign of life, the first one or another; whose row was taken away meanwhile is there again."""
    now = func.clock_timestamp()
    row = {"id": worker_id, "name": name, "kind": kind, "version": version, "started_at": now, "seen_at": now}
    made = insert_for(connection, workers).values(**row, wants=wants)
    again = {"seen_at": now, "wants": wants}
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
            started_at=row.started_at,
            seen_at=row.seen_at,
            is_alive=row.is_alive,
            connections=row.connections,
            chunks=tuple(by_holder.get(row.id, ())),
        )
        for row in connection.execute(query)
    )


def wanting(connection: Connection, lost_after: timedelta) -> Sequence[tuple[str, int]]:
    """Who is alive and has something to send, by id, and how many connections each may have or still has."""
    query = select(workers.c.id, workers.c.connections).where(workers.c.wants, _lately(lost_after))
    return [(row.id, row.connections) for row in connection.execute(query.order_by(workers.c.id))]


def set_connections(connection: Connection, worker_id: str, count: int) -> None:
    """Write down how many connections it may have or still has."""
    connection.execute(update(workers).where(workers.c.id == worker_id).values(connections=count))


def _lately(within: timedelta) -> ColumnElement[bool]:
    return workers.c.seen_at > func.clock_timestamp(type_=Instant()) - literal(within, Interval)
