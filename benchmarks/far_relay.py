"""An SMTP server that is far away, allows so many mails a second, and now and then wants less for a while.

`python far_relay.py PORT FILE DELAY RATE STUMBLES SEED`: each answer takes DELAY seconds; what comes faster than RATE a
second (over two seconds, and half a second's worth at once) is answered by 451 4.7.1, and so is, with the chance
STUMBLES a mail, whatever comes within half a second. FILE gets a line a mail: when, and what became of it; the same
SEED has the same mails begin a stumble.
"""

import asyncio
import random
import sys
import time
from collections import deque
from pathlib import Path
from typing import TextIO, cast

import uvloop
from counting_sink import Visit

_WINDOW = 2.0  # seconds
_AT_ONCE = 0.5  # seconds' worth
_A_STUMBLE = 0.5  # seconds
_LATER = b"451 4.7.1 too much at once, come back later\r\n"


class Allowance:
    """What all connections together may send.

    Args:
        rate: mails a second.
        stumbles: the chance that a mail begins a while of refusals.
        seed: of chance.
        log: a line for each mail.
    """

    def __init__(self, rate: float, stumbles: float, seed: float, *, log: TextIO) -> None:
        self._rate = rate
        self._stumbles = stumbles
        self._log = log
        self._taken: deque[float] = deque()
        self._well_at = 0.0
        self._random = random.Random(seed)

    def asks(self) -> str:
        """One mail; what became of it: ``taken``, ``above`` the rate, or in a ``stumble``."""
        now = time.monotonic()
        while self._taken and self._taken[0] < now - _WINDOW:
            self._taken.popleft()
        if now >= self._well_at and self._random.random() < self._stumbles:
            self._well_at = now + _A_STUMBLE
        if now < self._well_at:
            word = "stumble"
        elif len(self._taken) >= self._rate * (_WINDOW + _AT_ONCE):
            word = "above"
        else:
            word = "taken"
            self._taken.append(now)
        self._log.write(f"{now:.4f} {word}\n")
        self._log.flush()
        return word


class Far(asyncio.Transport):
    """Writes later, in order."""

    def __init__(self, transport: asyncio.Transport, delay: float) -> None:
        super().__init__()
        self._transport = transport
        self._delay = delay

    def write(self, data: "bytes | bytearray | memoryview[int]") -> None:
        """After the delay."""
        asyncio.get_running_loop().call_later(self._delay, self._transport.write, data)


class FarVisit(Visit):
    """One connection."""

    def __init__(self, allowance: Allowance, delay: float) -> None:
        super().__init__(-1)
        self._allowance = allowance
        self._delay = delay

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet, after the delay."""
        super().connection_made(Far(cast("asyncio.Transport", transport), self._delay))

    def taken(self, number: int | None) -> bytes:
        """Taken, or too much."""
        if self._allowance.asks() != "taken":
            return _LATER
        return b"250 2.0.0 taken\r\n" if number is not None else b"550 5.1.1 nobody\r\n"


async def serve(port: int, path: Path, delay: float, *chances: float) -> None:
    """Take mails until the process is ended."""
    with path.open("w", encoding="ascii") as log:
        allowance = Allowance(*chances, log=log)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: FarVisit(allowance, delay), "127.0.0.1", port)
        async with server:
            await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        port, path, *numbers = sys.argv[1:]
        runner.run(serve(int(port), Path(path), *map(float, numbers)))
