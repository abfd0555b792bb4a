"""One relay as a process has it that shares campaigns: its connections, its slices of the rate, and its rests."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress

from digest.app import App
from digest.config import Config, Smtp
from digest.deliver import FairShare, Relay, SharedPace, Slots, Starts
from digest.errors import StoreError
from digest.model import Throttle
from digest.store.outbox import rates

_LONG = 5.0  # seconds of a pause through which no idle connection is kept
_ALIKE = 0.05  # seconds: what the clocks of this process and of the database may tell apart
_MADE_UP = 0.25  # seconds: what passes of the rate while nobody happens to ask for a slice


class Lane:
    """What this process has of a relay.

    Args:
        app: its store is shared.
        name: of the relay.
        smtp: how many connections and which rate all workers have together.
    """

    def __init__(self, app: App, name: str, smtp: Smtp) -> None:
        self.name = name
        self.smtp = smtp
        self.key = key_of(app.config, name, smtp)
        self._app = app
        self._pace = SharedPace(smtp.rate, smtp.burst, self._lease, portion=self._portion) if smtp.rate else None
        self._ahead = max((smtp.burst - 1) / smtp.rate, _MADE_UP) if smtp.rate else 0.0  # seconds
        self._leased: rates.Slice | None = None  # the latest slice of the rate
        self.share = FairShare(smtp.connections, pace=self._pace)
        self.share.on_turn = self._turned
        self._telling: set[asyncio.Task[None]] = set()
        self._one_by_one = asyncio.Lock()  # turns are told in their order
        self.slots: Slots | None = None

    @property
    def relay(self) -> Relay:
        """The relay, as far as it is this process's."""
        slots = self.open_slots
        return Relay(slots.connect, self.share, self.name, slots)

    @property
    def open_slots(self) -> Slots:
        """Its connections, once it is open."""
        assert self.slots is not None  # noqa: S101  (`taking_part` sets it)
        return self.slots

    async def allow(self, connections: int, paused: float) -> None:
        """From now on have so many connections, and begin nothing for so many seconds."""
        self._pause(paused)
        if paused > _LONG:
            await self.open_slots.close_idle()
        self.share.allow(connections)
        await self.open_slots.allow(connections)

    def learn(self, throttle: Throttle, now: float) -> None:
        """What all knew of the relay's asking for less when it was so late by their clock; as far as it is news.

        What was found out here meanwhile is newer than what was read before.
        """
        if throttle.turn > self.share.throttle.turn:
            self._hear(throttle, now)
        else:
            self._pause(throttle.until - now)

    async def told(self) -> None:
        """Wait until whatever was found out here is told."""
        await asyncio.gather(*self._telling, return_exceptions=True)

    def _turned(self, turn: int, change: Callable[[Throttle, float], Throttle]) -> None:
        task = asyncio.create_task(self._tell(turn, change))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _tell(self, turn: int, change: Callable[[Throttle, float], Throttle]) -> None:
        """Tell all what the relay asked for; where others knew it before, that is true."""

        def write() -> tuple[Throttle, float] | None:
            with self._app.store.write() as connection:
                return rates.turn(connection, self.key, turn, change)

        with suppress(StoreError):  # this process does as it was asked in any case
            async with self._one_by_one:
                known = await asyncio.to_thread(write)
            # Fewer than before: the database is one that took another's place, and has not heard of the latest.
            if known is not None and not turn <= known[0].turn < self.share.throttle.turn:
                self._hear(*known)

    def _hear(self, throttle: Throttle, now: float) -> None:
        here = asyncio.get_running_loop().time()
        self.share.heard(throttle.by_another_clock(here - now), random=random.random())  # noqa: S311

    def _pause(self, seconds: float) -> None:
        """Begin nothing for so long, where it is longer than what the relay asked for: it is in trouble besides."""
        until = asyncio.get_running_loop().time() + seconds
        if seconds > 0 and until > self.share.throttle.until + _ALIKE:
            self.share.pause_until(until)

    def _portion(self) -> float:
        return self.share.portion

    def give_back(self) -> None:
        """Starts that nobody used are free again."""
        if self._leased is not None and self._pace is not None and self._pace.unused:
            with self._app.store.write() as connection:
                rates.give_back(connection, self.key, self._leased, self._pace.unused)

    async def _lease(self, count: int) -> Starts:
        part = self.share.part()

        def take() -> rates.Slice:
            interval = 1 / ((self.smtp.rate or 1) * part)
            with self._app.store.write() as connection:
                return rates.lease(connection, self.key, count, interval=interval, ahead=self._ahead)

        self._leased = await asyncio.to_thread(take)
        return Starts(self._leased.first_in, self._leased.interval, self._leased.count)


def key_of(config: Config, name: str, smtp: Smtp) -> str:
    """What all workers call a relay; one that is not named goes by its server, as before relays had names."""
    if config.relays:
        return name
    return "embedded" if smtp.embedded else f"{smtp.host}:{smtp.port or ''}"
