"""The sending of many deliveries over several connections, each claimed in the ledger before it is on the wire."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Protocol

from digest.deliver.courier import Courier, Envelope
from digest.errors import DeliveryError
from digest.model import Delivery, Outcome


class Ledger(Protocol):
    """Where claims and outcomes are written down; what is written survives a crash.

    A claim is never committed before an outcome recorded earlier, so that at most two deliveries per connection
    are ever in flight: the one being sent, and the one claimed ahead.
    """

    async def claim(self, delivery: Delivery) -> bool:
        """Mark as in flight; returns once that is committed. False: it is no longer to be sent."""
        ...

    async def release(self, delivery: Delivery) -> None:
        """Put a claimed delivery, of which nothing was sent, back among the queued."""
        ...

    def record(self, delivery: Delivery, outcome: Outcome) -> None:
        """Write the outcome down with the next group commit."""
        ...


class Pace:
    """A rate without bursts: each start is at least one interval after the one before."""

    def __init__(self, rate: float | None) -> None:
        self._interval = 1 / rate if rate else 0.0  # seconds
        self._free_at = float("-inf")

    def reserve(self, now: float) -> float:
        """Take the next start; the seconds to wait until it, from `now` on any steady clock."""
        start = max(now, self._free_at)
        self._free_at = start + self._interval
        return start - now


async def deliver(
    deliveries: AsyncIterable[Delivery] | Iterable[Delivery],
    *,
    ledger: Ledger,
    connect: Callable[[], Awaitable[Courier]],
    envelope: Callable[[Delivery], Envelope],
    connections: int,
    rate: float | None = None,
    stop: asyncio.Event | None = None,
    on_outcome: Callable[[Delivery, Outcome], None] = lambda _delivery, _outcome: None,
) -> None:
    """Send deliveries until there are no more, `stop` is set, or sending as a whole fails.

    However it ends, what is on the wire is finished and recorded, and what was claimed but not sent is released;
    deliveries not reached are left as they are.

    Args:
        deliveries: read one by one as they are needed, never loaded whole.
        ledger: claims and records.
        connect: opens one connection; called once per worker that has something to send.
        envelope: makes one person's message.
        connections: how many to send over at once.
        rate: deliveries per second over all connections; None for no limit.
        stop: set it to end early and in order.
        on_outcome: told of each outcome after it is recorded.

    Raises:
        DeliveryError: when `connect` or a courier can reach no server; once, whatever the number of connections.
        Exception: what `envelope`, the ledger, the courier or `on_outcome` raised that no one foresaw.
    """
    async with aclosing(_one_by_one(deliveries)) as source:
        sending = _Sending(
            source=source,
            ledger=ledger,
            connect=connect,
            envelope=envelope,
            on_outcome=on_outcome,
            pace=Pace(rate),
            stop=stop if stop is not None else asyncio.Event(),
        )
        workers = [asyncio.create_task(sending.work()) for _ in range(connections)]
        follower = asyncio.create_task(sending.follow_stop())
        try:
            await asyncio.wait(workers)
        finally:
            follower.cancel()
            for worker in workers:
                worker.cancel()  # without effect unless `deliver` itself is cancelled: they have ended
            ended = await asyncio.gather(*workers, return_exceptions=True)
        _raise_first(error for error in ended if isinstance(error, Exception))


@dataclass(kw_only=True, slots=True)
class _Sending:
    """What the workers of one `deliver` share."""

    source: AsyncIterator[Delivery]
    ledger: Ledger
    connect: Callable[[], Awaitable[Courier]]
    envelope: Callable[[Delivery], Envelope]
    on_outcome: Callable[[Delivery, Outcome], None]
    pace: Pace
    stop: asyncio.Event
    halt: asyncio.Event = field(default_factory=asyncio.Event)  # `stop` is set, or a worker failed
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)  # an asynchronous generator answers one caller at a time

    async def follow_stop(self) -> None:
        """Halt when the caller says so, also in the middle of a pause."""
        await self.stop.wait()
        self.halt.set()

    def halted(self) -> bool:
        """Whether nothing more may be claimed or begun."""
        return self.halt.is_set() or self.stop.is_set()

    async def work(self) -> None:
        """Send over one connection; the next delivery is claimed while one is being sent."""
        courier: Courier | None = None
        unsent: Delivery | None = None
        ahead = asyncio.create_task(self._claim_next())
        try:
            while (unsent := await asyncio.shield(ahead)) is not None and not self.halted():
                courier = courier or await self.connect()
                envelope = self.envelope(unsent)
                ahead = asyncio.create_task(self._claim_next())
                delivery, unsent = unsent, None
                try:
                    outcome = await courier.send(envelope)
                except DeliveryError:
                    unsent = delivery  # a courier raises this only before anything is on the wire
                    raise
                self.ledger.record(delivery, outcome)
                self.on_outcome(delivery, outcome)
        except BaseException:
            self.halt.set()
            raise
        finally:
            try:
                await self._give_back(unsent, ahead)
            finally:
                if courier is not None:
                    await courier.close()

    async def _give_back(self, unsent: Delivery | None, ahead: "asyncio.Task[Delivery | None]") -> None:
        await asyncio.wait({ahead})  # a claim is not cancelled: nobody would know whether it is committed
        if unsent is not None:
            await self.ledger.release(unsent)
        claimed = ahead.result()
        if claimed is not None and claimed is not unsent:
            await self.ledger.release(claimed)

    async def _claim_next(self) -> Delivery | None:
        """The next delivery that is ours to send, or None when there is none or sending is to end."""
        paced = False
        while not self.halted():
            async with self.turn:
                delivery = await anext(self.source, None)
            if delivery is None:
                return None
            if not paced:  # once, before the claim: nothing is in flight while it only waits its turn
                await self._keep_pace()
                paced = True
            if not self.halted() and await self.ledger.claim(delivery):
                return delivery
        return None

    async def _keep_pace(self) -> None:
        wait = self.pace.reserve(asyncio.get_running_loop().time())
        if wait > 0:
            try:
                async with asyncio.timeout(wait):
                    await self.halt.wait()
            except TimeoutError:
                return  # the pause is over and nobody halted it


async def _one_by_one(deliveries: AsyncIterable[Delivery] | Iterable[Delivery]) -> AsyncGenerator[Delivery, None]:
    if isinstance(deliveries, AsyncIterable):
        async for delivery in deliveries:
            yield delivery
    else:
        for delivery in deliveries:
            yield delivery


def _raise_first(errors: Iterable[Exception]) -> None:
    """Raise a bug before a server that is down, and the latter once for all connections."""
    found = list(errors)
    bugs = [error for error in found if not isinstance(error, DeliveryError)]
    if len(bugs) > 1:
        raise ExceptionGroup("sending failed in several ways", bugs)
    for error in bugs or found:
        raise error
