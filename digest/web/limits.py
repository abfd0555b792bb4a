"""What one client may take of the server, so that something is left for the others: connections and time.

uvicorn bounds neither: a client that sends a byte now and then, or nothing, keeps its connection for as long as it
likes, and each costs a descriptor, which the sender's connections and the store need too. So each connection has one
request, a deadline for each thing that the client is waited for, and there are only so many; when there are more,
the one goes whose client has been waited for longest.
"""

import asyncio
import resource
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from http import HTTPStatus
from time import monotonic
from typing import Any, Self, cast

import h11
import structlog
from uvicorn.protocols.http.h11_impl import H11Protocol

from digest.web.middleware import SECURITY_HEADERS
from digest.web.one_click import OneClickPosts

log = structlog.get_logger("digest.web")

_MOST_CONNECTIONS = 512  # as many one-click posts at once are all answered; each is a few milliseconds' work
_OTHERS = 192  # descriptors that SMTP, sources and the store may need
_TELL_EVERY = 60.0  # seconds
_FIELDS = {"content-type": "text/plain; charset=utf-8"} | {
    name.lower(): told for name, told in SECURITY_HEADERS.items()
}
_PLAIN = "\r\n".join((*(f"{name}: {told}" for name, told in _FIELDS.items()), "")).encode()  # and the rest of a head


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How many connections there may be at once, and how long a client may take, in seconds."""

    connections: int
    head: float = 10.0  # from the connection to the last byte of the header fields
    body: float = 10.0  # from there to the last byte of the body
    answer: float = 60.0  # from the end of the answer until the client has taken all of it

    @classmethod
    def for_this_process(cls) -> Self:
        """As many connections as the limit on open files (RLIMIT_NOFILE) leaves room for."""
        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        unlimited = files == resource.RLIM_INFINITY
        room = _MOST_CONNECTIONS if unlimited else max(files // 8, min(files // 2, files - _OTHERS))
        return cls(connections=min(_MOST_CONNECTIONS, room))


class Phase(Enum):
    """What a connection is waiting for."""

    HEAD = auto()
    BODY = auto()
    WORK = auto()  # for us
    LEAVING = auto()  # for the client to take what it was answered


class Entrance:
    """The connections that are open, the oldest first."""

    def __init__(self, limits: Limits, one_click: OneClickPosts) -> None:
        self.limits = limits
        self.one_click = one_click
        self._open: dict[BoundedProtocol, None] = {}
        self._turned_away = 0
        self._told_at = -_TELL_EVERY

    @property
    def protocol(self) -> type[asyncio.Protocol]:
        """What uvicorn makes one of for each connection."""
        return cast("type[asyncio.Protocol]", partial(BoundedProtocol, entrance=self))

    def enter(self, connection: "BoundedProtocol") -> bool:
        """Make room for one more where there is none; False when everybody else is waiting for us."""
        if len(self._open) >= self.limits.connections:
            self._tell()
            longest = self._waited_for_longest()
            if longest is None:
                return False
            self.leave(longest)
            longest.transport.abort()
        self._open[connection] = None
        return True

    def leave(self, connection: "BoundedProtocol") -> None:
        """One is gone, or as good as gone."""
        self._open.pop(connection, None)

    def _waited_for_longest(self) -> "BoundedProtocol | None":
        """A request that is not whole goes before an answer that is not taken."""
        for phases in ((Phase.HEAD, Phase.BODY), (Phase.LEAVING,)):
            for connection in self._open:
                if connection.phase in phases:
                    return connection
        return None

    def _tell(self) -> None:
        self._turned_away += 1
        if (now := monotonic()) - self._told_at >= _TELL_EVERY:
            log.warning(
                "more connections than are served at once; the oldest that ask for nothing are closed",
                limit=self.limits.connections,
                closed=self._turned_away,
            )
            self._told_at, self._turned_away = now, 0


class BoundedProtocol(H11Protocol):
    """A connection that is given up when its client keeps it waiting."""

    def __init__(self, *args: Any, entrance: Entrance, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.phase: Phase | None = None
        self._entrance = entrance
        self._deadline: asyncio.TimerHandle | None = None
        self._leaving: asyncio.Future[None] | None = None  # where it asked for one click, and nothing else

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Enter, or be told to come again."""
        super().connection_made(transport)
        if not self._entrance.enter(self):
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Take what came, and see what is still missing."""
        if self._leaving is not None:
            return  # one request each, whatever follows it
        if self.phase is Phase.HEAD and not self.conn.trailing_data[0]:
            self._leaving = self._entrance.one_click.take(data)
        if self._leaving is None:
            super().data_received(data)
        else:
            self._leaving.add_done_callback(self._tell_who_left)
        self._watch()

    def on_response_complete(self) -> None:
        """The answer is written; the client has yet to take it."""
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Free the place."""
        self._entrance.leave(self)
        if self._deadline is not None:
            self._deadline.cancel()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  (as uvicorn has it)
        """What is no HTTP is told so with the headers of every other answer."""
        self._refuse(HTTPStatus.BAD_REQUEST)

    def shutdown(self) -> None:
        """Finish what we are at; nobody is waited for."""
        if self._leaving is not None and self.phase is Phase.WORK:
            return  # which is answered, and closed, when it is written
        if self.phase is Phase.WORK:
            super().shutdown()
        else:
            self.transport.abort()

    def _watch(self) -> None:
        phase = self._present_phase()
        if phase is self.phase:
            return
        self.phase = phase
        if self._deadline is not None:
            self._deadline.cancel()
        limits = self._entrance.limits
        seconds = {Phase.HEAD: limits.head, Phase.BODY: limits.body, Phase.LEAVING: limits.answer}.get(phase)
        self._deadline = None if seconds is None else self.loop.call_later(seconds, self._expire)

    def _present_phase(self) -> Phase:
        if self.transport.is_closing():
            return Phase.LEAVING
        if self._leaving is not None:
            return Phase.WORK
        if self.conn.their_state is h11.IDLE:
            return Phase.HEAD
        return Phase.BODY if self.conn.their_state is h11.SEND_BODY else Phase.WORK

    def _expire(self) -> None:
        if self.phase is Phase.LEAVING:
            self.transport.abort()
        else:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)
            self._watch()

    def _tell_who_left(self, leaving: "asyncio.Future[None]") -> None:
        if self.transport.is_closing():
            return  # whoever asked is gone
        if leaving.cancelled():
            self.transport.abort()
        elif (error := leaving.exception()) is not None:
            log.error("a one-click post could not be carried out", exc_info=error)
            self._answer(HTTPStatus.INTERNAL_SERVER_ERROR, self._entrance.one_click.failed)
        else:
            self._answer(HTTPStatus.OK, self._entrance.one_click.answer())
        self._watch()

    def _refuse(self, status: HTTPStatus) -> None:
        self._answer(status, f"{status.phrase}\n")

    def _answer(self, status: HTTPStatus, text: str) -> None:
        """As the application answers with plain text."""
        body = text.encode()
        head = [b"HTTP/1.1 %d %s" % (status, status.phrase.encode())]
        head += [b"%s: %s" % field for field in self.server_state.default_headers]
        head.append(b"content-length: %d" % len(body))
        self.transport.write(b"\r\n".join((*head, _PLAIN, body)))
        self.transport.close()
