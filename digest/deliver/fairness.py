"""What several campaigns that are sent at once share: one relay's connections, its rate, and its asking for less."""

import asyncio
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from digest.deliver.pace import Pace
from digest.deliver.pressure import Patience
from digest.model import Throttle

_AT_HAND = 5.0  # seconds: through a rest that is no longer, connections are kept
_ANOTHERS_TURN = 1.0  # seconds, half more or less by chance, that are left to who is to ask again


class Told(Protocol):
    """Hears of a turn that was seen here, for whoever else sends over the relay."""

    def __call__(self, turn: int, change: Callable[[Throttle, float], Throttle]) -> None:
        """At this turn of the throttle, it is to change so; the second argument is the present."""
        ...


class FairShare:
    """The connections of one relay, shared out evenly among those who send over it, and the pace of them all together.

    Whoever comes gets a share at once: the others let go of what is above theirs after the mail that they are sending.
    When the relay asks for less, all rest; then one of them asks again with one mail, and all wait for its answer.

    Args:
        connections: of all together, at most.
        rate: starts a second, of all together; None for no limit.
        burst: how many of them may come together after a time without any.
        pace: instead of a rate and a burst, where that is shared further.
    """

    def __init__(
        self, connections: int, rate: float | None = None, burst: int = 1, *, pace: Pace | None = None
    ) -> None:
        self.connections = connections
        self.pace = Pace(rate, burst) if pace is None else pace
        self.throttle = Throttle()  # by the loop's clock
        self.on_turn: Told | None = None
        self.paused_until = float("-inf")  # by the loop's clock: begin nothing, whatever the throttle says
        self._allowed = connections
        self._senders: list[Callable[[], None]] = []
        self._places = connections
        self._is_whole = True  # of all that is allowed, nothing is left out for the throttle's sake
        self._is_free = True  # nobody waits for anything; looked at several times a mail
        self._turned_at = float("-inf")  # when the latest turn was heard of
        self._asks_at = float("-inf")  # when one here may ask again
        self._asking: object | None = None  # who asks
        self._asked_at = float("-inf")  # since when

    @property
    def places(self) -> int:
        """Connections that each sender may use now, at least one; asked several times a mail."""
        return self._places if self._is_whole else self._places_now()

    @property
    def portion(self) -> float:
        """What part of all connections is allowed."""
        return min(self._allowed / self.connections, 1.0)

    @property
    def is_whole(self) -> bool:
        """Whether everything that is allowed may be used: it is long enough since the relay asked for less."""
        return self._is_whole

    def part(self) -> float:
        """How much of the connections and of the rate the relay is given, above 0 and at most 1."""
        if self._is_whole:
            return 1.0
        part = self.throttle.part_at(self._now())
        self._is_whole = part >= 1
        return part

    def allow(self, connections: int) -> None:
        """Use no more than so many, until told otherwise: others send over the relay too."""
        if connections != self._allowed:
            self._allowed = connections
            self._tell()

    def pause_until(self, moment: float) -> None:
        """Begin nothing until then, by the loop's clock."""
        if moment > self.paused_until:
            self.paused_until = moment
            self._is_free = False
            self._tell()

    def pause(self) -> float:
        """Seconds until anything may be begun, as far as this or others were asked for it."""
        return max(max(self.paused_until, self.throttle.until) - self._now(), 0.0)

    def opens_in(self, sender: object, now: float) -> float:
        """Seconds until this sender may begin anything; infinite while another one asks the relay again."""
        if self._is_free:
            return 0.0
        if not self.throttle.is_asking:
            until = max(self.paused_until, self.throttle.until)
            self._is_free = now >= until
            return until - now
        if self._asking is sender:
            return self.paused_until - now
        return math.inf if self._asking is not None else max(self.paused_until, self._asks_at) - now

    def calls_back(self, sender: object, now: float) -> bool:
        """Whether who waits until it is open is to let go of a connection: it takes long, or others have need of it."""
        if self.opens_in(sender, now) <= 0:
            return False
        is_long = max(self.paused_until, self.throttle.until) - now > _AT_HAND
        return is_long or len(self._senders) > min(self.connections, self._allowed)

    def may_begin(self, sender: object, starts: int) -> int:
        """How many of so many mails a sender may begin, being let in: one where the relay is asked again."""
        if not self.throttle.is_asking or not starts:
            return starts
        if self._asking is not None:
            return 0
        self._asking, self._asked_at = sender, self._now()
        self._tell()
        return 1

    def is_asked_by(self, sender: object) -> bool:
        """Whether this sender asks the relay again, and nothing is known of it yet."""
        return self._asking is sender

    def asks_no_more(self, sender: object, began: float = math.inf) -> None:
        """What this sender asked the relay again with, or what it began then, has told nothing of it."""
        if self._asking is sender and began >= self._asked_at:
            self._asking = None
            self._tell()

    def asked_for_less(self, began: float, patience: Patience, *, random: float) -> bool:
        """A mail that was begun then was answered so; False where it is known already.

        Args:
            began: by the loop's clock.
            patience: how long it is left alone.
            random: from 0 to 1.
        """
        if began < self._turned_at:
            return False
        first, longest = patience.first_rest, patience.longest_pause
        self._change(lambda one, now: one.asks(now, first=first, longest=longest, random=random))
        return True

    def took(self, began: float) -> None:
        """A mail that was begun then was taken: where it asked, that is over."""
        if self.throttle.is_asking and began >= self._turned_at:
            self._change(Throttle.takes)

    def heard(self, throttle: Throttle, *, random: float) -> None:
        """Others found out what is true of the relay by now; who of them did is to ask it again.

        Args:
            throttle: by the loop's clock.
            random: from 0 to 1.
        """
        self._turn(throttle, self._now(), others_first=_ANOTHERS_TURN * (0.5 + random))

    @contextmanager
    def taken(self, on_change: Callable[[], None]) -> Iterator[None]:
        """Have a share while the context is open.

        Args:
            on_change: told whenever shares become larger or smaller.
        """
        self._senders.append(on_change)
        self._tell()
        try:
            yield
        finally:
            self._senders.remove(on_change)
            self._tell()

    def _change(self, change: Callable[[Throttle, float], Throttle]) -> None:
        now, turn = self._now(), self.throttle.turn
        self._turn(change(self.throttle, now), now)
        if self.on_turn is not None:
            self.on_turn(turn, change)

    def _turn(self, throttle: Throttle, now: float, *, others_first: float = 0.0) -> None:
        self.throttle = throttle
        self._turned_at = now
        self._asks_at = throttle.until + others_first
        self._asking = None
        self._is_free = False
        self._is_whole = throttle.part_at(now) >= 1
        self._tell()

    def _places_now(self) -> int:
        most = math.ceil(min(self.connections, self._allowed) * self.part() - 1e-9)
        return max(1, most // max(1, len(self._senders)))

    def _tell(self) -> None:
        self._places = max(1, min(self.connections, self._allowed) // max(1, len(self._senders)))
        for told in tuple(self._senders):
            told()

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
