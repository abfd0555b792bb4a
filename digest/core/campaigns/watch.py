"""The watch: what ends a run of sending besides its end, such as a pause elsewhere or a vacancy that closes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime

from digest.app import App
from digest.compose import as_of
from digest.core.campaigns.lookup import may_go
from digest.model import Edition
from digest.store.campaigns import Campaign

_EVERY = 0.25  # seconds


@dataclass(slots=True)
class Watch:
    """Tells when to begin no more deliveries."""

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    outdated: bool = False  # the mail would read otherwise by now


@asynccontextmanager
async def watching(
    app: App, campaign: Campaign, edition: Edition | None, present: Callable[[], datetime]
) -> AsyncIterator[Watch]:
    """Look several times a second, until the block is left, whether sending must stop.

    A claim asks for itself; but without looking, a paused campaign would be asked about once for each of its people,
    and a slow rate would keep the process up until its next turn.

    Args:
        app: its `stopping` is followed too.
        campaign: the one that is sent.
        edition: what its mail shows, where it shows one.
        present: the time by which that is judged.

    Raises:
        DigestError: when the store cannot be read.
    """
    watch = Watch()
    looking = asyncio.create_task(_look(app, campaign, edition, present, watch))
    try:
        yield watch
    finally:
        looking.cancel()
        await asyncio.wait({looking})
        failure = None if looking.cancelled() else looking.exception()
    if failure is not None:
        raise failure


async def _look(
    app: App, campaign: Campaign, edition: Edition | None, present: Callable[[], datetime], watch: Watch
) -> None:
    try:
        while not app.stopping.is_set() and await asyncio.to_thread(may_go, app, campaign):
            if edition is not None and as_of(edition, present()) != edition:
                watch.outdated = True
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(_EVERY):
                    await app.stopping.wait()
    finally:
        watch.stop.set()
