"""The dead man's line: what was due by now and did not happen."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection

from digest.app import App
from digest.compose import due
from digest.config import DigestConfig
from digest.core.editions.approval import missing_approvals
from digest.model import By, CampaignStatus, Via
from digest.model.jobs import JobRun
from digest.store import campaigns, outbox
from digest.store.campaigns import Campaign
from digest.store.organisers import job_runs

_GRACE = timedelta(minutes=10)  # from a moment until something must have come of it
_STUCK = timedelta(hours=1)  # without a result while mails are queued
_TOLD_FOR = timedelta(days=1)  # that an edition was missed, which nothing undoes
_WRITE = timedelta(minutes=1)  # how often a job's run is written down


def ran(app: App, job: str, started_at: datetime, *, before: JobRun | None, error: str = "") -> JobRun:
    """Remember that a job ran; written down once a minute, and at once where it begins or ceases to fail.

    Args:
        app: what to work with.
        job: its id.
        started_at: of this run.
        before: what this returned of the run that was written down last; None of the first.
        error: why it failed.
    """
    if before is not None and before.error == error and timedelta() <= started_at - before.started_at < _WRITE:
        return before
    with app.store.write() as connection:
        job_runs.record(connection, job, started_at, error=error)
    succeeded_at = (before.succeeded_at if before else None) if error else started_at
    return JobRun(job=job, started_at=started_at, succeeded_at=succeeded_at, error=error)


def runs(app: App) -> tuple[JobRun, ...]:
    """The latest run of each job, by name."""
    with app.store.read() as connection:
        return job_runs.latest(connection)


def overdue(app: App, now: datetime) -> tuple[str, ...]:
    """What was due by now and did not happen, a sentence each; nothing where the service never ran on this store."""
    with app.store.read() as connection:
        if not job_runs.latest(connection):
            return ()
        return (
            *(told for digest in app.config.digests for told in _periods(app, connection, digest, now)),
            *_drafts(app, connection, now),
            *_stuck(connection, now),
        )


def _periods(app: App, connection: Connection, digest: DigestConfig, now: datetime) -> Iterator[str]:
    """A period that is due, and that nothing came of."""
    latest = due(digest, now - _GRACE, app.config.network.zone)
    first = campaigns.first_of(connection, digest.name)
    if first is None or first > latest.moment:
        return
    name, when = f"{digest.name}-{latest.period}", _local(app, latest.moment)
    row = campaigns.find(connection, digest.name, latest.period)
    if row is None:
        yield f"{name} was due at {when} and was never begun"
    elif row.status is CampaignStatus.SKIPPED and _came_too_late(row):
        if now - latest.moment < digest.max_lateness + _TOLD_FOR:
            yield f"{name} was due at {when} and was missed"
    elif row.status is CampaignStatus.HELD and row.moved_by.is_itself:  # whom a person holds, waits on purpose
        yield f"{name} was due at {when} and is held"


def _came_too_late(row: Campaign) -> bool:
    return row.edition is None or row.moved_by == By(via=Via.SCHEDULE)


def _drafts(app: App, connection: Connection, now: datetime) -> Iterator[str]:
    for one in campaigns.drafted(connection):
        if one.status is CampaignStatus.PREPARED and one.send_at is not None and one.send_at < now - _GRACE:
            waits = "waits for an approval" if missing_approvals(app, connection, one) else "was not sent"
            yield f"{one.name} was due at {_local(app, one.send_at)} and {waits}"


def _stuck(connection: Connection, now: datetime) -> Iterator[str]:
    """A campaign that may go, and of which nothing has gone for long though somebody is queued."""
    for one in campaigns.sending(connection):
        last = campaigns.last_sent_at(connection, one.id) or one.send_at or one.created_at
        if now - last > _STUCK and outbox.count_due(connection, one, now):
            yield f"{one.name} is being sent, and nothing of it has gone since {last:%Y-%m-%d %H:%M} UTC"


def _local(app: App, moment: datetime) -> str:
    return f"{moment.astimezone(app.config.network.zone):%Y-%m-%d %H:%M}"
