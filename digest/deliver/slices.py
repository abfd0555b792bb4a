"""A rate that several processes keep together: each leases a slice of the starts at a time."""

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from digest.deliver.pace import Pace

_SLICE = 0.2  # seconds of a process's part of the rate: so often each asks, and so much is lost where one dies
_LATE = 1.0  # seconds: a start that was not used for so long is not made up for


@dataclass(frozen=True, slots=True)
class Starts:
    """Starts that are this process's alone."""

    first_in: float  # seconds from now; negative where it might have been before
    interval: float  # seconds between them
    count: int


class SharedPace(Pace):
    """As `Pace`, where the starts come from a bucket that all processes share.

    Args:
        rate: starts a second of all together.
        burst: how many of them may come together after a time without any.
        lease: takes the next so many starts that nobody else has.
        portion: what part of all connections is this process's: so much of the rate it can use.
    """

    def __init__(
        self,
        rate: float,
        burst: int,
        lease: Callable[[int], Awaitable[Starts]],
        *,
        portion: Callable[[], float] = lambda: 1.0,
    ) -> None:
        super().__init__(rate, burst)
        self._lease = lease
        self._portion = portion
        self._most = max(1, int(rate * _SLICE))
        self._stock: deque[float] = deque()  # when each start of ours may be, by the loop's clock, in order
        self._taken: deque[float] = deque(maxlen=4 * self._most)  # the latest that were reserved
        self._asking = asyncio.Lock()

    @property
    def unused(self) -> int:
        """How many starts were leased and not reserved."""
        return len(self._stock)

    async def provide(self, starts: int) -> int:
        """Lease a slice where nothing is left of the last; how many starts can be reserved now, at least one."""
        async with self._asking:
            now = asyncio.get_running_loop().time()
            while self._stock and self._stock[0] < now - max(_LATE, self._ahead):
                self._stock.popleft()
            if not self._stock:
                got = await self._lease(max(1, math.ceil(self._most * self.part * self._portion())))
                first = asyncio.get_running_loop().time() + got.first_in
                self._stock.extend(first + got.interval * place for place in range(got.count))
            return min(starts, len(self._stock))

    def reserve(self, now: float) -> float:
        """Take the next start of those provided; the seconds to wait until it."""
        start = self._stock.popleft()
        self._taken.append(start)
        return max(start - now, 0.0)

    def give_back(self, starts: int) -> None:
        """Of what was reserved last, so many are not used."""
        for _ in range(min(starts, len(self._taken))):
            self._stock.appendleft(self._taken.pop())
