"""Sending: campaigns by this process, each delivery committed before its DATA; those that are due, side by side."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime

import structlog

from digest.app import App
from digest.core.campaigns import moves
from digest.core.campaigns.carriers import Carriers, open_carriers
from digest.core.campaigns.frozen import current_mail
from digest.core.campaigns.lookup import alone_with, campaign_named, may_go, while_it_may_go
from digest.core.campaigns.refused import held_where_refused
from digest.core.campaigns.reports import Sent, SentDue, as_it_stands
from digest.core.campaigns.run import as_they_are_taken, run
from digest.core.campaigns.together import SOON, send_due_together, send_together
from digest.core.campaigns.turns import Turn, Turns
from digest.core.campaigns.watch import watching
from digest.core.people.lists import apply_lists
from digest.deliver import LATEST
from digest.errors import DigestError, TakenError, UsageError
from digest.model import By, CampaignStatus, DeliveryState, Outcome
from digest.store import campaigns, outbox
from digest.store.campaigns import Campaign

log = structlog.get_logger("digest.sending")

_LOOK_EVERY = 5.0  # seconds: while campaigns are being sent, others may be let go


async def send(app: App, campaign: Campaign, now: datetime) -> Sent:
    """Send what is due of a campaign; what is not, stays where it is and is told.

    When `app.stopping` is set, or the campaign is paused or cancelled by whomever, what is in flight is finished within
    `[smtp] grace` and the rest stays as it is. When something in the mail closes meanwhile, the rest get it without
    that. Whom a server that asked to slow down put off for less than a minute is waited for. Where workers share
    campaigns, this process takes part like one of them until all of the campaign is over.

    Args:
        app: what to work with.
        campaign: released.
        now: decides what has closed and which deferred deliveries are due again.

    Raises:
        TakenError: when another process is sending this campaign.
        DeliveryError: when no connection could be made; everything unsent stays queued.
        RefusedError: when the server refuses whoever it is for; it is held, so that nobody tries again by itself.
        TemplateError: when the mail has to change and cannot be rendered; it is held, everything unsent stays queued.
    """
    if campaign.status is not CampaignStatus.SENDING:
        return as_it_stands(app, campaign)
    if app.store.shared:
        return await send_together(app, campaign, now)
    async with open_carriers(app) as carriers:
        return await _send(app, carriers, Turn(campaign), now, wait=True)


async def send_due(app: App, now: datetime) -> AsyncIterator[SentDue]:
    """The scheduler's tick: every released campaign's due deliveries, side by side, until nothing of them is due.

    A campaign that is let go meanwhile begins at once, with its share of the connections and of the rate; where there
    are more campaigns than connections, they take turns. What another process sends is left to it. Where workers share
    campaigns, this process takes part like one of them.

    Yields:
        What came of each campaign as it ends. What could not be sent is tried again by the next tick.
    """
    if app.store.shared:
        async for came in send_due_together(app, now):
            yield came
        return
    with app.store.read() as connection:
        if not campaigns.sending(connection):
            return
    ahead = now - app.now
    async with open_carriers(app) as carriers:
        turns = Turns(min(one.share.connections for one in carriers.relays.values()))
        try:
            while turns.begin(*_released(app), lambda turn: _send(app, carriers, turn, app.now + ahead, wait=False)):
                for campaign, task in await turns.ended(_LOOK_EVERY):
                    try:
                        sent = task.result()
                    except TakenError:
                        continue  # whoever is at it tells how it went
                    except DigestError as error:
                        yield SentDue(campaign=campaign.name, error=str(error))
                    else:
                        accepted, standing = sent.accepted_now, sent.report.standing
                        yield SentDue(campaign=campaign.name, accepted_now=accepted, standing=standing)
        finally:
            await turns.give_up()


def _released(app: App) -> tuple[Sequence[Campaign], Mapping[int, int]]:
    """What is to be sent, and in how many chunks; nothing more once the process is to end."""
    if app.stopping.is_set():
        return (), {}
    with app.store.read() as connection:
        return campaigns.sending(connection), outbox.chunks_of_sending(connection)


async def go_on(app: App, name: str, now: datetime, *, by: By) -> Sent:
    """Send what is due of a campaign by its name, such as one whose failures were queued again.

    Raises:
        UsageError: when there is none of that name, or it waits for approval.
        DigestError: as `send`.
    """
    with app.store.read() as connection:
        campaign = campaign_named(connection, name)
    if campaign.status is CampaignStatus.PREPARED:
        raise UsageError(f"{name} waits for approval: `digest approve {name}`")
    apply_lists(app, now, by=by)
    return await send(app, campaign, now)


async def _send(app: App, carriers: Carriers, turn: Turn, now: datetime, *, wait: bool) -> Sent:
    campaign = turn.campaign
    ahead = now - app.now
    tally: Counter[str] = Counter()

    def present() -> datetime:
        return app.now + ahead

    with alone_with(app, campaign) as free:
        if not free:
            raise TakenError(f"{campaign.name} is being sent by another process; nothing was done here.")
        while await _send_as_it_reads(app, carriers, turn, present, tally) or (
            wait and tally and await _is_due_soon(app, campaign, present)
        ):
            pass
        moves.finish(app, campaign, present())
    return as_it_stands(app, campaign, accepted_now=tally[DeliveryState.ACCEPTED])


def _look_through(app: App, campaign: Campaign, now: datetime) -> int:
    """Take back what must not be sent any more; returns how many deliveries are due."""
    outbox.settle_noted(app.store, now)
    with app.store.write() as connection:
        outbox.orphans_to_unknown(connection, campaign)
        outbox.skip_unmailable(connection, campaign, now)
        outbox.bring_forward(connection, campaign, now=now, latest=now + LATEST)
        return outbox.count_due(connection, campaign, now)


async def _send_as_it_reads(
    app: App, carriers: Carriers, turn: Turn, present: Callable[[], datetime], tally: Counter[str]
) -> bool:
    """Send the mail as it must read now; True when it was stopped because it would read otherwise by now."""
    current = while_it_may_go(app, turn.campaign)
    if current is None:
        return False
    now = present()
    total = await asyncio.to_thread(_look_through, app, current, now)
    with held_where_refused(app, current, present):
        found = await asyncio.to_thread(current_mail, app, current, now) if total else None
    if found is None:
        return False
    mail, edition = found
    everybody = tally.total() + total

    def advance(outcome: Outcome) -> None:
        tally[type(outcome).__name__.lower()] += 1
        app.progress("sending", tally.total(), everybody, tally)

    app.progress("sending", tally.total(), everybody, tally)
    source = as_they_are_taken(outbox.due_by_chunk(app.store, current, now), lambda: turn.gives_way)
    with held_where_refused(app, current, present):
        async with watching(app, current, edition, present) as watch:
            await run(
                app,
                carriers,
                mail,
                current,
                source,
                present=present,
                stop=watch.stop,
                on_outcome=advance,
            )
    return watch.outdated


async def _is_due_soon(app: App, campaign: Campaign, present: Callable[[], datetime]) -> bool:
    """Wait for the earliest deferred delivery where that is soon, and nobody stops us or the campaign."""
    with app.store.read() as connection:
        again = outbox.next_attempt_at(connection, campaign)
    if again is None or not may_go(app, campaign):
        return False
    wait = again - present()
    if wait > SOON or app.stopping.is_set():
        return False
    log.info("waiting for those whom the server put off a moment", wait=f"{max(wait.total_seconds(), 0):.0f} s")
    try:
        async with asyncio.timeout(max(wait.total_seconds(), 0)):
            await app.stopping.wait()
    except TimeoutError:
        return True  # the time has come
    return False
