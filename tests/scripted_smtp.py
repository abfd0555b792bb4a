"""A real SMTP server on the loopback interface that behaves, but for the faults it is told to commit.

Each fault happens once, in the order given, at one stage of one transaction; afterwards the server is well again.
"""

import asyncio
import contextlib
import socket
import ssl
import struct
from collections import deque
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field

STAGES = ("connect", "banner", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "body", "dot", "QUIT")

_GOOD = {
    "banner": "220 scripted.test ready",
    "EHLO": "250-scripted.test\r\n250-AUTH PLAIN\r\n250 ENHANCEDSTATUSCODES",
    "STARTTLS": "220 2.0.0 go ahead",
    "AUTH": "235 2.7.0 welcome",
    "MAIL": "250 2.1.0 ok",
    "RCPT": "250 2.1.5 ok",
    "DATA": "354 go ahead",
    "dot": "250 2.0.0 taken",
    "RSET": "250 2.0.0 ok",
    "QUIT": "221 2.0.0 bye",
}

_OUT_OF_ORDER = {
    ("MAIL", False, True),
    ("MAIL", False, False),
    ("RCPT", True, True),
    ("DATA", True, True),
    ("DATA", False, True),
}


@dataclass(frozen=True)
class Fault:
    """What goes wrong once: `drop` the connection, `stall` without a word, or say these words instead.

    `half` says half a line and stalls. At "connect" the connection is reset before a word is said. After words in the
    middle of a body no more is said. `wait` is for the body: nothing is read until `go_on`, then everything.
    """

    stage: str
    action: str


@dataclass(frozen=True)
class Received:
    """A message that the server took, with its envelope."""

    sender: str
    recipient: str
    message: bytes  # dots unstuffed


class _DroppedError(Exception):
    pass


@dataclass
class ScriptedServer:
    """What happened, for assertions on the state after a fault."""

    faults: deque[Fault]
    host: str = "127.0.0.1"
    port: int = 0
    tls: ssl.SSLContext | None = None  # STARTTLS is offered
    connections: int = 0
    open: int = 0  # connections at present
    commands: list[str] = field(default_factory=list)
    accepted: list[Received] = field(default_factory=list)
    stalling: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)  # a connection is over

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        self.open += 1
        try:
            await self._session(reader, writer)
        except (_DroppedError, ConnectionError, ssl.SSLError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open -= 1
            self.left.set()
            writer.close()

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sender = recipient = None
        if self._due("connect") is not None:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raise _DroppedError
        await self._answer("banner", writer)
        while line := (await reader.readline()).decode().rstrip("\r\n"):
            self.commands.append(line)
            verb, address = line.split()[0].upper(), line.partition("<")[2].partition(">")[0]
            scripted = self.faults and self.faults[0].stage == verb
            if (verb, sender is None, recipient is None) in _OUT_OF_ORDER and not scripted:
                await self._say("503 5.5.1 out of order", writer)
                continue
            good = await self._answer(verb, writer)
            match verb:
                case "QUIT":
                    return
                case "STARTTLS" if good:
                    await writer.start_tls(self.tls)
                case "RSET":
                    sender = recipient = None
                case "MAIL" if good:
                    sender = address
                case "RCPT" if good:
                    recipient = address
                case "DATA" if good:
                    await self._take(sender or "", recipient or "", reader, writer)
                    sender = recipient = None

    async def _take(
        self, sender: str, recipient: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if (fault := self._due("body")) is not None:
            await reader.readexactly(1000)
            if fault.action == "wait":
                await self.go_on.wait()
            else:
                await self._commit(fault, writer)
            end = b""
            while more := await reader.read(2**20):
                end = (end + more)[-5:]
            if fault.action == "wait" and end == b"\r\n.\r\n":
                self.accepted.append(Received(sender, recipient, b""))
            raise _DroppedError
        body = await reader.readuntil(b"\r\n.\r\n")
        message = body[:-3].replace(b"\r\n..", b"\r\n.").removeprefix(b".")
        if await self._answer("dot", writer):
            self.accepted.append(Received(sender, recipient, message))

    async def _answer(self, stage: str, writer: asyncio.StreamWriter) -> bool:
        """Answer well, or commit the fault that is due; whether the answer was good."""
        fault = self._due(stage)
        if fault is not None:
            await self._commit(fault, writer)
            return False
        good = _GOOD.get(stage, "502 5.5.1 unknown")
        if stage == "EHLO" and self.tls is not None and writer.get_extra_info("sslcontext") is None:
            good = good.replace("\r\n", "\r\n250-STARTTLS\r\n", 1)
        await self._say(good, writer)
        return True

    def _due(self, stage: str) -> Fault | None:
        if self.faults and self.faults[0].stage == stage:
            return self.faults.popleft()
        return None

    async def _commit(self, fault: Fault, writer: asyncio.StreamWriter) -> None:
        if fault.action == "drop":
            raise _DroppedError
        if fault.action == "half":
            writer.write(b"25")
        if fault.action in {"stall", "half"}:
            self.stalling.set()
            await asyncio.Event().wait()  # until the server is closed
        await self._say(fault.action, writer)

    async def _say(self, reply: str, writer: asyncio.StreamWriter) -> None:
        writer.write(reply.encode(errors="surrogateescape") + b"\r\n")
        await writer.drain()


@contextlib.asynccontextmanager
async def scripted_server(
    faults: Iterable[Fault] = (), *, starttls: ssl.SSLContext | None = None, **options: object
) -> AsyncIterator[ScriptedServer]:
    """Run the server in this loop; `options` go to asyncio's `start_server`, such as ``ssl``."""
    scripted = ScriptedServer(deque(faults), tls=starttls)
    sessions: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = asyncio.create_task(scripted.serve(reader, writer))
        sessions.add(session)
        session.add_done_callback(sessions.discard)

    server = await asyncio.start_server(connected, scripted.host, 0, limit=2**21, **options)
    scripted.port = server.sockets[0].getsockname()[1]
    try:
        yield scripted
    finally:
        server.close()
        ending = list(sessions)
        for session in ending:
            session.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        await server.wait_closed()
