"""Ticks: the files of jobs/, and a job's being woken again and again.

Jobs are ticks, not decisions: what is due is decided by `digest.compose.cadence`, and a UNIQUE row says
that it was done. So a double, late or missed tick is harmless, and may come to any process of the store.
"""

import asyncio
import importlib.util
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import structlog

from digest.app import App
from digest.core import health
from digest.errors import DigestError, OutgrownError, StoppedError
from digest.model.jobs import JobRun

log = structlog.get_logger("digest.scheduler")

Hand = Callable[[str], Awaitable[bool]]
"""Hands a job, by its id, to another process of the store; whether one has taken it."""


@dataclass(frozen=True, slots=True)
class Job:
    """When a file of jobs/ wakes up.

    Args:
        id: its name.
        every: how often.
        anywhere: whether workers on other machines may do it for the scheduler: it needs nothing that only one has.
    """

    id: str
    every: timedelta
    anywhere: bool = False


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


class Tick:
    """One job, woken again and again; a failure that repeats is told once."""

    def __init__(self, app: App, job: Job, run: Run, *, hand: Hand | None = None) -> None:
        """A job here, or with `hand` wherever somebody takes it, and here where nobody does."""
        self.job = job
        self._app = app
        self._run = run
        self._hand = hand if job.anywhere else None
        self._told: str | None = None  # why it failed last
        self._untold: str | None = None  # why that could not be put down
        self._written: JobRun | None = None  # of its runs, the latest that was put down
        self._over = False
        self.outgrown: OutgrownError | None = None  # why the whole service is to end
        self._lock = asyncio.Lock()

    async def wake(self, at: datetime | None = None) -> bool:
        """Run once as of a moment, now unless given, after a run under way; not at all once the schedule is over.

        Returns:
            False where it was stopped, or not begun, since the process is to end.
        """
        async with self._lock:
            if self._over:
                return False
            begun = at or self._app.now
            try:
                await asyncio.to_thread(self._app.store.require_known_tables)
                if self._hand is not None and await self._hand(self.job.id):
                    return True  # who has taken it puts it down
                await self._run(self._app, begun)
            except StoppedError:
                return False  # it is done after the next start
            except OutgrownError as error:
                self.outgrown, self._over = error, True
                self._app.stopping.set()
                return False
            except DigestError as error:
                if str(error) != self._told:
                    log.error("job failed; it is tried again", job=self.job.id, error=str(error))  # noqa: TRY400
                self._told = str(error)
            else:
                self._told = None
            await self._put_down(begun)
            return True

    async def _put_down(self, begun: datetime) -> None:
        """That it ran is worth a line in the store, and never a run."""
        try:
            self._written = await asyncio.to_thread(
                health.ran, self._app, self.job.id, begun, before=self._written, error=self._told or ""
            )
        except DigestError as error:
            if str(error) != self._untold:
                log.warning("that a job ran could not be put down", job=self.job.id, error=str(error))
            self._untold = str(error)
        else:
            self._untold = None

    async def finished(self) -> None:
        """Return once no run is under way; a wake-up that comes later does nothing."""
        async with self._lock:
            self._over = True
