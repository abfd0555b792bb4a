"""An SMTP server that takes everything and notes whom it is for, before it says so: four bytes a mail in a file.

`python counting_sink.py PORT FILE [HOST]`; recipients are memberN@..., and N is what is noted. A kill of anything else
leaves the file right: a mail is noted if and only if its final dot has come.
"""

import asyncio
import os
import re
import struct
import sys
from typing import cast

import uvloop

_NUMBER = re.compile(rb"(?i)RCPT TO:\s?<member(\d{1,9})@")
_EXTENSIONS = b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES\r\n"
_ANSWERS = {b"EHLO": _EXTENSIONS, b"HELO": b"250 sink\r\n", b"QUIT": b"221 2.0.0 bye\r\n"}


class Visit(asyncio.Protocol):
    """One connection."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._rest = b""
        self._number: int | None = None
        self._in_body = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class
        self._transport.write(b"220 sink ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        """Whatever is whole is answered at once, in one writing."""
        read, answers = self._rest + data, []
        while read:
            if self._in_body:
                body, dot, after = read.partition(b"\r\n.\r\n")
                if not dot:
                    read = body[-4:]  # what may be the beginning of the end
                    break
                answers.append(self.taken(self._number))
                self._in_body, self._number, read = False, None, after
                continue
            line, end, after = read.partition(b"\r\n")
            if not end:
                break
            read = after
            answers.append(self._answer(line))
        self._rest = read
        if answers:
            self._transport.write(b"".join(answers))

    def taken(self, number: int | None) -> bytes:
        """What is said of a mail that has come whole; None: nobody's number."""
        if number is not None:
            os.write(self._file, struct.pack("=I", number))
        return b"250 2.0.0 taken\r\n"

    def _answer(self, line: bytes) -> bytes:
        verb = line[:4].upper()
        if verb == b"RCPT":
            found = _NUMBER.match(line)
            self._number = int(found[1]) if found else None
        elif verb == b"RSET":
            self._number = None
        elif verb == b"DATA":
            self._in_body = True
            return b"354 go on\r\n"
        return _ANSWERS.get(verb, b"250 2.0.0 ok\r\n")


async def serve(port: int, path: str, host: str = "127.0.0.1") -> None:
    """Take mails until the process is ended."""
    file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o644)
    server = await asyncio.get_running_loop().create_server(lambda: Visit(file), host, port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(int(sys.argv[1]), *sys.argv[2:]))
