"""One run of sending: the ledger, the connections, and when who was deferred is tried again."""

import asyncio
import random
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator
from datetime import datetime

import structlog

from digest.app import App
from digest.config import Smtp
from digest.core.mail.personal import Mail
from digest.deliver import FIRST_WAIT, SHORT_WAIT, Pressure, Relay, asks_for_less, next_attempt, transmit
from digest.model import Deferred, Delivery, Outcome
from digest.store.campaigns import Campaign
from digest.store.outbox.ledger import Ledger

log = structlog.get_logger("digest.sending")


async def run(
    app: App,
    relay: Relay,
    mail: Mail,
    campaign: Campaign,
    deliveries: AsyncIterable[Delivery] | Iterable[Delivery],
    *,
    stop: asyncio.Event,
    on_outcome: Callable[[Outcome], None],
    on_pause: Callable[[float], None] = lambda _seconds: None,
    pressure: Pressure | None = None,
) -> None:
    """Send to those who are handed over, until nobody is left or `stop` is set.

    Args:
        app: what to work with.
        relay: shared with whoever else sends over it.
        mail: as it must read now.
        campaign: whose chunks the deliveries are of; whoever calls this has taken these.
        deliveries: as they are due.
        stop: set it to end early and in order.
        on_outcome: told of each.
        on_pause: told for how many seconds nothing will be begun.
        pressure: what an earlier run has learned of the server.

    Raises:
        DeliveryError: when sending as a whole fails; everything unsent stays queued.
    """

    def tell_pause(seconds: float, reason: str) -> None:
        log.warning("the server is in trouble or asks to slow down", pause=f"{seconds:.0f} s", reason=reason)
        on_pause(seconds)

    smtp = app.config.smtp
    async with Ledger(app.store, campaign, clock=app.clock, retry_at=_retry_at(smtp)) as ledger:
        await transmit(
            deliveries,
            ledger=ledger,
            connect=relay.connect,
            envelope=mail.envelope,
            share=relay.share,
            pressure=pressure,
            stop=stop,
            grace=smtp.grace.total_seconds(),
            on_outcome=lambda _, outcome: on_outcome(outcome),
            on_pause=tell_pause,
        )


async def one_by_one(chunks: Iterator[list[Delivery]]) -> AsyncIterator[Delivery]:
    """The deliveries of each chunk; while the next is taken, a database that is slow holds up nobody's conversation."""
    while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
        for delivery in chunk:
            yield delivery


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
