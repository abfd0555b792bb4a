"""Watch: what ends a run of sending besides its end, such as a pause from another process or a vacancy that closes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from digest.app import App
from digest.compose import still_true
from digest.model import CampaignStatus, Edition
from digest.store import campaigns
from digest.store.campaigns import Campaign

_EVERY = 0.25  # seconds


@dataclass(slots=True)
class Watch:
    """Tells when to begin no more deliveries."""

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    outdated: bool = False  # the mail would read otherwise by now


def as_of(frozen: Edition, now: datetime) -> Edition:
    """The edition as it must read when it is sent: nothing over or closed, and days counted from now."""
    edition = still_true(frozen, now)
    today = now.astimezone(frozen.composed_at.tzinfo)
    return replace(edition, composed_at=today) if today.date() != frozen.composed_at.date() else edition


def while_it_may_go(app: App, campaign: Campaign) -> Campaign | None:
    """The campaign as it stands; None once its deliveries may be claimed no more."""
    with app.store.read() as connection:
        current = campaigns.by_id(connection, campaign.id)
    return current if current is not None and current.status is CampaignStatus.SENDING else None


def _may_go(app: App, campaign: Campaign) -> bool:
    return while_it_may_go(app, campaign) is not None


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
        while not app.stopping.is_set() and await asyncio.to_thread(_may_go, app, campaign):
            if edition is not None and as_of(edition, present()) != edition:
                watch.outdated = True
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(_EVERY):
                    await app.stopping.wait()
    finally:
        watch.stop.set()
