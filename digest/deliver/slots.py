"""Connections that outlast a chunk: no more than a process may have, each used again by whoever sends next."""

import asyncio
from collections.abc import Awaitable, Callable

from digest.deliver.courier import Courier, Envelope
from digest.model import Accepted, Outcome, Rejected


class Slots:
    """The connections of one process to a relay.

    Args:
        connect: opens one.
    """

    def __init__(self, connect: Callable[[], Awaitable[Courier]]) -> None:
        self._connect = connect
        self._idle: list[Courier] = []
        self._allowed = 0
        self._used = 0  # by who sends, or being opened
        self._news = asyncio.Condition()

    @property
    def allowed(self) -> int:
        """How many there may be."""
        return self._allowed

    @property
    def open(self) -> int:
        """How many there are, used or idle."""
        return self._used + len(self._idle)

    def hold(self) -> int:
        """Open no more until `allow` says how many there may be; how many there are."""
        self._allowed = min(self._allowed, self.open)
        return self.open

    async def allow(self, connections: int) -> None:
        """Have no more than so many; idle ones above that are closed, others after the mail that they carry."""
        self._allowed = connections
        async with self._news:
            self._news.notify_all()
        while self._idle and self.open > self._allowed:
            await self._idle.pop().close()

    async def close_idle(self) -> None:
        """Close whatever nobody uses."""
        while self._idle:
            await self._idle.pop().close()

    async def connect(self) -> Courier:
        """One for who sends, as soon as one more is allowed."""
        async with self._news:
            await self._news.wait_for(lambda: self._idle or self.open < self._allowed)
            if self._idle:
                self._used += 1
                return _Lent(self, self._idle.pop())
            self._used += 1
        try:
            return _Lent(self, await self._connect())
        except BaseException:
            await self._returned(None)
            raise

    async def _returned(self, courier: Courier | None) -> None:
        """It is used no more: kept for the next where it is given, and there may be so many."""
        try:
            if courier is not None and self.open > self._allowed:
                await courier.close()
                courier = None
        finally:
            self._used -= 1
            if courier is not None:
                self._idle.append(courier)
            async with self._news:
                self._news.notify_all()


class _Lent:
    """A courier whose end is its return; one that met trouble is closed."""

    def __init__(self, slots: Slots, courier: Courier) -> None:
        self._slots = slots
        self._courier = courier
        self._is_well = True

    @property
    def in_doubt(self) -> bool:
        return self._courier.in_doubt

    @in_doubt.setter
    def in_doubt(self, value: bool) -> None:
        self._courier.in_doubt = value

    async def send(self, envelope: Envelope) -> Outcome:
        """Hand over one message."""
        self._is_well = False
        outcome = await self._courier.send(envelope)
        self._is_well = isinstance(outcome, Accepted | Rejected)
        return outcome

    async def close(self) -> None:
        """Give it back."""
        if not self._is_well:
            await self._courier.close()
        await self._slots._returned(self._courier if self._is_well else None)  # noqa: SLF001
