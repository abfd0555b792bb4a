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
        self.answered_early = False  # the last reply came before the operating system had all that was said
        self._transport = transport
        self._replies: deque[SMTPResponse] = deque()
        self._lines: list[bytes] = []  # of the reply that is coming in
        self._rest = b""  # of a line that is coming in
        self._flushing = False
        self._failure: Exception | None = None
        self._change: asyncio.Future[None] | None = None
        self._deadline: float | None = None  # of the wait that is going on, on the loop's clock
        self._after_flush = 0.0  # seconds that it may take from then on
        self._alarm: asyncio.TimerHandle | None = None  # stays from wait to wait; not later than any deadline
        self._loop = asyncio.get_running_loop()
        transport.set_write_buffer_limits(high=0)  # so that flushed means: handed to the operating system
        transport.set_protocol(self)

    @property
    def is_open(self) -> bool:
        """Whether more can be said."""
        return self._failure is None and not self._transport.is_closing()

    @property
    def is_flushed(self) -> bool:
        """Whether the operating system has all that was said."""
        return not self._flushing

    def say(self, *pieces: bytes, replies: int = 1) -> None:
        """Send these pieces of one thing, which is answered by so many replies.

        Raises:
            SMTPServerDisconnected: when the connection is lost; nothing of this has left then.
        """
        if self._failure is not None:
            raise self._failure
        if self._transport.is_closing():
            raise SMTPServerDisconnected("Connection lost")
        self.awaited += replies
        self._transport.writelines(pieces)
        if self._transport.is_closing():  # the operating system knew of the loss before we did, and took nothing
            raise SMTPServerDisconnected("Connection lost")

    async def reply(self, seconds: float, *, to_flush: float | None = None) -> SMTPResponse:
        """The next reply, in the order of the commands.

        Args:
            seconds: how long it may take, from when the operating system has all that was said.
            to_flush: how long that may take; unless given, as long as the reply.

        Raises:
            SMTPException: when the connection is lost, what comes is no reply, or nothing comes in time.
        """
        while not self._replies:
            if self._failure is not None:
                raise self._failure
            self._after_flush = seconds
            self._wait_for(to_flush if self._flushing and to_flush is not None else seconds)
            self._change = self._loop.create_future()
            try:
                await self._change
            finally:
                self._change = self._deadline = None
        self.awaited -= 1
        return self._replies.popleft()

    def abort(self) -> None:
        """End at once: what the operating system has not taken yet never leaves."""
        self._transport.abort()

    def _wait_for(self, seconds: float) -> None:
        self._deadline = self._loop.time() + seconds
        if self._alarm is None or self._alarm.when() > self._deadline:
            self._set_alarm(self._deadline)

    def _set_alarm(self, moment: float | None) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = self._loop.call_at(moment, self._is_late) if moment is not None else None

    def _is_late(self) -> None:
        self._alarm = None
        if self._deadline is not None and self._loop.time() >= self._deadline:
            self._fail(SMTPReadTimeoutError("Timed out waiting for server response"))
        elif self._deadline is not None:
            self._set_alarm(self._deadline)

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
        if self._rest:
            self._bound(len(self._rest))

    def _bound(self, more: int) -> None:
        if sum(map(len, self._lines)) + more > _LONGEST_REPLY:
            self._fail(SMTPException("the reply is too long"))

    def _take(self, line: bytes) -> None:
        if self._failure is not None or len(self._replies) >= self.awaited:
            return
        if not line[:3].isdigit():
            words = line.decode(errors="replace").strip()
            self._fail(SMTPException(f"this is no reply: {words}"))
            return
        said = line[4:].strip(b" \t\r")
        if line[3:4] == b"-":
            self._lines.append(said)
            self._bound(0)
            return
        if self._lines:
            said = b"\n".join((*self._lines, said))
            self._lines = []
        text = said.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
        self.answered_early = self._flushing
        self._replies.append(SMTPResponse(int(line[:3]), text))
        self._tell()

    def pause_writing(self) -> None:
        """The operating system takes no more for now."""
        self._flushing = True

    def resume_writing(self) -> None:
        """It has taken everything."""
        self._flushing = False
        if self._deadline is not None:
            self._wait_for(self._after_flush)

    def eof_received(self) -> None:
        """The server will say no more."""
        self._fail(SMTPServerDisconnected("Unexpected EOF received"))

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        lost = SMTPServerDisconnected("Connection lost")
        lost.__cause__ = exc
        self._fail(lost)
        self._set_alarm(None)
