"""Giving up what takes long when the process is told to stop."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from digest.app import App
from digest.errors import StoppedError

T = TypeVar("T")

_LOOK_EVERY = 0.1  # seconds; looking, unlike waiting, does not tie `app.stopping` to this event loop


async def unless_stopped(app: App, work: Awaitable[T], what: str) -> T:
    """The work's result; cancelled when the process is told to stop.

    Args:
        app: its `stopping` is followed.
        work: what may be left undone at any moment.
        what: was done then, in words: "Stopped while {what}; ...".

    Raises:
        StoppedError: when it was given up.
    """
    task = asyncio.ensure_future(work)
    try:
        while not task.done() and not app.stopping.is_set():
            await asyncio.wait({task}, timeout=_LOOK_EVERY)
        given_up = not task.done()
    finally:
        if task.cancel():
            await asyncio.gather(task, return_exceptions=True)
    if given_up:
        raise StoppedError(f"Stopped while {what}; run it again to go on.")
    return task.result()
