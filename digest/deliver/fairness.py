"""What several campaigns that are sent at once share: one relay's connections and its rate."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from digest.deliver.pace import Pace


class FairShare:
    """The connections of one relay, shared out evenly among those who send over it, and the pace of them all together.

    Whoever comes gets a share at once: the others let go of what is above theirs after the mail that they are sending.

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
        self.places = connections  # that each sender may use now, at least one; asked several times a mail
        self.paused_until = float("-inf")  # by the loop's clock: others were asked to slow down
        self._allowed = connections
        self._senders: list[Callable[[], None]] = []

    def allow(self, connections: int) -> None:
        """Use no more than so many, until told otherwise: others send over the relay too."""
        if connections != self._allowed:
            self._allowed = connections
            self._tell()

    def pause_until(self, moment: float) -> None:
        """Begin nothing until then, by the loop's clock."""
        if moment > self.paused_until:
            self.paused_until = moment
            self._tell()

    def pause(self) -> float:
        """Seconds until anything may be begun, as far as others were asked to slow down."""
        return max(self.paused_until - asyncio.get_running_loop().time(), 0.0)

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

    def _tell(self) -> None:
        self.places = max(1, min(self.connections, self._allowed) // max(1, len(self._senders)))
        for told in tuple(self._senders):
            told()
