"""The sending of many deliveries over several connections, each claimed in the ledger before it is on the wire."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass

from digest.deliver.courier import Courier, Envelope
from digest.deliver.fairness import FairShare
from digest.deliver.gate import Gate
from digest.deliver.pressure import Patience, Pressure
from digest.deliver.supply import Claims, Supply
from digest.errors import DeliveryError, UnreachableError
from digest.model import Delivery, Outcome, Unknown


async def transmit(
    deliveries: AsyncIterable[Delivery] | Iterable[Delivery],
    *,
    ledger: Claims,
    connect: Callable[[], Awaitable[Courier]],
    envelope: Callable[[Delivery], Envelope],
    share: FairShare,
    patience: Patience = Patience(),  # noqa: B008  (frozen)
    pressure: Pressure | None = None,
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
        share: how many connections to send over at once, and how fast, together with whoever else has a share.
        patience: with a server in trouble.
        pressure: what an earlier `transmit` has learned of the server; with it no `patience` is needed.
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
    pressure = pressure or Pressure(share.connections, patience)
    gate = Gate(pressure=pressure, share=share, stop=stop, on_pause=on_pause)
    async with aclosing(_one_by_one(deliveries)) as source:
        supply = Supply(source=source, ledger=ledger, gate=gate)
        sending = _Sending(supply=supply, gate=gate, connect=connect, envelope=envelope, on_outcome=on_outcome)
        with share.taken(sending.look_again):
            filler = asyncio.create_task(supply.fill())
            workers = [asyncio.create_task(sending.work()) for _ in range(share.connections)]
            follower = asyncio.create_task(_follow(stop, sending, workers, grace))
            try:
                await asyncio.wait(workers)
            finally:
                follower.cancel()
                for worker in workers:
                    worker.cancel()  # without effect unless `transmit` itself is cancelled: they have ended
                ended = await asyncio.gather(*workers, return_exceptions=True)
                sending.shut()
                await asyncio.wait({filler})  # not cancelled: nobody would know whether a claim is committed
                ended += await asyncio.gather(filler, supply.give_back(), return_exceptions=True)
            _raise_first(error for error in ended if isinstance(error, Exception))


@dataclass(kw_only=True, slots=True)
class _Sending:
    """What the workers of one `transmit` share."""

    supply: Supply
    gate: Gate
    connect: Callable[[], Awaitable[Courier]]
    envelope: Callable[[Delivery], Envelope]
    on_outcome: Callable[[Delivery, Outcome], None]

    async def work(self) -> None:
        """Send over one connection after another, as long as the gate lets us in and there is something to send."""
        while await self.gate.enter(self.supply.is_over):
            try:
                await self._send_over_one_connection()
            finally:
                self.gate.leave()
                self.supply.stir()

    def look_again(self) -> None:
        """What may be used of the server has changed."""
        self.gate.stir()
        self.supply.look_again()

    def shut(self) -> None:
        """Begin nothing more."""
        self.gate.shut()
        self.supply.stir()

    async def _send_over_one_connection(self) -> None:
        """Send until nobody is left or the gate calls back."""
        courier: Courier | None = None
        unsent: Delivery | None = None
        began = self.gate.now()
        try:
            while (unsent := await self.supply.take()) is not None:
                began = self.gate.now()
                courier = courier or await self._connected()
                envelope = self.envelope(unsent)
                self.supply.ledger.begin(unsent)
                outcome = await courier.send(envelope)
                delivery, unsent = unsent, None
                self.supply.record(delivery, outcome)
                self.on_outcome(delivery, outcome)
                self.gate.learn(outcome, began)
        except UnreachableError as error:
            self.gate.not_reached(error, began)
        except BaseException:
            self.gate.shut()
            if courier is not None and courier.in_doubt and unsent is not None:
                self.supply.record(unsent, Unknown(reply="interrupted while the server's answer was awaited"))
                unsent = None
            raise
        finally:
            if unsent is not None:
                self.supply.put_back(unsent)
            if courier is not None:
                await courier.close()

    async def _connected(self) -> Courier:
        courier = await self.connect()
        self.gate.reached()
        return courier


async def _follow(
    stop: asyncio.Event, sending: _Sending, workers: Iterable["asyncio.Task[None]"], grace: float | None
) -> None:
    """End in order when the caller says so, also in the middle of a pause; after the grace, at once."""
    await stop.wait()
    sending.shut()
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
