"""The queues of chunks and of the schedule's jobs; the only module that knows Procrastinate.

Its tables are in the store's own database, made by the store's migrations. Chunks are called for by
`store.outbox.calls` in the transaction that makes them due, jobs by `store.outbox.job_calls`. Here they are run, chunks
called for again later, and all of it taken from workers who are lost. What runs twice, or after another has done it,
finds nothing to do.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status

from digest.model.jobs import CHUNKS, RUN_JOB, SEND_CHUNK, job_lock, jobs_queue

log = structlog.get_logger("digest.worker")

Send = Callable[[int, int], Awaitable[None]]
"""Sends a campaign's chunk, by their numbers; raises what is to be tried again."""

RunJob = Callable[[str, datetime], Awaitable[bool]]
"""Does a job of the schedule, by its id, as of a moment; False where it was stopped, and is another's to do.

What fails is for the schedule to call for again.
"""

_LONGEST_WAIT = 60  # seconds
_POLL = 1.0  # seconds: for jobs that no notice told of
_AGAIN = 1.0  # seconds, after which a worker that lost the database begins anew


class Queue:
    """The queue of one store.

    Args:
        conninfo: the database's address, as libpq takes it.
        heartbeat: how often a worker gives a sign of life.
        lost_after: without one its jobs are another's.
        pooled: behind PgBouncer in transaction mode: nothing is prepared, and no notice comes; jobs are looked for.
        config: the hash of the configuration that jobs of the schedule are done by.
    """

    def __init__(
        self, conninfo: str, *, heartbeat: timedelta, lost_after: timedelta, pooled: bool, config: str = ""
    ) -> None:
        self._jobs = jobs_queue(config)
        self._conninfo = conninfo
        self._heartbeat = heartbeat.total_seconds()
        self._lost_after = lost_after.total_seconds()
        self._pooled = pooled

    async def work(
        self, send: Send, *, concurrency: int, stopping: asyncio.Event, run_job: RunJob | None = None
    ) -> None:
        """Take calls until `stopping` is set, and finish those under way; a lost database is waited for.

        Args:
            send: what a chunk is sent by.
            concurrency: chunks at a time.
            stopping: set it to end.
            run_job: what a job of the schedule is done by, one at a time beside the chunks; None to take none.

        Raises:
            OSError: when the database cannot be reached at the beginning.
        """
        # What it tells of its own stopping and of jobs that are tried again is told by us.
        logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
        while not stopping.is_set():
            app = self._app(send, run_job, concurrency)
            places = {CHUNKS: concurrency} | ({self._jobs: 1} if run_job else {})
            try:
                async with app.open_async():
                    await self._work(app, places, stopping)
            except ConnectorException as error:
                if not stopping.is_set():
                    log.warning("the queue is lost for now; it is tried again", error=str(error))
            with suppress(TimeoutError):
                async with asyncio.timeout(_AGAIN):
                    await stopping.wait()

    async def _work(self, app: App, places: Mapping[str, int], stopping: asyncio.Event) -> None:
        running = {asyncio.create_task(self._take(app, queue, count)) for queue, count in places.items()}
        rescuing = asyncio.create_task(self._rescue(app))
        stopped = asyncio.create_task(stopping.wait())
        try:
            await asyncio.wait({*running, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            rescuing.cancel()
            stopped.cancel()
            for one in running:
                one.cancel()  # the first time it only begins nothing more
            await asyncio.wait({*running, rescuing, stopped})
        for one in running:
            if not one.cancelled() and (error := one.exception()) is not None:
                raise error

    async def _take(self, app: App, queue: str, places: int) -> None:
        """Take calls of one queue, so many at a time."""
        await app.run_worker_async(
            queues=[queue],
            concurrency=places,
            install_signal_handlers=False,
            listen_notify=not self._pooled,
            fetch_job_polling_interval=_POLL,
            delete_jobs="always",  # what is kept makes every start slower
            update_heartbeat_interval=self._heartbeat,
            stalled_worker_timeout=self._lost_after,
        )

    async def _rescue(self, app: App) -> None:
        """Have the jobs of lost workers run again."""
        while True:
            await asyncio.sleep(self._heartbeat)
            with suppress(ConnectorException):  # the worker itself meets it too
                for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=self._lost_after):
                    # Where the chunk was called for anew meanwhile, that call stands and this one is over.
                    with suppress(ConnectorException):
                        await app.job_manager.retry_job(job)
                        continue
                    with suppress(ConnectorException):
                        await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)

    def _app(self, send: Send, run_job: RunJob | None, concurrency: int) -> App:
        settings = {"prepare_threshold": None} if self._pooled else {}
        connector = PsycopgConnector(conninfo=self._conninfo, kwargs=settings, min_size=1, max_size=concurrency + 6)
        app = App(connector=connector)

        failures: Counter[tuple[int, int]] = Counter()

        async def run(campaign_id: int, number: int) -> None:
            one = campaign_id, number
            try:
                await send(*one)
            except Exception:
                failures[one] += 1
                later = task.configure(
                    queueing_lock=f"chunk {campaign_id} {number}",  # as `store.outbox.calls` names it
                    priority=-number,
                    schedule_in={"seconds": min(2 ** min(failures[one], 16), _LONGEST_WAIT)},
                )
                # A retry of the queue's own fails where the chunk was called for meanwhile, and leaves the job as if it
                # were running for ever. That call is as good as ours.
                with suppress(AlreadyEnqueued):
                    await later.defer_async(campaign_id=campaign_id, number=number)
                raise
            failures.pop(one, None)

        task = app.task(name=SEND_CHUNK, queue=CHUNKS)(run)
        if run_job is not None:
            self._add_jobs(app, run_job)
        return app

    def _add_jobs(self, app: App, run_job: RunJob) -> None:
        async def run(job: str, at: str) -> None:
            if not await run_job(job, datetime.fromisoformat(at)):
                with suppress(AlreadyEnqueued):
                    await task.configure(queueing_lock=job_lock(job)).defer_async(job=job, at=at)

        task = app.task(name=RUN_JOB, queue=self._jobs)(run)
