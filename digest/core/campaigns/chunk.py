"""One chunk, by whoever took it: a worker whose job it is, or a command that takes part.

A chunk that somebody holds who is alive is left to them, so that a job which runs twice is harmless; one whose holder
is lost is taken over, and what that one had in flight is in doubt.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Mapping

import structlog

from digest.core.campaigns import moves
from digest.core.campaigns.lookup import while_it_may_go
from digest.core.campaigns.part import Part
from digest.core.campaigns.refused import held_where_refused
from digest.core.campaigns.run import run
from digest.core.campaigns.watch import watching
from digest.deliver import Pressure
from digest.errors import DeliveryError, OutgrownError
from digest.model import Delivery, DeliveryState, Lease, Outcome
from digest.store import campaigns, outbox
from digest.store.campaigns import Campaign

log = structlog.get_logger("digest.worker")


async def send_chunk(part: Part, campaign_id: int, number: int) -> "Counter[str] | None":
    """Send what is due in a chunk, as the mail must read by then, to those who may be mailed by then.

    Whoever sends the last closes the campaign.

    Returns:
        How many deliveries had which outcome; None where the chunk is another's, or nothing of it is to be sent.

    Raises:
        DeliveryError: when sending as a whole fails; everything unsent stays queued.
        RefusedError: when the server refuses whoever it is for, over all workers; the campaign is held.
        TemplateError: when the mail has to change and cannot be rendered; likewise.
        StoreError: when the store cannot be read or written.
    """
    async with part.place() as may:
        if not may:
            return None
        with part.in_hand(campaign_id, number):
            taken = await _taken(part, campaign_id, number)
            return None if taken is None else await _sent(part, *taken)


async def _sent(part: Part, campaign: Campaign, lease: Lease) -> "Counter[str]":
    """Send what is due of a chunk that was taken, and let go of it."""
    pressures = await asyncio.to_thread(_pressures, part, campaign)
    tally: Counter[str] = Counter()
    lost = False
    try:
        with held_where_refused(part.app, campaign, part.now):
            while await _as_it_reads(part, campaign, lease, pressures, tally):
                pass
    except DeliveryError:
        lost = not await _let_go(part, campaign, lease, pressures, tally)
        if not lost:
            raise
    except BaseException:
        await _let_go(part, campaign, lease, pressures, tally)
        raise
    else:
        lost = not await _let_go(part, campaign, lease, pressures, tally)
    if lost:
        log.warning("a chunk was taken over while it was being sent", campaign=campaign.name, chunk=lease.chunk)
    part.places.update({(campaign.id, name): one.places for name, one in pressures.items()})
    await asyncio.to_thread(finish_where_over, part, campaign)
    return tally


def finish_where_over(part: Part, campaign: Campaign) -> None:
    """Close a campaign of which nothing is left to send, and nothing under way."""
    with part.app.store.read() as connection:
        if outbox.has_open(connection, campaign):
            return
    moves.finish(part.app, campaign, part.now())


async def _as_it_reads(
    part: Part, campaign: Campaign, lease: Lease, pressures: Mapping[str, Pressure], tally: "Counter[str]"
) -> bool:
    """Send what is due of it; True when it was stopped because the mail would read otherwise by now."""
    current = while_it_may_go(part.app, campaign)
    if current is None:
        return False
    now = part.now()
    due = await asyncio.to_thread(_due, part, current, lease)
    found = await asyncio.to_thread(part.mail, current, now) if due else None
    if found is None:
        return False
    mail, edition = found

    def advance(outcome: Outcome) -> None:
        tally[type(outcome).__name__.lower()] += 1
        part.came()

    async with watching(part.app, current, edition, part.now, bell=part.bell, is_told=part.is_told) as watch:
        await run(
            part.app,
            part.carriers,
            mail,
            current,
            _one(due),
            present=part.now,
            stop=watch.stop,
            on_outcome=advance,
            on_pause=part.paused,
            pressure=pressures.__getitem__,
        )
    return watch.outdated


async def _taken(part: Part, campaign_id: int, number: int) -> tuple[Campaign, Lease] | None:
    """The chunk, from now on ours; None where it is another's, or its tables are of a newer version."""
    with part.app.store.read() as connection:
        campaign = campaigns.by_id(connection, campaign_id)
    if campaign is None:
        return None
    try:
        lease = await asyncio.to_thread(_take, part, campaign, number)
    except OutgrownError as error:
        part.outgrown_by(error)
        return None
    return None if lease is None else (campaign, lease)


def _take(part: Part, campaign: Campaign, number: int) -> Lease | None:
    outbox.settle_noted(part.app.store, part.now())
    with part.app.store.write() as connection:
        return outbox.take_chunk(connection, campaign, number, part.id, part.lost_after)


def _due(part: Part, campaign: Campaign, lease: Lease) -> list[Delivery]:
    outbox.carry_out_all_leavings(part.app.store)
    with part.app.store.write() as connection:
        return outbox.due_in(connection, campaign, lease, part.now())


def _pressures(part: Part, campaign: Campaign) -> Mapping[str, Pressure]:
    """What is known of each relay by now: how much it bears, and how many in a row were refused, whoever asked."""
    with part.app.store.read() as connection:
        refusals, rejections = campaigns.refused_in_a_row(connection, campaign.id)
    return {
        name: Pressure(
            relay.share.connections,
            places=part.places.get((campaign.id, name), 1),
            refusals=refusals,
            rejections=rejections,
        )
        for name, relay in part.carriers.relays.items()
    }


async def _one(chunk: list[Delivery]) -> AsyncGenerator[list[Delivery], None]:
    yield chunk


async def _let_go(
    part: Part, campaign: Campaign, lease: Lease, pressures: Mapping[str, Pressure], tally: "Counter[str]"
) -> bool:
    """Whether it was ours to the end."""

    def write() -> bool:
        with part.app.store.write() as connection:
            if tally:
                began_anew = tally[DeliveryState.ACCEPTED] > 0
                each = [one.refused_since_begun() for one in pressures.values()]
                since = sum(refusals for refusals, _ in each), sum(rejections for _, rejections in each)
                campaigns.count_refused(connection, campaign.id, since, began_anew=began_anew)
            return outbox.let_go(connection, campaign, lease)

    return await asyncio.to_thread(write)
