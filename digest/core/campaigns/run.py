"""One run of sending: the ledger, the connections, and when who was deferred is tried again."""

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Iterator
from contextlib import aclosing
from datetime import datetime

import structlog

from digest.app import App
from digest.config import Smtp
from digest.core.campaigns.carriers import Carriers
from digest.core.campaigns.spread import Spread
from digest.core.mail.personal import Mail
from digest.deliver import FIRST_WAIT, SHORT_WAIT, Pressure, asks_for_less, next_attempt, transmit
from digest.model import Deferred, Delivery, Outcome
from digest.store.campaigns import Campaign
from digest.store.outbox.ledger import Ledger

log = structlog.get_logger("digest.sending")


_HANDS = 2  # chunks at a time over several relays: while one comes to its end, the other fills the connections


async def run(
    app: App,
    carriers: Carriers,
    mail: Mail,
    campaign: Campaign,
    chunks: AsyncGenerator[list[Delivery], None],
    *,
    present: Callable[[], datetime],
    stop: asyncio.Event,
    on_outcome: Callable[[Outcome], None],
    on_pause: Callable[[str, float], None] = lambda _relay, _seconds: None,
    pressure: Callable[[str], Pressure] | None = None,
) -> None:
    """Send to those who are handed over, until nobody is left or `stop` is set.

    Args:
        app: what to work with.
        carriers: what to send over, shared with whoever else does.
        mail: as it must read now.
        campaign: whose chunks the deliveries are of; whoever calls this has taken these.
        chunks: the deliveries of each, as they are due.
        present: the time by which a relay's day is judged.
        stop: set it to end early and in order.
        on_outcome: told of each.
        on_pause: told over which relay nothing will be begun for how many seconds.
        pressure: by relay, what earlier runs have learned of it.

    Raises:
        DeliveryError: when sending as a whole fails; everything unsent stays queued.
    """

    def tell_pause(relay: str, seconds: float, reason: str) -> None:
        log.warning("the server is in trouble or asks to slow down", pause=f"{seconds:.1f} s", reason=reason)
        on_pause(relay, seconds)

    smtp = app.config.smtp
    grace = smtp.grace.total_seconds()
    async with (
        aclosing(chunks),
        Ledger(app.store, campaign, clock=app.clock, retry_at=_retry_at(smtp)) as ledger,
    ):
        if not carriers.is_alone:
            spread = Spread(
                app=app,
                carriers=carriers,
                campaign=campaign,
                ledger=ledger,
                envelope=mail.envelope,
                pressure=pressure or _pressures(carriers),
                present=present,
                stop=stop,
                grace=grace,
                on_outcome=on_outcome,
                on_pause=tell_pause,
            )
            await _spread(spread, chunks)
            return
        (relay,) = carriers.relays.values()
        await transmit(
            _one_by_one(chunks),
            ledger=ledger,
            connect=relay.connect,
            envelope=mail.envelope,
            share=relay.share,
            pressure=pressure(relay.name) if pressure is not None else None,
            stop=stop,
            grace=grace,
            on_outcome=lambda _, outcome: on_outcome(outcome),
            on_pause=lambda seconds, reason: tell_pause(relay.name, seconds, reason),
        )


async def as_they_are_taken(
    chunks: Iterator[list[Delivery]], gives_way: Callable[[], bool]
) -> AsyncGenerator[list[Delivery], None]:
    """The deliveries of each chunk, of one at least, until it gives way to others.

    While the next is taken, a database that is slow holds up nobody's conversation.
    """
    while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
        yield chunk
        if gives_way():
            return


async def _one_by_one(chunks: AsyncIterable[list[Delivery]]) -> AsyncIterator[Delivery]:
    async for chunk in chunks:
        for delivery in chunk:
            yield delivery


async def _spread(spread: Spread, chunks: AsyncIterator[list[Delivery]]) -> None:
    """Send chunk after chunk over several relays, some at a time."""
    one_at_a_time = asyncio.Lock()

    async def work() -> None:
        try:
            while not spread.is_over:
                async with one_at_a_time:
                    chunk = await anext(chunks, None)
                if chunk is None:
                    return
                await spread.send(chunk)
        except BaseException:
            spread.end()
            raise

    following = asyncio.create_task(spread.follow())
    hands = [asyncio.create_task(work()) for _ in range(_HANDS)]
    try:
        await asyncio.wait(hands)
    finally:
        for hand in hands:
            hand.cancel()  # without effect unless this is cancelled itself: they have ended
        ended = await asyncio.gather(*hands, return_exceptions=True)
        following.cancel()
        await asyncio.wait({following})
    for error in ended:
        if error is not None:
            raise error


def _pressures(carriers: Carriers) -> Callable[[str], Pressure]:
    known: dict[str, Pressure] = {}
    relays = carriers.relays
    return lambda name: known.setdefault(name, Pressure(relays[name].share.connections))


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
