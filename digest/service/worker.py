"""`digest worker`: one of several processes, on any machine, that share campaigns chunk by chunk, and the jobs."""

import asyncio
from datetime import datetime

import structlog

from digest.app import App
from digest.core import campaigns, health
from digest.core.campaigns import Part
from digest.errors import DigestError, RefusedError, TemplateError
from digest.service.queue import Queue
from digest.service.ticks import Job, Run, Tick

log = structlog.get_logger("digest.worker")


async def work(app: App, *, concurrency: int, jobs: tuple[tuple[Job, Run], ...] = ()) -> None:
    """Send chunks as they are called for, until `app.stopping` is set; what is under way is finished.

    Args:
        app: its store is shared.
        concurrency: chunks at a time.
        jobs: of the schedule, which are done here as well when they are called for; none to send only.

    Raises:
        StoreError: when the database cannot be reached at the beginning.
    """
    cluster = app.config.cluster
    assert cluster is not None  # noqa: S101  (as the command saw to)
    queue = Queue(
        app.store.conninfo,
        heartbeat=cluster.heartbeat,
        lost_after=cluster.lost_after,
        pooled=cluster.pgbouncer,
        config=app.config.hash,
    )
    run_job = _Jobs(app, jobs) if jobs else None
    async with campaigns.taking_part(app, health.TAKES_JOBS if jobs else "sender") as part:
        looking = asyncio.create_task(_look_after(app, cluster.heartbeat.total_seconds()))
        try:
            await queue.work(_Sender(part), concurrency=concurrency, stopping=app.stopping, run_job=run_job)
        finally:
            looking.cancel()
            await asyncio.wait({looking})


class _Sender:
    """Sends a chunk and tells of it; what a person has to see to is not tried again by itself."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._told: dict[int, str] = {}  # by campaign, so that a server that is down is told of once

    async def __call__(self, campaign_id: int, number: int) -> None:
        try:
            tally = await campaigns.send_chunk(self._part, campaign_id, number)
        except (RefusedError, TemplateError) as error:
            log.error("a campaign is held", error=str(error))  # noqa: TRY400
            return
        except DigestError as error:
            if self._told.get(campaign_id) != str(error):
                self._told[campaign_id] = str(error)
                log.error("a chunk could not be sent; it is tried again", error=str(error))  # noqa: TRY400
            raise
        self._told.pop(campaign_id, None)
        if tally:
            log.info("chunk sent", campaign=campaign_id, chunk=number, **tally)


class _Jobs:
    """Does the schedule's jobs, as the schedule would: what fails is told once, and put down."""

    def __init__(self, app: App, jobs: tuple[tuple[Job, Run], ...]) -> None:
        self._ticks = {job.id: Tick(app, job, run) for job, run in jobs if job.anywhere}

    async def __call__(self, job: str, at: datetime) -> bool:
        if (tick := self._ticks.get(job)) is None:
            log.warning("a job is called for that this version does not know", job=job)
            return True
        return await tick.wake(at)


async def _look_after(app: App, every: float) -> None:
    """What any worker does for all, again and again."""
    told = ""
    while True:
        try:
            await asyncio.to_thread(campaigns.look_after, app, app.now)
            told = ""
        except DigestError as error:
            if str(error) != told:
                log.warning("nobody was looked after", error=str(error))
            told = str(error)
        await asyncio.sleep(every)
