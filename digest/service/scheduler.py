"""Wakes the jobs of jobs/; the only module that knows APScheduler.

A double, late or missed tick is harmless, so the schedule itself is kept in memory.
"""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from digest.app import App
from digest.errors import DigestError
from digest.service.ticks import Hand, Job, Run, Tick


@contextmanager
def the_only_one(app: App) -> Iterator[None]:
    """Be the service of this store while the context is open.

    Raises:
        DigestError: when another process is.
    """
    with app.store.exclusive("service") as free:
        if not free:
            way_out = "stop that one first; `digest status` tells how it stands, and `digest web` only answers pages"
            raise DigestError(f"`digest run` is running already on this store; {way_out}.")
        yield


@asynccontextmanager
async def running(app: App, jobs: tuple[tuple[Job, Run], ...], *, hand: Hand | None = None) -> AsyncIterator[None]:
    """Have the jobs woken while the context is open; on leaving, a tick under way is let finish.

    Args:
        app: what they are about.
        jobs: which.
        hand: gives those that may be done anywhere to another process, where one takes them.

    Raises:
        OutgrownError: on leaving, when it ended because the store's tables are of a newer version.
    """
    # Misfires are harmless and never skipped; a job never overlaps itself; several missed ticks are one.
    defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    # A run that lasts longer than its interval is nothing to be told of every few seconds.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)
    ticks = [Tick(app, job, run, hand=hand) for job, run in jobs]
    for tick in ticks:
        seconds = tick.job.every.total_seconds()
        scheduler.add_job(tick.wake, "interval", seconds=seconds, id=tick.job.id, next_run_time=datetime.now(UTC))
    scheduler.start()
    try:
        yield
    finally:
        scheduler.pause()
        for tick in ticks:
            await tick.finished()
        scheduler.shutdown(wait=False)
    for tick in ticks:
        if tick.outgrown is not None:
            raise tick.outgrown
