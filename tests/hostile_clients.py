"""Clients that mean no good: they keep connections without asking, ask without end, and come again when shown out."""

import asyncio
import itertools
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress

HEAD = b"POST /unsubscribe/x HTTP/1.1\r\nHost: digest.example.org\r\n"


async def _silent(pulse: Callable[[], AsyncIterator[None]]) -> AsyncIterator[bytes]:
    """Connects and says nothing."""
    async for _ in pulse():
        yield b""


async def _slow_head(pulse: Callable[[], AsyncIterator[None]]) -> AsyncIterator[bytes]:
    """A byte a second of header fields that never end."""
    yield HEAD
    async for _ in pulse():
        yield b"x"


async def _slow_body(pulse: Callable[[], AsyncIterator[None]]) -> AsyncIterator[bytes]:
    """A byte a second of a body that is short enough to be taken."""
    yield HEAD + b"Content-Length: 4000\r\n\r\n"
    async for _ in pulse():
        yield b"x"


async def _endless_body(_: object) -> AsyncIterator[bytes]:
    """As much body as the server takes."""
    yield HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    while True:
        yield b"4000\r\n" + b"x" * 0x4000 + b"\r\n"


async def _garbage(pulse: Callable[[], AsyncIterator[None]]) -> AsyncIterator[bytes]:
    """Requests without waiting for answers, and what is none."""
    yield b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n" * 20 + b"\0\xff garbage \r\n\r\n" * 20
    async for _ in pulse():
        yield b"\n"


KINDS = (_silent, _slow_head, _silent, _slow_body, _garbage, _silent, _slow_head, _endless_body)


class Crowd:
    """Many of them at once, in a thread of their own."""

    def __init__(self, port: int, many: int) -> None:
        self.visits: Counter[str] = Counter()  # connections made, by kind
        self.everybody_came = threading.Event()
        self._port = port
        self._many = many
        self._left: asyncio.Event | None = None

    async def run(self, started: Callable[[Callable[[], None]], None]) -> None:
        loop = asyncio.get_running_loop()
        left = self._left = asyncio.Event()
        started(lambda: loop.call_soon_threadsafe(left.set))
        async with asyncio.TaskGroup() as group:
            for kind in itertools.islice(itertools.cycle(KINDS), self._many):
                group.create_task(self._one(kind))

    async def _one(self, kind: Callable[..., AsyncIterator[bytes]]) -> None:
        while not self._left.is_set():
            with suppress(OSError):
                await self._visit(kind)
            await self._pause()

    async def _visit(self, kind: Callable[..., AsyncIterator[bytes]]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        self.visits[kind.__name__] += 1
        if self.visits.total() >= self._many:
            self.everybody_came.set()
        gone = asyncio.create_task(reader.read(-1))
        try:
            async for piece in kind(self._pulse):
                writer.write(piece)
                await writer.drain()
                if gone.done():
                    break
        finally:
            gone.cancel()
            writer.transport.abort()
            await asyncio.gather(gone, return_exceptions=True)

    async def _pulse(self) -> AsyncIterator[None]:
        while not self._left.is_set():
            yield
            await self._pause()

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._left.wait(), 1)


@contextmanager
def crowd(port: int, many: int) -> Iterator[Crowd]:
    """So many hostile clients, who stay until the block ends."""
    made = Crowd(port, many)
    leave: list[Callable[[], None]] = []
    started = threading.Event()

    def note(stop: Callable[[], None]) -> None:
        leave.append(stop)
        started.set()

    thread = threading.Thread(target=lambda: asyncio.run(made.run(note)))
    thread.start()
    started.wait()
    try:
        yield made
    finally:
        leave[0]()
        thread.join()
