"""Sending where several workers share campaigns: a command that takes part, and what any of them does for all."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import suppress
from datetime import datetime, timedelta
from time import monotonic

from digest.app import App
from digest.core.campaigns import moves
from digest.core.campaigns.chunk import send_chunk
from digest.core.campaigns.lookup import cluster_of, may_go
from digest.core.campaigns.part import Part, taking_part
from digest.core.campaigns.reports import Sent, SentDue, as_it_stands
from digest.errors import DigestError
from digest.model import DeliveryState
from digest.store import campaigns, outbox
from digest.store.campaigns import Campaign
from digest.store.outbox import chunks, workers

__all__ = ["HANDS", "SOON", "look_after", "send_due_together", "send_free", "send_together"]

HANDS = 2
"""Chunks at a time of a process that takes part: while one comes to its end, the other fills the connections."""

_EVERY = 0.25  # seconds
_TOLD_EVERY = 1.0  # seconds
_RESTING = 10  # times as long as it took
SOON = timedelta(minutes=1)
"""Who is due again within it is waited for by a person who sends."""


def look_after(app: App, now: datetime) -> None:
    """Rescue what lost workers held, call for what is due, close what is over. Any process may, at any time."""
    lost_after = cluster_of(app).lost_after
    outbox.settle_noted(app.store, now)
    with app.store.write() as connection:
        chunks.rescue(connection, lost_after)
        workers.forget_the_dead(connection)
    with app.store.write() as connection:
        outbox.call(connection, now, lost_after=lost_after)
    with app.store.read() as connection:
        ended = campaigns.with_ids(connection, outbox.ended(connection))
    for campaign in ended:
        moves.finish(app, campaign, now)


async def send_together(app: App, campaign: Campaign, now: datetime) -> Sent:
    """Take part in a campaign and show all of its progress, until it is over, stopped, or only put off for long.

    Raises:
        DigestError: what sending a chunk raised here; others may go on.
    """
    accepted = 0
    async with taking_part(app, "send", now) as part:
        telling = asyncio.create_task(_tell(app, campaign))
        try:
            while True:
                tallies = await send_free(part, (campaign.id,))
                accepted += tallies[campaign.id][DeliveryState.ACCEPTED]
                await asyncio.to_thread(look_after, app, part.now())
                if app.stopping.is_set() or not may_go(app, campaign) or not _goes_on(part, campaign):
                    break
                with suppress(TimeoutError):
                    async with asyncio.timeout(_EVERY):
                        await app.stopping.wait()
        finally:
            telling.cancel()
            await asyncio.wait({telling})
    _tell_once(app, campaign)
    return as_it_stands(app, campaign, accepted_now=accepted)


async def send_due_together(app: App, now: datetime) -> AsyncIterator[SentDue]:
    """Take part in every campaign that is being sent, until nothing of any is due that nobody holds."""
    await asyncio.to_thread(look_after, app, now)
    with app.store.read() as connection:
        names = {one.id: one.name for one in campaigns.sending(connection)}
        if not names or chunks.next_free(connection, now, cluster_of(app).lost_after, tuple(names)) is None:
            return
    errors: dict[int, str] = {}
    async with taking_part(app, "run", now) as part:
        tallies = await send_free(part, names, on_error=lambda number, error: errors.update({number: str(error)}))
    for number, name in names.items():
        if number in errors:
            yield SentDue(campaign=name, error=errors[number])
        elif number in tallies:
            with app.store.read() as connection:
                current = campaigns.by_id(connection, number)
            if current is not None:
                standing = as_it_stands(app, current).report.standing
                yield SentDue(campaign=name, accepted_now=tallies[number][DeliveryState.ACCEPTED], standing=standing)


async def send_free(
    part: Part, campaign_ids: Collection[int], *, on_error: Callable[[int, DigestError], None] | None = None
) -> "dict[int, Counter[str]]":
    """Send chunk after chunk of these campaigns, as long as there is one that is due and nobody's.

    Args:
        part: of this process.
        campaign_ids: whose.
        on_error: told by campaign what went wrong; that one is let be, and the others go on. Without it, it is raised.

    Returns:
        By campaign, how many deliveries had which outcome.
    """
    free = _Free(part, set(campaign_ids), on_error)
    hands = [asyncio.create_task(free.send()) for _ in range(HANDS)]
    try:
        ended = await asyncio.gather(*hands, return_exceptions=True)
    except BaseException:
        for one in hands:
            one.cancel()
        await asyncio.gather(*hands, return_exceptions=True)
        raise
    for error in ended:
        if error is not None:
            raise error
    return free.tallies


class _Free:
    """Chunks that are due and nobody's, and what came of those that were sent."""

    def __init__(self, part: Part, left: set[int], on_error: Callable[[int, DigestError], None] | None) -> None:
        self.tallies: dict[int, Counter[str]] = defaultdict(Counter)
        self._part = part
        self._left = left  # campaigns
        self._on_error = on_error

    async def send(self) -> None:
        """One after another, until there is none."""
        while self._left and not self._part.app.stopping.is_set():
            found = await asyncio.to_thread(self._next)
            if found is None:
                return
            try:
                tally = await send_chunk(self._part, *found)
            except DigestError as error:
                if self._on_error is None:
                    self._left.clear()
                    raise
                self._on_error(found[0], error)
                self._left.discard(found[0])
                continue
            if tally is None:
                return  # another was faster, or has the campaign for itself
            self.tallies[found[0]].update(tally)

    def _next(self) -> tuple[int, int] | None:
        with self._part.app.store.read() as connection:
            return chunks.next_free(connection, self._part.now(), self._part.lost_after, tuple(self._left))


def _goes_on(part: Part, campaign: Campaign) -> bool:
    """Whether others are at it, or something of it is due now or soon."""
    with part.app.store.read() as connection:
        if chunks.is_held(connection, campaign):
            return True
        if chunks.next_free(connection, part.now(), part.lost_after, (campaign.id,)) is not None:
            return True
        again = outbox.next_attempt_at(connection, campaign)
    return again is not None and again - part.now() <= SOON


async def _tell(app: App, campaign: Campaign) -> None:
    while True:
        began = monotonic()
        await asyncio.to_thread(_tell_once, app, campaign)
        # All of it is counted, which of millions takes seconds that others would rather send in.
        await asyncio.sleep(max(_TOLD_EVERY, _RESTING * (monotonic() - began)))


def _tell_once(app: App, campaign: Campaign) -> None:
    with app.store.read() as connection:
        report = outbox.report_of(connection, campaign)
    counts = {state.value: count for state, count in report.states.items()}
    done = sum(
        report.states.get(state, 0)
        for state in DeliveryState
        if state not in {DeliveryState.QUEUED, DeliveryState.IN_FLIGHT, DeliveryState.SKIPPED}
    )
    app.progress("sending", done, report.recipients, counts)
