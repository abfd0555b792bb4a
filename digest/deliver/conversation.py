"""Commands and replies over a connection that is open, secured and logged in (RFC 5321 section 4.2).

Several commands may be under way at once (RFC 2920), which the protocol of aiosmtplib does not know; so this one takes
over from it. Each wait has its own limit in seconds.
"""

import asyncio
from collections import deque

from aiosmtplib import SMTPException, SMTPReadTimeoutError, SMTPResponse, SMTPServerDisconnected

_LONGEST_REPLY = 65_536  # bytes of one reply; RFC 5321 section 4.5.3.1.5 asks for 512 a line


class Conversation(asyncio.Protocol):
    """One connection, from after the login to its end; what the server says unasked is dropped.

    Once it is lost, or what comes is no reply, every further wait raises that.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self.awaited = 0  # replies that are still to come
        self._transport = transport
        self._replies: deque[SMTPResponse] = deque()
        self._lines: list[bytes] = []  # of the reply that is coming in
        self._rest = b""  # of a line that is coming in
        self._flushing = False
        self._failure: Exception | None = None
        self._change: asyncio.Future[None] | None = None
        transport.set_write_buffer_limits(high=0)  # so that `flushed` means: handed to the operating system
        transport.set_protocol(self)

    @property
    def is_open(self) -> bool:
        """Whether more can be said."""
        return self._failure is None and not self._transport.is_closing()

    @property
    def is_flushed(self) -> bool:
        """Whether the operating system has all that was said."""
        return not self._flushing

    def say(self, data: bytes, *, replies: int = 1) -> None:
        """Send this, which is answered by so many replies.

        Raises:
            SMTPServerDisconnected: when the connection is lost.
        """
        if self._failure is not None:
            raise self._failure
        if self._transport.is_closing():
            raise SMTPServerDisconnected("Connection lost")
        self.awaited += replies
        self._transport.write(data)

    async def reply(self, seconds: float) -> SMTPResponse:
        """The next reply, in the order of the commands.

        Raises:
            SMTPException: when the connection is lost, what comes is no reply, or nothing comes in time.
        """
        while not self._replies:
            await self._changed(seconds)
        self.awaited -= 1
        return self._replies.popleft()

    async def flushed(self, seconds: float) -> None:
        """Return once the operating system has all that was said, or the server answers before; raises as `reply`."""
        while self._flushing and not self._replies:
            await self._changed(seconds)
        if self._failure is not None and not self._replies:
            raise self._failure

    def abort(self) -> None:
        """End at once: what the operating system has not taken yet never leaves."""
        self._transport.abort()

    async def _changed(self, seconds: float) -> None:
        if self._failure is not None:
            raise self._failure
        loop = asyncio.get_running_loop()
        self._change = loop.create_future()
        limit = loop.call_later(seconds, self._fail, SMTPReadTimeoutError("Timed out waiting for server response"))
        try:
            await self._change
        finally:
            limit.cancel()
            self._change = None

    def _fail(self, error: Exception) -> None:
        self._failure = self._failure or error
        self._tell()

    def _tell(self) -> None:
        if self._change is not None and not self._change.done():
            self._change.set_result(None)

    def data_received(self, data: bytes) -> None:
        """Take in replies."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._take(line)
        self._bound(len(self._rest))

    def _bound(self, more: int) -> None:
        if sum(map(len, self._lines)) + more > _LONGEST_REPLY:
            self._fail(SMTPException("the reply is too long"))

    def _take(self, line: bytes) -> None:
        if self._failure is not None or len(self._replies) >= self.awaited:
            return
        self._bound(len(line))
        if not line[:3].isdigit():
            words = line.decode(errors="replace").strip()
            self._fail(SMTPException(f"this is no reply: {words}"))
            return
        self._lines.append(line[4:].strip(b" \t\r"))
        if line[3:4] != b"-":
            text = b"\n".join(self._lines).decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
            self._lines = []
            self._replies.append(SMTPResponse(int(line[:3]), text))
            self._tell()

    def pause_writing(self) -> None:
        """The operating system takes no more for now."""
        self._flushing = True

    def resume_writing(self) -> None:
        """It has taken everything."""
        self._flushing = False
        self._tell()

    def eof_received(self) -> None:
        """The server will say no more."""
        self._fail(SMTPServerDisconnected("Unexpected EOF received"))

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        lost = SMTPServerDisconnected("Connection lost")
        lost.__cause__ = exc
        self._fail(lost)
