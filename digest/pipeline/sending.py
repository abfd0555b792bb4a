"""Deliver: a campaign's outbox through the courier, each delivery committed before its DATA."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from digest import deliver as courier_room
from digest.app import App
from digest.config import Smtp
from digest.deliver import (
    FIRST_WAIT,
    LATEST,
    SHORT_WAIT,
    Courier,
    SmtpCourier,
    asks_for_less,
    embedded_server,
    next_attempt,
)
from digest.errors import DeliveryError, DigestError, RefusedError, TemplateError
from digest.model import (
    Accepted,
    CampaignStatus,
    Deferred,
    Delivery,
    DeliveryState,
    Outcome,
    PersonSkip,
    Report,
)
from digest.pipeline.collecting import SourceResult
from digest.pipeline.current import current_mail
from digest.pipeline.mailing import Mail
from digest.pipeline.watching import watching, while_it_may_go
from digest.render import Compiled
from digest.store import campaigns, outbox
from digest.store.campaigns import Campaign
from digest.store.ledger import Ledger

log = structlog.get_logger("digest.sending")

_SOON = timedelta(minutes=1)  # who is due again within it is waited for by a person who sends


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """What one run of sending came to."""

    report: Report
    accepted_now: int = 0  # by this run
    note: str = ""  # why nothing, or not everything, was sent
    sources: tuple[SourceResult, ...] = ()


def release(app: App, campaign: Campaign) -> Campaign:
    """Let a prepared campaign go: from now on its deliveries may be claimed."""
    with app.store.write() as connection:
        campaigns.set_status(connection, campaign.id, CampaignStatus.SENDING)
    return replace(campaign, status=CampaignStatus.SENDING)


async def deliver(app: App, campaign: Campaign, now: datetime, *, wait: bool = True) -> Sent:
    """Send what is due of a campaign; what is not, stays where it is and is told.

    When `app.stopping` is set, or the campaign is paused or cancelled by whomever, what is in flight is finished within
    `[smtp] grace` and the rest stays as it is. When something in the mail closes meanwhile, the rest get it without
    that.

    Args:
        app: what to work with.
        campaign: released.
        now: decides what has closed and which deferred deliveries are due again.
        wait: for those whom a server that asked to slow down put off for less than a minute.

    Raises:
        DigestError: when another process is sending this campaign.
        DeliveryError: when no connection could be made; everything unsent stays queued.
        RefusedError: when the server refuses whoever it is for; it is held, so that nobody tries again by itself.
        TemplateError: when the mail has to change and cannot be rendered; it is held, everything unsent stays queued.
    """
    if campaign.status is not CampaignStatus.SENDING:
        return _told(app, campaign)
    ahead = now - app.now
    tally: Counter[str] = Counter()

    def present() -> datetime:
        return app.now + ahead

    with app.store.exclusive(f"campaign-{campaign.id}") as free:
        if not free:
            raise DigestError(f"{campaign.name} is being sent by another process; nothing was done here.")
        while await _send_as_it_reads(app, campaign, present, tally) or (
            wait and tally and await _is_due_soon(app, campaign, present)
        ):
            pass
        _finish(app, campaign)
    return _told(app, campaign, accepted_now=tally[DeliveryState.ACCEPTED])


async def deliver_due(app: App, now: datetime) -> tuple[Sent, ...]:
    """The scheduler's tick: every released campaign's due deliveries.

    Raises:
        DigestError: for the campaigns that could not be sent, after the others were; the next tick tries again.
    """
    with app.store.read() as connection:
        waiting = campaigns.sending(connection)
    sent, failures = [], []
    for campaign in waiting:
        try:
            sent.append(await deliver(app, campaign, now, wait=False))
        except DigestError as error:
            failures.append(f"{campaign.name}: {error}")
    if failures:
        raise DigestError("\n".join(failures))
    return tuple(sent)


def as_test(rendered: Compiled) -> Compiled:
    """The same mail, marked in its subject."""
    return replace(rendered, subject=f"[Test] {rendered.subject}")


async def send_one(app: App, address: str, mail: Mail) -> None:
    """Send one mail outside any campaign, such as a test to oneself.

    Raises:
        DeliveryError: when it is not accepted, with the server's reply.
    """
    async with _couriers(app) as connect:
        courier = await connect()
        try:
            outcome = await courier.send(mail.envelope(mail.sample(address)))
        finally:
            await courier.close()
    if not isinstance(outcome, Accepted):
        raise DeliveryError(f"The mail to {address} was not accepted: {outcome.reply}")


def _settle(app: App, campaign: Campaign, now: datetime) -> int:
    """Take back what must not be sent any more; returns how many deliveries are due."""
    with app.store.write() as connection:
        outbox.orphans_to_unknown(connection, campaign)
        outbox.skip_delisted(connection, campaign)
        outbox.skip_suppressed(connection, campaign)
        outbox.bring_forward(connection, campaign, now=now, latest=now + LATEST)
        return outbox.count_due(connection, campaign, now)


async def _send_as_it_reads(app: App, campaign: Campaign, present: Callable[[], datetime], tally: Counter[str]) -> bool:
    """Send the mail as it must read now; True when it was stopped because it would read otherwise by now."""
    current = while_it_may_go(app, campaign)
    if current is None:
        return False
    now = present()
    total = _settle(app, current, now)
    try:
        found = current_mail(app, current, now) if total else None
    except TemplateError as error:
        _hold(app, current, reason=str(error))
        way_out = f"it is held, nothing more was sent; mend it, then `digest approve {current.name}`"
        raise TemplateError(f"The mail cannot be rendered: {error}; {way_out}") from error
    if found is None:
        return False
    mail, edition = found
    try:
        async with watching(app, current, edition, present) as watch:
            await _run(app, mail, current, now, total, stop=watch.stop, tally=tally)
    except RefusedError as error:
        name = current.name
        way_out = f"mend that, then `digest approve {name}`, `digest retry {name} --failed` and `digest send {name}`"
        _hold(app, current, reason=str(error))
        raise RefusedError(f"{name} is held: {error}; the rest was not sent; {way_out}") from error
    return watch.outdated


async def _run(
    app: App,
    mail: Mail,
    campaign: Campaign,
    now: datetime,
    total: int,
    *,
    stop: asyncio.Event,
    tally: Counter[str],
) -> None:
    everybody = tally.total() + total

    def advance(_: Delivery, outcome: Outcome) -> None:
        tally[type(outcome).__name__.lower()] += 1
        app.progress("sending", tally.total(), everybody, tally)

    app.progress("sending", tally.total(), everybody, tally)
    smtp = app.config.smtp
    connections = min(smtp.connections, total)
    async with (
        _couriers(app) as connect,
        Ledger(app.store, campaign, clock=app.clock, retry_at=_retry_at(smtp)) as ledger,
    ):
        await courier_room.deliver(
            _one_by_one(outbox.due_by_chunk(app.store, campaign, now)),
            ledger=ledger,
            connect=connect,
            envelope=mail.envelope,
            connections=connections,
            rate=smtp.rate,
            burst=smtp.burst,
            stop=stop,
            grace=smtp.grace.total_seconds(),
            on_outcome=advance,
            on_pause=_tell_pause,
        )


async def _one_by_one(chunks: Iterator[list[Delivery]]) -> AsyncIterator[Delivery]:
    """The deliveries of each chunk; while the next is taken, a database that is slow holds up nobody's conversation."""
    while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
        for delivery in chunk:
            yield delivery


def _tell_pause(seconds: float, reason: str) -> None:
    log.warning("the server is in trouble or asks to slow down", pause=f"{seconds:.0f} s", reason=reason)


async def _is_due_soon(app: App, campaign: Campaign, present: Callable[[], datetime]) -> bool:
    """Wait for the earliest deferred delivery where that is soon, and nobody stops us or the campaign."""
    with app.store.read() as connection:
        current = campaigns.by_id(connection, campaign.id)
        again = outbox.next_attempt_at(connection, campaign)
    if again is None or current is None or current.status is not CampaignStatus.SENDING:
        return False
    wait = again - present()
    if wait > _SOON or app.stopping.is_set():
        return False
    log.info("waiting for those whom the server put off a moment", wait=f"{max(wait.total_seconds(), 0):.0f} s")
    try:
        async with asyncio.timeout(max(wait.total_seconds(), 0)):
            await app.stopping.wait()
    except TimeoutError:
        return True  # the time has come
    return False


def _hold(app: App, campaign: Campaign, *, reason: str) -> None:
    """Keep back what is not sent yet, unless a person stopped the campaign meanwhile."""
    with app.store.write() as connection:
        current = campaigns.by_id(connection, campaign.id)
        if current is not None and current.status is CampaignStatus.SENDING:
            campaigns.set_status(connection, campaign.id, CampaignStatus.HELD, reason)


def _finish(app: App, campaign: Campaign) -> None:
    with app.store.write() as connection:
        report = outbox.report(connection, campaign)
        pending = report.states[DeliveryState.QUEUED] + report.states[DeliveryState.DEFERRED]
        current = campaigns.by_id(connection, campaign.id)
        if current is not None and current.status is CampaignStatus.CANCELLED:  # also what was claimed and given back
            outbox.skip_pending(connection, reason=PersonSkip.CANCELLED, campaign=campaign)
        if pending or current is None or current.status is not CampaignStatus.SENDING:
            return
        if PersonSkip.OVER in report.skipped and not report.recipients:
            campaigns.set_status(connection, campaign.id, CampaignStatus.CANCELLED, PersonSkip.OVER.value)
        else:
            campaigns.set_status(connection, campaign.id, CampaignStatus.SENT)


def _told(app: App, campaign: Campaign, *, accepted_now: int = 0) -> Sent:
    """The campaign as it stands, and in a sentence why nothing more is being sent."""
    with app.store.read() as connection:
        current = campaigns.by_id(connection, campaign.id) or campaign
        report = outbox.report(connection, current)
        again = outbox.next_attempt_at(connection, current)
    deferred, queued = report.states[DeliveryState.DEFERRED], report.states[DeliveryState.QUEUED]
    match current.status:
        case CampaignStatus.SENT if report.recipients and report.states[DeliveryState.REJECTED] == report.recipients:
            note = f"{current.name} reached nobody; `digest report {current.name}` tells why"
        case CampaignStatus.SENT:
            note = "" if accepted_now else f"{current.name} was sent already; nothing is left to send"
        case CampaignStatus.SENDING if deferred and again:
            local = again.astimezone(app.config.network.zone)
            note = (
                f"{deferred} deferred by the server, due again from {local:%Y-%m-%d %H:%M}; run the same command then"
            )
        case CampaignStatus.SENDING if queued:
            note = f"{queued} still queued; run the same command to go on"
        case CampaignStatus.SENDING:
            note = ""
        case CampaignStatus.HELD:
            way_out = f"look at it with `digest preview`, then `digest approve {current.name}`"
            note = f"{current.name} is held for a person: {current.reason}; {way_out}"
        case CampaignStatus.PAUSED:
            note = f"{current.name} is paused: {current.reason}; `digest resume {current.name}` goes on"
        case _:
            note = f"{current.name} is {current.status}" + (f": {current.reason}" if current.reason else "")
    return Sent(report=report, accepted_now=accepted_now, note=note)


def _retry_at(smtp: Smtp) -> Callable[[Delivery, Deferred, datetime], datetime | None]:
    def retry_at(delivery: Delivery, outcome: Deferred, now: datetime) -> datetime | None:
        return next_attempt(
            attempts=delivery.attempts + 1,
            first_tried_at=delivery.first_tried_at or now,
            now=now,
            give_up_after=smtp.give_up_after,
            random=random.random(),  # noqa: S311  (jitter)
            first_wait=SHORT_WAIT if asks_for_less(outcome) else FIRST_WAIT,
        )

    return retry_at


@asynccontextmanager
async def _couriers(app: App) -> AsyncIterator[Callable[[], Awaitable[Courier]]]:
    """How to open a connection: to the configured server, or to the embedded mailbox while it is up."""
    smtp = app.config.smtp
    if not smtp.embedded:
        yield lambda: SmtpCourier.connect(smtp)
        return
    async with embedded_server(app.mailbox) as (host, port):
        local = smtp.model_copy(update={"host": host, "port": port, "tls": "none", "username": None, "password": None})
        yield lambda: SmtpCourier.connect(local)
