"""The sending of many deliveries over several connections, each claimed in the ledger before it is on the wire."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Protocol

from digest.deliver.courier import Courier, Envelope
from digest.deliver.gate import Gate
from digest.deliver.pace import Pace
from digest.deliver.pressure import Patience, Pressure
from digest.errors import DeliveryError, UnreachableError
from digest.model import Delivery, Outcome, Unknown


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


async def deliver(
    deliveries: AsyncIterable[Delivery] | Iterable[Delivery],
    *,
    ledger: Ledger,
    connect: Callable[[], Awaitable[Courier]],
    envelope: Callable[[Delivery], Envelope],
    connections: int,
    rate: float | None = None,
    burst: int = 1,
    patience: Patience = Patience(),  # noqa: B008  (frozen)
    stop: asyncio.Event | None = None,
    grace: float | None = None,
    on_outcome: Callable[[Delivery, Outcome], None] = lambda _delivery, _outcome: None,
    on_pause: Callable[[float, str], None] = lambda _seconds, _reason: None,
) -> None:
    """Send deliveries until there are no more, `stop` is set, or sending as a whole fails.

    However it ends, what is on the wire is finished and recorded, and what was claimed but not sent is released;
    deliveries not reached are left as they are. Where the server asks for less, or connections fail, fewer are used
    for a while, after a pause that is as long as `patience` says; what was only claimed by then is sent later.

    Args:
        deliveries: read one by one as they are needed, never loaded whole.
        ledger: claims and records.
        connect: opens one connection, when there is something to send over it.
        envelope: makes one person's message.
        connections: how many to send over at once, at most.
        rate: deliveries per second over all connections; None for no limit.
        burst: how many of them may come together after a time without any.
        patience: with a server in trouble.
        stop: set it to end early and in order.
        grace: seconds from then for what is on the wire; what is interrupted is put back, or recorded as unknown
            where all of it has left. None: as long as it takes.
        on_outcome: told of each outcome after it is recorded.
        on_pause: told for how many seconds nothing will be begun, and why.

    Raises:
        DeliveryError: when the first connection fails, a later one for a reason that stays, or there is too much
            trouble in a row; once, whatever the number of connections.
        Exception: what `envelope`, the ledger, the courier or `on_outcome` raised that no one foresaw.
    """
    stop = stop if stop is not None else asyncio.Event()
    gate = Gate(pressure=Pressure(connections, patience), pace=Pace(rate, burst), stop=stop, on_pause=on_pause)
    async with aclosing(_one_by_one(deliveries)) as source:
        sending = _Sending(
            source=source, ledger=ledger, connect=connect, envelope=envelope, on_outcome=on_outcome, gate=gate
        )
        workers = [asyncio.create_task(sending.work()) for _ in range(connections)]
        follower = asyncio.create_task(_follow(stop, gate, workers, grace))
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
    gate: Gate
    returned: deque[Delivery] = field(default_factory=deque)  # claimed and put back, to be claimed again
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)  # an asynchronous generator answers one caller at a time

    async def work(self) -> None:
        """Send over one connection after another, as long as the gate lets us in and there is something to send."""
        while await self.gate.enter():
            try:
                if not await self._send_over_one_connection():
                    return
            finally:
                self.gate.leave()

    async def _send_over_one_connection(self) -> bool:
        """Send until nobody is left or the gate calls back; the next delivery is claimed while one is being sent.

        Returns:
            False once nobody is left.
        """
        courier: Courier | None = None
        unsent: Delivery | None = None
        began = self.gate.now()
        ahead = asyncio.create_task(self._claim_next())
        try:
            while (unsent := await asyncio.shield(ahead)) is not None and not self.gate.calls_back():
                began = self.gate.now()
                courier = courier or await self._connected()
                envelope = self.envelope(unsent)
                ahead = asyncio.create_task(self._claim_next())
                outcome = await courier.send(envelope)
                delivery, unsent = unsent, None
                self.ledger.record(delivery, outcome)
                self.on_outcome(delivery, outcome)
                self.gate.learn(outcome, began)
        except UnreachableError as error:
            self.gate.not_reached(error, began)
            return True
        except BaseException:
            self.gate.shut()
            if courier is not None and courier.in_doubt and unsent is not None:
                self.ledger.record(unsent, Unknown(reply="interrupted while the server's answer was awaited"))
                unsent = None
            raise
        else:
            return unsent is not None
        finally:
            try:
                await self._put_back(unsent, ahead)
            finally:
                if courier is not None:
                    await courier.close()

    async def _connected(self) -> Courier:
        courier = await self.connect()
        self.gate.reached()
        return courier

    async def _put_back(self, unsent: Delivery | None, ahead: "asyncio.Task[Delivery | None]") -> None:
        await asyncio.wait({ahead})  # a claim is not cancelled: nobody would know whether it is committed
        if unsent is not None:
            await self._release(unsent)
        claimed = ahead.result()
        if claimed is not None and claimed is not unsent:
            await self._release(claimed)

    async def _release(self, delivery: Delivery) -> None:
        await self.ledger.release(delivery)
        self.returned.append(delivery)

    async def _claim_next(self) -> Delivery | None:
        """The next delivery that is ours to send, or None when there is none or sending is to end."""
        paced = False
        while not self.gate.is_shut():
            async with self.turn:
                delivery = self.returned.popleft() if self.returned else await anext(self.source, None)
            if delivery is None:
                return None
            if not paced:  # once, before the claim: nothing is in flight while it only waits its turn
                await self.gate.keep_pace()
                paced = True
            if not self.gate.is_shut() and await self.ledger.claim(delivery):
                return delivery
        return None


async def _follow(
    stop: asyncio.Event, gate: Gate, workers: Iterable["asyncio.Task[None]"], grace: float | None
) -> None:
    """End in order when the caller says so, also in the middle of a pause; after the grace, at once."""
    await stop.wait()
    gate.shut()
    if grace is not None:
        await asyncio.sleep(grace)
        for worker in workers:
            worker.cancel()


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
