"""Deliveries claimed ahead of those who send them, a group at a time."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from digest.deliver.gate import Gate
from digest.model import Delivery, Outcome


class Claims(Protocol):
    """Where claims and outcomes are written down; what is written survives a crash.

    A claim is never committed before an outcome recorded earlier, so that what is in flight on disk is never more
    than what is in hand: for each connection the delivery being sent, and one claimed ahead.
    """

    async def claim(self, wanted: Sequence[Delivery]) -> Sequence[Delivery]:
        """Mark as in flight; those that are to be sent, once that is committed."""
        ...

    async def release(self, held: Sequence[Delivery]) -> None:
        """Put claimed deliveries, of which nothing was sent, back among the queued."""
        ...

    def begin(self, delivery: Delivery) -> None:
        """Note that something of a claimed delivery is about to leave."""
        ...

    def record(self, delivery: Delivery, outcome: Outcome) -> None:
        """Write the outcome down with the next group commit."""
        ...


@dataclass(kw_only=True, slots=True)
class Supply:
    """Claims and gives back for all workers of one `transmit`, in the one task that runs `fill`.

    Claiming a group costs hardly more than claiming one, in the ledger and in the loop. So the next is asked for when
    half of what was claimed ahead is taken, and the rest lasts while the commit is on its way to the disk.
    """

    source: AsyncIterator[Delivery]
    ledger: Claims
    gate: Gate
    _next: deque[Delivery] = field(default_factory=deque)  # read or given back, to be claimed
    _ready: deque[Delivery] = field(default_factory=deque)  # claimed, to be taken
    _coming: int = 0  # being claimed
    _in_hand: int = 0  # claimed, with neither an outcome nor given back: ready, or with those who send
    _starts: deque[float] = field(default_factory=deque)  # when the next may be claimed, as the rate allows
    _ended: bool = False  # the source has no more
    _waiting: list["asyncio.Future[None]"] = field(default_factory=list)
    _stirred: asyncio.Event = field(default_factory=asyncio.Event)

    def is_over(self) -> bool:
        """Whether nobody is left, save those who are being sent to."""
        return self._ended and not (self._next or self._ready or self._coming)

    async def take(self) -> Delivery | None:
        """A claimed delivery; None when nobody is left, or the gate calls back."""
        while not (self.gate.calls_back() or self.is_over()):
            if self._ready and self.gate.lets_go():
                delivery = self._ready.popleft()
                if self._is_low():
                    self.stir()
                return delivery
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(future)
            self.stir()
            await future
        return None

    def put_back(self, delivery: Delivery) -> None:
        """Nothing was sent of a delivery that was taken."""
        self._ready.appendleft(delivery)

    def record(self, delivery: Delivery, outcome: Outcome) -> None:
        """What came of a delivery that was taken."""
        self.ledger.record(delivery, outcome)
        self._in_hand -= 1

    def stir(self) -> None:
        """Have `fill` look again: something has changed, here or at the gate."""
        self._stirred.set()

    def look_again(self) -> None:
        """Have those who wait look whether they are to leave, with what they hold of the server's connections."""
        self._wake()
        self.stir()

    async def fill(self) -> None:
        """Claim what will be taken, and give it back while the gate is closed; returns when that is shut.

        Raises:
            Exception: what the source or the ledger raised; the gate is shut then.
        """
        try:
            while not self.gate.is_shut():
                await self._stirred.wait()
                self._stirred.clear()
                if self.gate.is_closed():
                    await self.give_back()
                    if await self.gate.opened():  # those who wait keep their connections through a short pause
                        self.stir()
                        continue
                else:
                    if self.gate.is_to_ask():
                        await self.give_back()
                    if self._is_low():
                        await self._claim()
                self._wake()
                await self.gate.answered()
            await self.give_back()
        finally:
            self.gate.shut()
            self._wake()

    async def give_back(self) -> None:
        """Release what nobody has taken."""
        self.gate.give_back(len(self._starts))
        self._starts.clear()
        if held := list(self._ready):
            self._ready.clear()
            self._next.extendleft(reversed(held))
            self._in_hand -= len(held)
            self.gate.asks_no_more()
            await self.ledger.release(held)

    async def _claim(self) -> None:
        room = max(2 * self.gate.places - self._in_hand, 0)
        if self.gate.keeps_pace:  # a start is for who can begin now; kept ahead, they would gather to a burst
            room = min(room, len(self._waiting))
        while len(self._next) < room and not self._ended:
            delivery = await anext(self.source, None)
            if delivery is None:
                self._ended = True
            else:
                self._next.append(delivery)
        started = await self._may_start(min(room, len(self._next)))
        count = self.gate.may_begin(started)
        self.gate.give_back(started - count)
        wanted = [self._next.popleft() for _ in range(count)]
        if wanted:
            self._coming = count
            granted = await self.ledger.claim(wanted)
            self._coming = 0
            self._in_hand += len(granted)
            self._ready.extend(granted)
            if not granted:
                self.gate.asks_no_more()

    async def _may_start(self, most: int) -> int:
        """Wait for the next start that the rate allows; how many there are by then, none where the gate was shut."""
        if most > (held := len(self._starts)):
            most = held + await self.gate.provide(most - held)
        while len(self._starts) < most:
            self._starts.append(self.gate.reserve())
        if most:
            await self.gate.until(self._starts[0])
        now, count = self.gate.now(), 0
        while count < most and self._starts[0] <= now and not self.gate.is_closed():
            self._starts.popleft()
            count += 1
        return count

    def _is_low(self) -> bool:
        return 2 * len(self._ready) <= self.gate.places

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)
