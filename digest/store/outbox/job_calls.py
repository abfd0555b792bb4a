"""Calls of the schedule: that some worker do a job of jobs/, as a row of the queue; PostgreSQL only.

A call is one of three: it waits, somebody is at it, or it is gone because it was done. At most one per job waits, and
none is made while a living worker is at the one before.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    Interval,
    and_,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    true,
    update,
)

from digest.model.jobs import CHUNKS, JOBS, RUN_JOB, job_lock, jobs_queue
from digest.store.outbox.workers import any_alive
from digest.store.sql.queue_tables import EVENTS, QUEUE_WORKERS
from digest.store.sql.queue_tables import JOBS as CALLS

TAKES_JOBS = "worker"
"""The kind of worker, by its row, that does what the schedule asks for."""


_IS_WAITING = text("procrastinate_jobs.status = 'todo'")
_IS_UNDER_WAY = text("procrastinate_jobs.status = 'doing'")


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueLength:
    """How a queue stands."""

    queue: str  # "chunks" or "jobs"
    waiting: int  # calls that may be taken now
    later: int  # whose time has not come
    under_way: int
    oldest: float  # seconds that the first of those that may be taken has waited, 0.0 where none waits


def call(connection: Connection, job: str, at: datetime, *, config: str, lost_after: timedelta) -> int | None:
    """Ask whoever is free to do a job as of a moment.

    Args:
        connection: of a transaction that may write.
        job: its id.
        at: the present, by the clock of who asks.
        config: the hash of the configuration of who asks; another's would do something else.
        lost_after: who gave no sign for so long is at nothing any more.

    Returns:
        The call's number; None where nobody lives who would take it, or another's was made and done at once.
    """
    if not any_alive(connection, TAKES_JOBS, config, lost_after):
        return None
    queue = jobs_queue(config)
    own = CALLS.c.queueing_lock == job_lock(job)
    nobody = or_(and_(_IS_UNDER_WAY, ~_is_attended(lost_after)), and_(_IS_WAITING, CALLS.c.queue_name != queue))
    connection.execute(delete(CALLS).where(own, nobody))
    args = func.jsonb_build_object("job", job, "at", at.isoformat())
    connection.execute(update(CALLS).where(own, _IS_WAITING).values(args=args))  # nothing is done as of long ago
    standing = select(CALLS.c.id).where(own, or_(_IS_WAITING, _IS_UNDER_WAY)).limit(1)
    if (number := connection.execute(standing).scalar()) is not None:
        return int(number)
    from sqlalchemy.dialects.postgresql import insert  # noqa: PLC0415  (slow to import, and rarely needed)

    made = insert(CALLS).values(
        queue_name=queue,
        task_name=RUN_JOB,
        queueing_lock=job_lock(job),
        args=args,
    )
    waits = text("status = 'todo'")
    connection.execute(made.on_conflict_do_nothing(index_elements=["queueing_lock"], index_where=waits))
    number = connection.execute(standing).scalar()
    return None if number is None else int(number)


def waits(connection: Connection, number: int) -> bool:
    """Whether nobody has taken a call yet."""
    query = select(CALLS.c.id).where(CALLS.c.id == number, _IS_WAITING)
    return connection.execute(query).scalar() is not None


def take_back(connection: Connection, number: int) -> bool:
    """Take a call back; False where somebody has taken it."""
    gone = delete(CALLS).where(CALLS.c.id == number, _IS_WAITING)
    return connection.execute(gone).rowcount > 0


def lengths(connection: Connection) -> tuple[QueueLength, ...]:
    """How the queues stand, by the database's clock."""
    may_be_taken = func.coalesce(CALLS.c.scheduled_at <= func.now(), true())
    asked_at = select(func.min(EVENTS.c.at)).where(EVENTS.c.job_id == CALLS.c.id).scalar_subquery()
    since = func.extract("epoch", func.now() - func.greatest(asked_at, CALLS.c.scheduled_at))
    waiting = and_(_IS_WAITING, may_be_taken)
    queue = func.split_part(CALLS.c.queue_name, "-", 1)
    query = select(
        queue.label("queue"),
        func.count().filter(waiting).label("waiting"),
        func.count().filter(and_(_IS_WAITING, ~may_be_taken)).label("later"),
        func.count().filter(_IS_UNDER_WAY).label("under_way"),
        func.coalesce(func.max(since).filter(waiting), 0.0).label("oldest"),
    ).group_by(queue)
    found = {row.queue: row for row in connection.execute(query)}
    return tuple(
        QueueLength(
            queue=queue,
            waiting=row.waiting if (row := found.get(queue)) else 0,
            later=row.later if row else 0,
            under_way=row.under_way if row else 0,
            oldest=float(row.oldest) if row else 0.0,
        )
        for queue in (CHUNKS, JOBS)
    )


def _is_attended(lost_after: timedelta) -> ColumnElement[bool]:
    """Whether the worker that is at a call gave a sign of life lately."""
    lately = QUEUE_WORKERS.c.last_heartbeat > func.clock_timestamp() - literal(lost_after, Interval)
    return exists().where(QUEUE_WORKERS.c.id == CALLS.c.worker_id, lately).correlate(CALLS)
