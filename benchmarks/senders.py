"""The same mails to `smtp-sink` in the usual ways: Postfix's generator, aiosmtplib and smtplib, nodemailer's pool.

None of them keeps a ledger. Each returns its `Pace`.
"""

import asyncio
import os
import resource
import smtplib
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import aiosmtplib
import uvloop
from machine import program
from network import SENDER, filling

NODEMAILER = """
const [port, mails, connections] = process.argv.slice(1, 4).map(Number), body = process.argv[4];
const pool = require('nodemailer').createTransport({host: '127.0.0.1', port, pool: true, maxConnections: connections,
  maxMessages: Infinity, ignoreTLS: true});
(async () => {
  const start = process.hrtime.bigint();
  await Promise.all(Array.from({length: mails}, (_, n) => pool.sendMail({from: 'bench@example.org',
    to: `member${n}@example.org`, subject: 'A benchmark', text: `Hello ${n}`, html: `<p>${n} ${body}</p>`})));
  console.log(mails / (Number(process.hrtime.bigint() - start) / 1e9));
  pool.close();
})();
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """What is sent: to the sink on this port, so many mails of about so many bytes, over so many connections."""

    port: int
    mails: int
    size: int
    connections: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """How fast it was sent."""

    rate: float  # mails a second, from before the first connection until the last answer
    cpu: float  # microseconds a mail, of this process and those that it waited for


@contextmanager
def sink() -> Iterator[int]:
    """`smtp-sink`, listening on this port until the end."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = int(server.getsockname()[1])
    user = ["-u", "postfix"] if os.geteuid() == 0 else []  # it refuses to run as root
    process = subprocess.Popen([str(program("smtp-sink")), *user, f"127.0.0.1:{port}", "1000"])
    try:
        while not _listens(port):
            if process.poll() is not None:
                raise SystemExit(f"smtp-sink ended at once, with {process.returncode}")
        yield port
    finally:
        process.terminate()
        process.wait()


def timed(mails: int, send: Callable[[], object]) -> Pace:
    """The pace of a call that sends so many."""
    cpu, start = _cpu(), time.perf_counter()
    send()
    seconds = time.perf_counter() - start
    return Pace(rate=mails / seconds, cpu=1e6 * (_cpu() - cpu) / mails)


def smtp_source(shape: Shape) -> Pace:
    """Postfix's generator: one mail again and again, each connection kept (-d)."""
    numbers = ["-s", str(shape.connections), "-m", str(shape.mails), "-l", str(shape.size)]
    command = [str(program("smtp-source")), "-d", *numbers, f"127.0.0.1:{shape.port}"]
    return timed(shape.mails, lambda: subprocess.run(command, check=True))


def aiosmtplib_stock(shape: Shape) -> Pace:
    """`SMTP.sendmail` as it comes, on uvloop."""
    source = _messages(shape)

    async def one_connection() -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=shape.port, start_tls=False) as smtp:
            for recipient, message in source:
                await smtp.sendmail(SENDER, [recipient], message)

    async def all_connections() -> None:
        await asyncio.gather(*(one_connection() for _ in range(shape.connections)))

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return timed(shape.mails, lambda: runner.run(all_connections()))


def smtplib_stock(shape: Shape) -> Pace:
    """The standard library over its one connection."""

    def send() -> None:
        with smtplib.SMTP("127.0.0.1", shape.port) as smtp:
            for recipient, message in _messages(shape):
                smtp.sendmail(SENDER, [recipient], message)

    return timed(shape.mails, send)


def nodemailer(shape: Shape) -> Pace:
    """The pool of nodemailer; the rate is its own measurement, since Node takes a while to start."""
    numbers = [str(number) for number in (shape.port, shape.mails, shape.connections)]
    command = [str(program("node")), "-e", NODEMAILER, *numbers, filling(shape.size - 700)]
    told: list[str] = []
    pace = timed(
        shape.mails,
        lambda: told.append(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout),
    )
    return replace(pace, rate=float(told[0]))


def _messages(shape: Shape) -> Iterator[tuple[str, bytes]]:
    """Recipient and message, each distinct, made in advance but for its Message-ID."""
    body = b"\r\n" + filling(shape.size).replace("\n", "\r\n").encode()
    for number in range(shape.mails):
        yield f"member{number}@example.org", b"Subject: A benchmark\r\nMessage-ID: <%d@example.org>\r\n" % number + body


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return False
    return True


def _cpu() -> float:
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in both)
