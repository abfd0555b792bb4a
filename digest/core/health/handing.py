"""Jobs of the schedule in other hands: workers are called for them, and what none takes at once comes back."""

import asyncio
from time import monotonic

from digest.app import App
from digest.core.campaigns.lookup import cluster_of
from digest.store.outbox import job_calls
from digest.store.outbox.job_calls import TAKES_JOBS, QueueLength

__all__ = ["TAKES_JOBS", "QueueLength", "hand", "queues"]

_PATIENCE = 3.0  # seconds until a call that nobody took is taken back
_LOOK = 0.1  # seconds


async def hand(app: App, job: str) -> bool:
    """Call for a worker to do a job as of now; whether one has taken it, or is at the one before still.

    Args:
        app: its store is shared; once it is to stop, what waits is taken back at once.
        job: its id.

    Raises:
        StoreError: when the store cannot be asked.
    """
    number = await asyncio.to_thread(_call, app, job)
    if number is None:
        return False
    until = monotonic() + _PATIENCE
    while await asyncio.to_thread(_waits, app, number):
        if monotonic() > until or app.stopping.is_set():
            return not await asyncio.to_thread(_take_back, app, number)
        await asyncio.sleep(_LOOK)
    return True


def queues(app: App) -> tuple[QueueLength, ...]:
    """How the queues of the workers stand; none where nobody shares campaigns."""
    if not app.store.shared:
        return ()
    with app.store.read() as connection:
        return job_calls.lengths(connection)


def _call(app: App, job: str) -> int | None:
    with app.store.write() as connection:
        return job_calls.call(connection, job, app.now, config=app.config.hash, lost_after=cluster_of(app).lost_after)


def _waits(app: App, number: int) -> bool:
    with app.store.read() as connection:
        return job_calls.waits(connection, number)


def _take_back(app: App, number: int) -> bool:
    with app.store.write() as connection:
        return job_calls.take_back(connection, number)
