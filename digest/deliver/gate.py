"""Which workers of a pool may send, and when."""

import asyncio
import math
import random
from collections.abc import Callable
from typing import NoReturn

from digest.deliver.fairness import FairShare
from digest.deliver.outcome import asks_for_less, is_lost, refuses_us
from digest.deliver.pressure import Pressure
from digest.errors import DeliveryError, RefusedError, UnreachableError
from digest.model import Accepted, Deferred, Outcome, Rejected, Told

_REGROWS = 0.25  # seconds: so often it is looked whether the server is given more again


class Gate:
    """Lets in as many as the pressure allows, keeps the pace of those inside, and is shut for good at the end.

    Args:
        pressure: learns from every outcome that is told here.
        share: of the relay; its pace is that of everybody who sends over it.
        stop: as good as shut, once it is set.
        on_pause: told how many seconds nothing will be begun, and why.
    """

    def __init__(
        self, *, pressure: Pressure, share: FairShare, stop: asyncio.Event, on_pause: Callable[[float, str], None]
    ) -> None:
        self._pressure = pressure
        self._share = share
        self._pace = share.pace
        self._stop = stop
        self._on_pause = on_pause
        self._shut = False
        self._inside = 0
        self._news = asyncio.Event()  # set once and replaced: something has changed for those who wait
        self._reached = False
        self._is_asked = False  # the mail that asks the server again is with who sends it
        self._loop = asyncio.get_running_loop()

    def is_shut(self) -> bool:
        """Whether nothing more may be claimed or begun."""
        return self._shut or self._stop.is_set()

    def shut(self) -> None:
        """Let nobody in any more, and call everybody back, also out of a pause."""
        self._shut = True
        self._share.asks_no_more(self)
        self._tell()

    def stir(self) -> None:
        """Have those who wait look again: there may be more places now."""
        self._tell()

    async def enter(self, is_over: Callable[[], bool] = lambda: False) -> bool:
        """Wait for a place; False when there will be none any more, or it is over and none is needed."""
        while not (self.is_shut() or is_over()):
            pause = self._pause()
            if not pause and self._inside < self.places:
                self._inside += 1
                return True
            await self._news_within(pause or (None if self._share.is_whole else _REGROWS))
        return False

    def leave(self) -> None:
        """Give the place back."""
        self._inside -= 1
        self._tell()

    def calls_back(self) -> bool:
        """Whether those inside are to leave: it is shut, there is a pause of some length, or they are too many."""
        if self._inside > self.places or self.is_shut():
            return True
        now = self.now()
        return self._pressure.pause(now) > 0 or self._share.calls_back(self, now)

    @property
    def places(self) -> int:
        """How many may be inside now, at least one."""
        return min(self._pressure.places, self._share.places)

    @property
    def keeps_pace(self) -> bool:
        """Whether there is a rate that those inside keep together."""
        return self._pace.is_limited

    def is_closed(self) -> bool:
        """Whether nothing is to be begun for now, or any more."""
        return self.is_shut() or self._pause() > 0

    async def opened(self) -> bool:
        """Wait until something may be begun; False where those inside are to leave before."""
        while not self.calls_back():
            if not (pause := self._pause()):
                return True
            await self._news_within(pause)
        return False

    def is_to_ask(self) -> bool:
        """Whether the server is to be asked again with one mail, as soon as anybody here may."""
        return self._share.throttle.is_asking and not self._share.is_asked_by(self)

    def may_begin(self, mails: int) -> int:
        """How many of so many mails may be claimed now; one where that asks the server again after a pause."""
        self._is_asked = False
        return self._share.may_begin(self, mails)

    def lets_go(self) -> bool:
        """Whether a mail that is claimed may be sent now; of those that ask again, only the first."""
        if self.is_closed():
            return False
        if not self._share.throttle.is_asking:
            return True
        if self._is_asked or not self._share.is_asked_by(self):
            return False
        self._is_asked = True
        return True

    async def answered(self) -> None:
        """Where it is asked again from here, wait until it is known what came of that."""
        while self._share.is_asked_by(self):
            await self._news_within(None)

    def asks_no_more(self) -> None:
        """What the server was to be asked again with is not sent."""
        self._share.asks_no_more(self)

    async def provide(self, starts: int) -> int:
        """Have starts at hand that can be reserved at once; how many of these there are, at least one."""
        self._pace.part = self._share.part()
        return await self._pace.provide(starts)

    def reserve(self) -> float:
        """Take the next start that the rate allows; when that is."""
        now = self.now()
        return now + self._pace.reserve(now)

    def give_back(self, starts: int) -> None:
        """So many of the reserved starts are not used; who begins later need not wait for them to pass."""
        self._pace.give_back(starts)

    async def until(self, start: float) -> None:
        """Wait for a start, or until it is shut."""
        while not self.is_shut() and (wait := start - self.now()) > 0:
            await self._news_within(wait)

    def reached(self) -> None:
        """A connection was made."""
        self._reached = True

    def learn(self, outcome: Outcome, began: float) -> None:
        """Press on, or less, after what came of a message that was begun then.

        Raises:
            DeliveryError: when there was too much trouble in a row; a `RefusedError` where the server refuses our mail
                whoever it is for.
        """
        if isinstance(outcome, Accepted):
            self._pressure.was_accepted()
            self._share.took(began)
        elif asks_for_less(outcome):
            self._asked_for_less(outcome.reply, began)
            return
        elif is_lost(outcome):
            self._share.asks_no_more(self, began)
            # Lost once before the final dot is a connection that had come to its end; every doubt is one too many.
            self._met_trouble(outcome.reply, began, at_once=not isinstance(outcome, Deferred))
            return
        else:
            self._share.asks_no_more(self, began)
        if isinstance(outcome, Rejected):
            self._pressure.was_rejected(whoever=refuses_us(outcome))
            if self._pressure.is_refused:
                self.shut()
                said = " ".join(outcome.reply.split())
                raise RefusedError(Told("refused", said=said))
        places = self._pressure.places
        self._pressure.went_well(began)
        if self._pressure.places > places:
            self._tell()

    def not_reached(self, error: UnreachableError, began: float) -> None:
        """Wait before the next connection is tried.

        Raises:
            DeliveryError: when none was ever made, or there was too much trouble in a row.
        """
        if not self._reached:
            self.shut()
            raise error
        self._share.asks_no_more(self, began)
        self._met_trouble(str(error), began, at_once=True)

    def now(self) -> float:
        """Seconds on the loop's steady clock: no jump of the wall clock shortens or lengthens a pause."""
        return self._loop.time()

    def _asked_for_less(self, reason: str, began: float) -> None:
        patience = self._pressure.patience
        if not self._share.asked_for_less(began, patience, random=random.random()):  # noqa: S311
            return
        throttle = self._share.throttle
        if throttle.asked >= patience.askings:
            self._give_up(throttle.asked, reason)
        self._on_pause(throttle.until - self.now(), reason)

    def _give_up(self, times: int, reason: str) -> NoReturn:
        self.shut()
        told = f"gave up for now after trouble {times} times in a row, at last: {reason}"
        raise DeliveryError(f"{told}; what was not sent stays queued")

    def _met_trouble(self, reason: str, began: float, *, at_once: bool) -> None:
        before = self._pressure.troubles
        jitter = random.random()  # noqa: S311
        self._pressure.met_trouble(began, now=self.now(), random=jitter, at_once=at_once)
        if self._pressure.is_too_much:
            self._give_up(self._pressure.troubles, reason)
        pause = self._pressure.pause(self.now())
        if pause and self._pressure.troubles > before:
            self._on_pause(pause, reason)

    def _pause(self) -> float:
        """Seconds until anything may be begun here, whoever was asked to slow down; infinite where others tell."""
        now = self.now()
        return max(self._pressure.pause(now), self._share.opens_in(self, now))

    async def _news_within(self, seconds: float | None) -> None:
        if seconds == math.inf:
            seconds = None
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return  # the time is over and there was no news

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
