"""How much of itself a pool may put on a server: less when that asks for less, more as it takes mail again; pure.

The places grow and shrink as a TCP sender's window does (RFC 5681 section 3.1): from one they double until the
trouble's half is reached, then they grow by one for each round; trouble halves them. A server in trouble also gets a
pause, twice as long each time it comes again before anything went well. What asks for less is `model.Throttle`'s.
"""

from dataclasses import dataclass

_JITTER = 0.25


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How long trouble is borne."""

    first_pause: float = 1.0  # seconds
    longest_pause: float = 60.0  # seconds
    troubles: int = 8  # in a row; after these sending is given up for now
    first_rest: float = 0.125  # seconds: where it asked for less, and nothing else; twice as long each time it does
    askings: int = 11  # in a row; likewise, which takes as long
    refusals: int = 10  # of our mail whoever it is for, with nothing accepted between them; it is no use to go on
    rejections: int = 50  # of whatever kind, likewise: a relay in a bad hour knows nobody


class Pressure:
    """The places and the pause of one pool. Times are seconds on any steady clock.

    Args:
        most: places, at most.
        patience: how long trouble is borne.
        places: to begin with, as an earlier pool found them right.
        refusals: in a row before, likewise.
        rejections: in a row before, likewise.
    """

    def __init__(
        self,
        most: int,
        patience: Patience = Patience(),
        *,
        places: int = 1,
        refusals: int = 0,
        rejections: int = 0,
    ) -> None:
        self.troubles = 0  # in a row
        self._before = refusals, rejections
        self._refusals = refusals  # in a row, as far as nothing was accepted between them
        self._rejections = rejections  # likewise
        self._was_accepted = False
        self._most = most
        self.patience = patience
        self._window = float(min(places, most))
        self._threshold = float(most)
        self._last_trouble = float("-inf")
        self._resume_at = float("-inf")

    @property
    def places(self) -> int:
        """How many connections may be used, at least one."""
        return int(self._window)

    @property
    def is_too_much(self) -> bool:
        """Whether there was so much trouble in a row that going on makes no sense."""
        return self.troubles >= self.patience.troubles

    @property
    def is_refused(self) -> bool:
        """Whether so much was refused that everybody's would be."""
        return self._refusals >= self.patience.refusals or self._rejections >= self.patience.rejections

    def refused_since_begun(self) -> tuple[int, int]:
        """Refusals and rejections in a row: all where something was accepted since, else what was added."""
        if self._was_accepted:
            return self._refusals, self._rejections
        return self._refusals - self._before[0], self._rejections - self._before[1]

    def pause(self, now: float) -> float:
        """Seconds until anything may be begun."""
        return max(self._resume_at - now, 0.0)

    def went_well(self, began: float) -> None:
        """The server answered as it should to what began then."""
        if began >= self._last_trouble:
            self.troubles = 0
            step = 1.0 if self._window < self._threshold else 1 / self._window
            self._window = min(self._window + step, float(self._most))

    def was_accepted(self) -> None:
        """The server has taken one."""
        self._refusals = self._rejections = 0
        self._was_accepted = True

    def was_rejected(self, *, whoever: bool) -> None:
        """The server has refused one: for whoever it is, or for whom it is."""
        self._rejections += 1
        self._refusals += whoever

    def met_trouble(self, began: float, *, now: float, random: float, at_once: bool) -> None:
        """What began then met trouble; what began before the last trouble met the same one, and counts once.

        Args:
            began: when.
            now: not before `began`.
            random: from 0 to 1.
            at_once: it is a reason to press less. Else it is one only when it comes twice in a row.
        """
        if began < self._last_trouble:
            return
        self._last_trouble = now
        self.troubles += 1
        doublings = self.troubles - (1 if at_once else 2)
        if doublings >= 0:
            self._window = self._threshold = max(self._window / 2, 1.0)
            wait = min(self.patience.first_pause * 2 ** min(doublings, 32), self.patience.longest_pause)
            self._resume_at = now + wait * (1 + _JITTER * random)
