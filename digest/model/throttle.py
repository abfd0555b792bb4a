"""A server that asks for less: how long it is left alone, how it is asked again, and what it is given after; pure.

The first pause is short, since much is over at once. Then one mail asks again, and each time it is refused the pause
is twice as long: a throttle that lasts is asked in the logarithm of its duration. Once a mail is taken, everything
goes on as before. But where the server took mail for too little of the time before it asked again, it is given the part
of what it was given that it had time for, half of it at least, and more again in time: a multiplicative decrease and an
additive increase, as in RFC 5681 section 3.1.
"""

from dataclasses import dataclass, replace
from typing import Self

_JITTER = 0.25
_CALM = 0.7  # of the time: who takes mail for so much of it has only stumbled
_LEAST = 1 / 64  # of everything
_REGROWTH = 7.0  # times as long as it was left alone, until all is used again that was before
_SHORTEST_REGROWTH = 3.0  # seconds
_FORGOTTEN = 600.0  # seconds after a pause: whatever is asked now has nothing to do with it


@dataclass(frozen=True, kw_only=True, slots=True)
class Throttle:
    """What a server's asking for less has come to. Moments are seconds on any steady clock.

    Who shares a server shares this: of two, the one with the higher turn is the truth, and what was begun before a
    turn says nothing new.
    """

    turn: int = 0  # one higher with each change
    asked: int = 0  # times in a row, with nothing taken between them; none: it takes mail
    until: float = float("-inf")  # nothing is begun before
    since: float = float("-inf")  # it asked the first of these times, or takes mail again, since then
    lasted: float = 0.0  # seconds from the first asking to the first mail taken, the last time
    part: float = 1.0  # of the connections and of the rate, at `since`

    @property
    def is_asking(self) -> bool:
        """Whether it asked, and nothing was taken since: after the pause one mail asks, and everybody waits for it."""
        return self.asked > 0

    def part_at(self, now: float) -> float:
        """How much of the connections and of the rate may be used, above 0 and at most 1."""
        if self.part >= 1 or self.is_asking:
            return self.part
        whole = max(_REGROWTH * self.lasted, _SHORTEST_REGROWTH)
        return min(self.part + max(now - self.since, 0.0) / whole, 1.0)

    def asks(self, now: float, *, first: float, longest: float, random: float) -> Self:
        """It asked for less.

        Args:
            now: when.
            first: seconds of the first pause, where everything is used.
            longest: seconds of any pause.
            random: from 0 to 1; a pause is up to a quarter longer.
        """
        is_again = self.is_asking and now < self.until + _FORGOTTEN
        asked, part = (self.asked + 1, self.part) if is_again else (1, self._less(now))
        wait = min(first / part * 2 ** min(asked - 1, 32), longest) * (1 + _JITTER * random)
        since = self.since if is_again else now
        return replace(self, turn=self.turn + 1, asked=asked, until=now + wait, since=since, part=part)

    def takes(self, now: float) -> Self:
        """It took a mail that was begun since it asked the last time."""
        return replace(self, turn=self.turn + 1, asked=0, until=now, since=now, lasted=max(now - self.since, 0.0))

    def by_another_clock(self, ahead: float) -> Self:
        """The same, as a clock tells it that is so many seconds ahead."""
        return replace(self, until=self.until + ahead, since=self.since + ahead)

    def _less(self, now: float) -> float:
        """How much of everything it is to be given after it asked, having taken mail for a while."""
        used, well = self.part_at(now), now - self.since
        if self.is_asking or well >= _CALM * (well + self.lasted):  # all of it too, where it never asked before
            return used
        return max(used * max(well / (well + self.lasted), 1 / 2), _LEAST)
