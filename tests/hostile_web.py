"""A web that misbehaves: servers of raw answers, names that lie, waits that take no time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import httpcore2
import pytest

from digest.collect import Fetched
from digest.config import SourceConfig
from digest.errors import SourceError

PUBLIC = "93.184.215.14"

Answer = bytes | Callable[[str, asyncio.StreamWriter], Awaitable[None]]


@dataclass(slots=True)
class Site:
    url: str
    port: int
    requests: list[str] = field(default_factory=list)  # the heads, in the order they came
    connections: int = 0
    open_now: int = 0
    most_open: int = 0

    def header(self, name: str, request: int = -1) -> str | None:
        lines = (line.partition(": ") for line in self.requests[request].split("\r\n"))
        return next((value for key, _, value in lines if key.lower() == name.lower()), None)


def reply(status: str, body: bytes = b"", *headers: str, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {size}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@asynccontextmanager
async def serving(*answers: Answer, **options: object) -> AsyncIterator[Site]:
    """Gives these answers in turn and the last one for ever; a function writes its own."""

    handlers: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        handlers.add(task)
        site.connections += 1
        site.open_now += 1
        site.most_open = max(site.most_open, site.open_now)
        try:
            site.requests.append((await reader.readuntil(b"\r\n\r\n")).decode())
            answer = answers[min(len(site.requests), len(answers)) - 1]
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(site.requests[-1], writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client had enough, or the test has ended
        finally:
            site.open_now -= 1
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, **options)
    async with server:
        port = server.sockets[0].getsockname()[1]
        site = Site(url=f"http{'s' if 'ssl' in options else ''}://127.0.0.1:{port}", port=port)
        try:
            yield site
        finally:
            for task in handlers:
                task.cancel()
            await asyncio.gather(*handlers)


class Waits:
    """Sleeps that take no time."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(0)


class Wire(httpcore2.AnyIOBackend):
    """The internet on this machine: whatever address is dialled, a server here answers."""

    def __init__(self) -> None:
        self.dialled: list[str] = []

    async def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):  # noqa: ASYNC109
        self.dialled.append(host)
        return await super().connect_tcp("127.0.0.1", port, timeout, local_address, socket_options)


class Names:
    """A DNS that answers as told, a list for each look-up, and the last for ever."""

    def __init__(self, **names: Sequence[Sequence[str]]) -> None:
        self._names = {name.replace("_", "."): list(answers) for name, answers in names.items()}
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        answers = self._names.get(host, [[]])
        return answers.pop(0) if len(answers) > 1 else answers[0]


def local(url, **settings):
    return SourceConfig.model_validate({"name": "page", "kind": "feed", "url": url, "allow_private": True} | settings)


async def content(web, source, validators=None):
    fetched = await web.get(source, validators)
    assert isinstance(fetched, Fetched)
    return fetched.documents[0].content


async def refusal(web, source, validators=None):
    with pytest.raises(SourceError) as caught:
        await web.get(source, validators)
    assert str(caught.value).startswith("source page: http")
    return str(caught.value)
