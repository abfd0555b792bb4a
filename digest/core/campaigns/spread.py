"""A chunk spread over several relays: each sends its part, and what one cannot send now the others do."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from digest.app import App
from digest.core.campaigns import carriers
from digest.core.campaigns.carriers import Carriers, Parts
from digest.deliver import Claims, Envelope, Pressure, Relay, transmit
from digest.errors import DeliveryError, RefusedError, StoreError
from digest.model import Accepted, Deferred, Delivery, Outcome, Told
from digest.store.campaigns import Campaign

log = structlog.get_logger("digest.sending")


@dataclass(kw_only=True, slots=True)
class _Watched:
    """A ledger that tells whether it was the ledger that failed."""

    ledger: Claims
    failed: bool = False

    async def claim(self, wanted: Sequence[Delivery]) -> Sequence[Delivery]:
        """As the ledger's."""
        try:
            return await self.ledger.claim(wanted)
        except DeliveryError:
            self.failed = True
            raise

    async def release(self, held: Sequence[Delivery]) -> None:
        """As the ledger's."""
        try:
            await self.ledger.release(held)
        except DeliveryError:
            self.failed = True
            raise

    def begin(self, delivery: Delivery) -> None:
        """As the ledger's."""
        self.ledger.begin(delivery)

    def record(self, delivery: Delivery, outcome: Outcome) -> None:
        """As the ledger's."""
        self.ledger.record(delivery, outcome)


@dataclass(kw_only=True, slots=True)
class _Part:
    """What one relay was given of a chunk, and what came of it so far."""

    relay: Relay
    deliveries: Sequence[Delivery]
    has_others: bool  # which can take over what this one cannot send now
    stop: asyncio.Event = field(default_factory=asyncio.Event)  # the rest is to come back
    sending: "asyncio.Task[None] | None" = None
    is_fatal: bool = False  # it ended for a reason that ends the others too
    done: set[int] = field(default_factory=set)
    tally: "Counter[type[Outcome]]" = field(default_factory=Counter)

    def rest(self) -> list[Delivery]:
        """Those of which nothing is known."""
        return [one for one in self.deliveries if one.id not in self.done]


@dataclass(kw_only=True, slots=True)
class Spread:
    """Sends chunks of one campaign over several relays.

    A relay that cannot be reached, takes no mail from us, or is in trouble for long is left out for a while, by all
    workers; one that asks to slow down until its pause is over. Both are used all the same where no other can carry a
    mail: then everything is as with one relay.

    Args:
        app: what to work with.
        carriers: what to send over.
        campaign: whose deliveries.
        ledger: of it.
        envelope: makes one person's message.
        pressure: by relay, what is known of how much it bears.
        present: the time by which a relay's day is judged.
        stop: set it to end early and in order, where `follow` runs.
        grace: seconds from then for what is on the wire.
        on_outcome: told of each.
        on_pause: told which relay asked for how many seconds without anything, and why.
    """

    app: App
    carriers: Carriers
    campaign: Campaign
    ledger: Claims
    envelope: Callable[[Delivery], Envelope]
    pressure: Callable[[str], Pressure]
    present: Callable[[], datetime]
    stop: asyncio.Event
    grace: float
    on_outcome: Callable[[Outcome], None]
    on_pause: Callable[[str, float, str], None]
    _under_way: list[_Part] = field(default_factory=list)
    _is_over: bool = False

    async def send(self, chunk: Sequence[Delivery]) -> None:
        """Send the deliveries of one chunk, until nobody is left that any relay can carry now.

        Raises:
            RefusedError: when a relay refuses our mail whoever it is for: the others would only spoil their name too.
            DeliveryError: when every relay failed that fits some of them; these stay queued.
        """
        left, failed = list(chunk), dict[str, DeliveryError]()
        while left and not self.is_over:
            is_open = {name: relay.is_open for name, relay in self.carriers.relays.items()}
            shared = await asyncio.to_thread(
                self.carriers.share_out,
                self.app,
                self.campaign,
                left,
                self.present(),
                is_open=is_open,
                without=failed.keys(),
            )
            if shared is None or not shared.by_relay:
                break
            left = await self._send_parts(shared, failed)
            if failed:
                left += shared.later
        if failed and left and not self.is_over:
            raise next(iter(failed.values()))

    async def follow(self) -> None:
        """End everything in order when the caller says so, after the grace at once; to be run beside `send`."""
        await self.stop.wait()
        self.end()
        await asyncio.sleep(self.grace)
        for part in self._under_way:
            if part.sending is not None:
                part.sending.cancel()

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be begun."""
        return self._is_over or self.stop.is_set()

    def end(self) -> None:
        """Begin nothing more, and finish what is on the wire."""
        self._is_over = True
        for part in self._under_way:
            part.stop.set()

    async def _send_parts(self, shared: Parts, failed: dict[str, DeliveryError]) -> list[Delivery]:
        """Send what each was given; what is left of those that failed, or were asked to slow down."""
        parts = {
            name: _Part(
                relay=self.carriers.relays[name], deliveries=given, has_others=bool(shared.well.difference({name}))
            )
            for name, given in shared.by_relay.items()
        }
        ended = await asyncio.gather(
            *(self._send_part(part, shared) for part in parts.values()), return_exceptions=True
        )
        left: list[Delivery] = []
        for part, error in zip(parts.values(), ended, strict=True):
            if isinstance(error, DeliveryError) and not part.is_fatal:
                failed[part.relay.name] = error
            if error is not None or part.stop.is_set():
                left += part.rest()
        for part, error in zip(parts.values(), ended, strict=True):
            if part.is_fatal and error is not None:
                raise error
        return left

    async def _send_part(self, part: _Part, shared: Parts) -> None:
        ledger, name, failure = _Watched(ledger=self.ledger), part.relay.name, None
        self._under_way.append(part)
        if self.is_over:
            part.stop.set()
        try:
            part.sending = asyncio.create_task(self._transmit(part, ledger))
            await part.sending
        except asyncio.CancelledError:
            if not self.stop.is_set():  # else the grace was over
                raise
        except DeliveryError as error:
            part.is_fatal = ledger.failed or isinstance(error, RefusedError)
            if ledger.failed:
                raise
            failure = carriers.of_relay(str(error), name)
            if part.is_fatal:
                raise RefusedError(Told("relay_refused", relay=name, why=failure)) from error
            log.warning("a relay is left out for now", relay=name, reason=failure)
            raise DeliveryError(failure) from error
        except BaseException:
            part.is_fatal = True
            raise
        finally:
            if part.is_fatal:
                self.end()
            self._under_way.remove(part)
            back = len(part.rest()) + part.tally[Deferred]
            recovered = part.tally[Accepted] > 0 and shared.standings[name].failures > 0
            with suppress(StoreError):  # what is not given back counts as sent, until tomorrow
                await asyncio.to_thread(
                    carriers.settle,
                    self.app,
                    name,
                    shared.day,
                    back=back,
                    paused=part.relay.share.pause(),
                    recovered=recovered,
                    failure=failure,
                )

    async def _transmit(self, part: _Part, ledger: Claims) -> None:
        await transmit(
            part.deliveries,
            ledger=ledger,
            connect=part.relay.connect,
            envelope=self.envelope,
            share=part.relay.share,
            pressure=self.pressure(part.relay.name),
            stop=part.stop,
            on_outcome=lambda delivery, outcome: self._came(part, delivery, outcome),
            on_pause=lambda seconds, reason: self._paused(part, seconds, reason),
        )

    def _came(self, part: _Part, delivery: Delivery, outcome: Outcome) -> None:
        part.done.add(delivery.id)
        part.tally[type(outcome)] += 1
        self.on_outcome(outcome)

    def _paused(self, part: _Part, seconds: float, reason: str) -> None:
        part.relay.share.pause_until(asyncio.get_running_loop().time() + seconds)
        self.on_pause(part.relay.name, seconds, reason)
        if part.has_others:
            part.stop.set()
