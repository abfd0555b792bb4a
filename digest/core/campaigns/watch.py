"""The watch: what ends a run of sending besides its end, such as a pause elsewhere or a vacancy that closes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from digest.app import App
from digest.compose import as_of
from digest.core.campaigns.lookup import may_go
from digest.model import Edition
from digest.store.campaigns import Campaign

_EVERY = 0.25  # seconds
_SELDOM = 1.0  # seconds: where it is told besides


class Bell:
    """Rings for whoever waits when something may have changed."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()  # set once and replaced

    def ring(self) -> None:
        """Something may have changed."""
        self._rung.set()
        self._rung = asyncio.Event()

    async def within(self, seconds: float, stopping: asyncio.Event) -> None:
        """Wait until it rings, or the process is told to stop, but no longer than so."""
        both = [asyncio.ensure_future(one.wait()) for one in (self._rung, stopping)]
        try:
            await asyncio.wait(both, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in both:
                one.cancel()


@dataclass(slots=True)
class Watch:
    """Tells when to begin no more deliveries."""

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    outdated: bool = False  # the mail would read otherwise by now


@asynccontextmanager
async def watching(
    app: App,
    campaign: Campaign,
    edition: Edition | None,
    present: Callable[[], datetime],
    *,
    bell: Bell | None = None,
    is_told: Callable[[], bool] = lambda: False,
) -> AsyncIterator[Watch]:
    """Look several times a second, until the block is left, whether sending must stop.

    A claim asks for itself; but without looking, a paused campaign would be asked about once for each of its people,
    and a slow rate would keep the process up until its next turn.

    Args:
        app: its `stopping` is followed too.
        campaign: the one that is sent.
        edition: what its mail shows, where it shows one.
        present: the time by which that is judged.
        bell: rings when any campaign was moved, by whomever.
        is_told: whether that is so at present; it is looked for less often then.

    Raises:
        DigestError: when the store cannot be read.
    """
    watch = Watch()
    heard = bell or Bell()

    async def look() -> None:
        try:
            while not app.stopping.is_set():
                waiting = asyncio.create_task(heard.within(_SELDOM if is_told() else _EVERY, app.stopping))
                await asyncio.sleep(0)  # it waits before we look: what rings meanwhile is not missed
                try:
                    if not await asyncio.to_thread(may_go, app, campaign):
                        return
                    if edition is not None and as_of(edition, present()) != edition:
                        watch.outdated = True
                        return
                    await waiting
                finally:
                    waiting.cancel()
        finally:
            watch.stop.set()

    looking = asyncio.create_task(look())
    try:
        yield watch
    finally:
        looking.cancel()
        await asyncio.wait({looking})
        failure = None if looking.cancelled() else looking.exception()
    if failure is not None:
        raise failure
