"""The configured rate as a token bucket; pure."""


class Pace:
    """So many starts a second, of which `burst` may come together after a time without any.

    It keeps the moment at which the bucket is full again instead of a number of tokens (the generic cell rate
    algorithm, ITU-T I.371): nothing has to be refilled.
    """

    def __init__(self, rate: float | None, burst: int = 1) -> None:
        self._interval = 1 / rate if rate else 0.0  # seconds
        self._ahead = self._interval * (burst - 1)  # seconds
        self.part = 1.0  # of the rate, that is used now
        self._free_at = float("-inf")

    @property
    def is_limited(self) -> bool:
        """Whether there is a rate at all."""
        return self._interval > 0

    async def provide(self, starts: int) -> int:
        """Have starts at hand that can be reserved; how many of these there are. Here all of them always are."""
        return starts

    def reserve(self, now: float) -> float:
        """Take the next start; the seconds to wait until it, from `now` on any steady clock."""
        start = max(now, self._free_at)
        self._free_at = max(self._free_at, now - self._ahead) + self._interval / self.part
        return start - now

    def give_back(self, starts: int) -> None:
        """Of what was taken last, so many are not used."""
        self._free_at -= self._interval / self.part * starts
