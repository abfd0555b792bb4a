"""Loads jobs/ and wakes them; the only module that knows APScheduler.

Jobs are ticks, not decisions: what is due is decided by `digest.compose.cadence`, and a UNIQUE row says
that it was done. So a double, late or missed tick is harmless, and the schedule itself is kept in memory.
"""

import asyncio
import importlib.util
import logging
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from digest.app import App
from digest.core import health
from digest.errors import DigestError, OutgrownError, StoppedError
from digest.model.jobs import JobRun

log = structlog.get_logger("digest.scheduler")


@dataclass(frozen=True, slots=True)
class Job:
    """When a file of jobs/ wakes up."""

    id: str
    every: timedelta


class Run(Protocol):
    """What a file of jobs/ does when it wakes up."""

    def __call__(self, app: App, now: datetime) -> Awaitable[None]:
        """Do what is due by `now`."""
        ...


def load_jobs(folder: Path) -> tuple[tuple[Job, Run], ...]:
    """Every ``*.py`` of a folder, by path: a checkout and an installed wheel behave the same.

    Raises:
        DigestError: naming the file that has no ``JOB`` or no ``run``.
    """
    jobs = []
    for path in sorted(folder.glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"digest_job_{path.stem}", path)
        if spec is None or spec.loader is None:
            raise DigestError(f"{path} cannot be loaded as a job")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        job, run = getattr(module, "JOB", None), getattr(module, "run", None)
        if not isinstance(job, Job) or not callable(run):
            raise DigestError(f"{path} is no job: it needs JOB = Job(id, every) and async def run(app, now)")
        jobs.append((job, run))
    return tuple(jobs)


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
async def running(app: App, jobs: tuple[tuple[Job, Run], ...]) -> AsyncIterator[None]:
    """Have the jobs woken while the context is open; on leaving, a tick under way is let finish.

    Raises:
        OutgrownError: on leaving, when it ended because the store's tables are of a newer version.
    """
    # Misfires are harmless and never skipped; a job never overlaps itself; several missed ticks are one.
    defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    # A run that lasts longer than its interval is nothing to be told of every few seconds.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)
    ticks = [_Tick(app, job, run) for job, run in jobs]
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


class _Tick:
    """One job, woken again and again; a failure that repeats is told once."""

    def __init__(self, app: App, job: Job, run: Run) -> None:
        self.job = job
        self._app = app
        self._run = run
        self._told: str | None = None
        self._written: JobRun | None = None  # of its runs, the latest that was put down
        self._over = False
        self.outgrown: OutgrownError | None = None  # why the whole service is to end
        self._lock = asyncio.Lock()

    async def wake(self) -> None:
        """Run once, after a run under way; not at all once the schedule is over."""
        async with self._lock:
            if self._over:
                return
            begun = self._app.now
            try:
                await asyncio.to_thread(self._app.store.require_known_tables)
                await self._run(self._app, begun)
            except StoppedError:
                return  # it is done after the next start
            except OutgrownError as error:
                self.outgrown, self._over = error, True
                self._app.stopping.set()
                return
            except DigestError as error:
                if str(error) != self._told:
                    log.error("job failed; it is tried again", job=self.job.id, error=str(error))  # noqa: TRY400
                self._told = str(error)
            else:
                self._told = None
            await self._put_down(begun)

    async def _put_down(self, begun: datetime) -> None:
        """That it ran is worth a line in the store, and never a run."""
        try:
            self._written = await asyncio.to_thread(
                health.ran, self._app, self.job.id, begun, before=self._written, error=self._told or ""
            )
        except DigestError as error:
            log.warning("that a job ran could not be put down", job=self.job.id, error=str(error))

    async def finished(self) -> None:
        """Return once no run is under way; a wake-up that comes later does nothing."""
        async with self._lock:
            self._over = True
