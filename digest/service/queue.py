"""The queue of chunks; the only module that knows Procrastinate.

Its tables are in the store's own database, made by the store's migrations, and the jobs are written by
`store.outbox.calls` in the transaction that makes a chunk due. Here they are run, called for again later, and taken
from workers who are lost. A job that runs twice, or after another has done its work, finds nothing to do.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status

from digest.model.jobs import CHUNKS, SEND_CHUNK

log = structlog.get_logger("digest.worker")

Send = Callable[[int, int], Awaitable[None]]
"""Sends a campaign's chunk, by their numbers; raises what is to be tried again."""

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
    """

    def __init__(self, conninfo: str, *, heartbeat: timedelta, lost_after: timedelta, pooled: bool) -> None:
        self._conninfo = conninfo
        self._heartbeat = heartbeat.total_seconds()
        self._lost_after = lost_after.total_seconds()
        self._pooled = pooled

    async def work(self, send: Send, *, concurrency: int, stopping: asyncio.Event) -> None:
        """Run jobs until `stopping` is set, and those under way to their end; a lost database is waited for.

        Raises:
            OSError: when the database cannot be reached at the beginning.
        """
        # What it tells of its own stopping and of jobs that are tried again is told by us.
        logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
        while not stopping.is_set():
            app = self._app(send, concurrency)
            try:
                async with app.open_async():
                    await self._work(app, concurrency, stopping)
            except ConnectorException as error:
                if not stopping.is_set():
                    log.warning("the queue is lost for now; it is tried again", error=str(error))
            with suppress(TimeoutError):
                async with asyncio.timeout(_AGAIN):
                    await stopping.wait()

    async def _work(self, app: App, concurrency: int, stopping: asyncio.Event) -> None:
        running = asyncio.create_task(
            app.run_worker_async(
                queues=[CHUNKS],
                concurrency=concurrency,
                install_signal_handlers=False,
                listen_notify=not self._pooled,
                fetch_job_polling_interval=_POLL,
                delete_jobs="always",  # what is kept makes every start slower
                update_heartbeat_interval=self._heartbeat,
                stalled_worker_timeout=self._lost_after,
            )
        )
        rescuing = asyncio.create_task(self._rescue(app))
        stopped = asyncio.create_task(stopping.wait())
        try:
            await asyncio.wait({running, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            rescuing.cancel()
            stopped.cancel()
            running.cancel()  # the first time it only begins nothing more
            await asyncio.wait({running, rescuing, stopped})
        if not running.cancelled() and (error := running.exception()) is not None:
            raise error

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

    def _app(self, send: Send, concurrency: int) -> App:
        settings = {"prepare_threshold": None} if self._pooled else {}
        connector = PsycopgConnector(conninfo=self._conninfo, kwargs=settings, min_size=1, max_size=concurrency + 4)
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
        return app
