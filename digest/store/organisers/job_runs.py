"""When the jobs of the running service ran last, so that what does not run is noticed."""

from datetime import datetime

from sqlalchemy import Connection, select

from digest.model.jobs import JobRun
from digest.store.sql.upsert import upsert
from digest.store.tables import job_runs


def record(connection: Connection, job: str, now: datetime, *, error: str = "") -> None:
    """A job ran, and succeeded unless there is an error."""
    values = {"started_at": now, "error": error} | ({} if error else {"succeeded_at": now})
    upsert(connection, job_runs, {"job": job}, values)


def latest(connection: Connection) -> tuple[JobRun, ...]:
    """The latest run of each job that ever ran, by name."""
    return tuple(
        JobRun(job=row.job, started_at=row.started_at, succeeded_at=row.succeeded_at, error=row.error)
        for row in connection.execute(select(job_runs).order_by(job_runs.c.job))
    )
