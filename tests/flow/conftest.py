"""A small network on disk, the real command line, and a real SMTP server that remembers what it took."""

import asyncio
import email
import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import httpx2
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from flow.commands import Commands

POSTS = """\
Seed swap on 5th December 2026

Added by Morag under Growing

Join us for the seed swap on Saturday 5th December 2026, 2pm to 4pm, at the Old Dairy, Nettleford.

Bring what you have and take what you need.

Orchard Assistant - £21,500 - Thistle Farm

Added by Iain

Thistle Farm has a vacancy for somebody who likes trees. £21,500 per annum, based in Nettleford.

Closing date: 5pm on Friday 27th November 2026

How to apply: https://thistle.example.org/jobs/orchard

A bench made of pallets 👩🏽‍🌾 & <script>alert("hi")</script>

Added by Zoë "Zed" O'Neil under Tools,Growing

Three pallets, twelve screws and one afternoon.

नमस्ते और привет

Added by Морозова under Growing

Greetings from two gardens far away.
"""

CONFIG = """\
[network]
name = "Growers"
timezone = "Europe/London"
postal_address = "3 Orchard Lane, Nettleford"
[sender]
email = "digest@example.org"
name = "Growers"
[smtp]
host = "127.0.0.1"
port = {port}
[web]
port = 0
url = "https://digest.example.org"
[[categories]]
name = "Growing"
[[categories]]
name = "Tools"
[[sources]]
name = "posts"
kind = "export"
path = "posts.txt"
[[lists]]
name = "members"
title = "All members"
file = "members.csv"
max_removals = 0.4
[[lists]]
name = "board"
subscribers = ["ada@example.org", "Cy <cy@example.org>"]
[[digests]]
name = "weekly"
title = "Weekly digest"
lists = ["members"]
every = "week"
on = "monday"
at = "08:00"
"""

MEMBERS = "email,name\nada@example.org,Ada\nbo@example.org,Bó\ndi@example.org,Ди\n"


ASKING = frozenset({"announce", "cancel", "retry", "send", "settle"})


@dataclass
class Sink:
    """What a real SMTP server took, and what it is told to answer."""

    port: int = 0
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    returns: dict[str, str] = field(default_factory=dict)  # by recipient: the envelope's sender
    arrived: "queue.Queue[str]" = field(default_factory=queue.Queue)  # to wait on, without sleeping
    visits: int = 0  # connections that are open
    left: threading.Condition = field(default_factory=threading.Condition)
    reply: Callable[[str], str] = lambda _: "250 2.0.0 taken"
    at_rcpt: Callable[[str], str] = lambda _: "250 OK"

    @property
    def recipients(self) -> list[str]:
        return sorted(address for address, _ in self.taken)

    def message(self, address: str) -> EmailMessage:
        (content,) = [content for to, content in self.taken if to == address]
        return email.message_from_bytes(content, policy=default)

    def message_of_last(self, address: str) -> EmailMessage:
        content = [content for to, content in self.taken if to == address][-1]
        return email.message_from_bytes(content, policy=default)

    def is_left(self) -> bool:
        """Wait until every connection has ended: from then on nothing more is taken that was on its way."""
        with self.left:
            return self.left.wait_for(lambda: not self.visits, timeout=60)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.at_rcpt(address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        (address,) = envelope.rcpt_tos
        answer = self.reply(address)
        if answer.startswith("250"):
            self.taken.append((address, envelope.original_content))
            self.returns[address] = envelope.mail_from
            self.arrived.put(address)
        return answer


class _Visit(SMTP):
    """One connection, which the sink counts."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        with self.event_handler.left:
            self.event_handler.visits += 1
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        with self.event_handler.left:
            self.event_handler.visits -= 1
            self.event_handler.left.notify_all()


@pytest.fixture
def sink() -> Iterator[Sink]:
    with serving_sink() as sink:
        yield sink


@contextmanager
def serving_sink() -> Iterator[Sink]:
    """A real SMTP server on the loopback interface, until the end."""
    sink = Sink()
    loop = asyncio.new_event_loop()
    started = threading.Event()

    def serve() -> None:
        asyncio.set_event_loop(loop)
        listening = loop.create_server(lambda: _Visit(sink, enable_SMTPUTF8=True, loop=loop), "127.0.0.1", 0)
        server = loop.run_until_complete(listening)
        sink.port = server.sockets[0].getsockname()[1]
        started.set()
        loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    thread = threading.Thread(target=serve)
    thread.start()
    started.wait()
    try:
        yield sink
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


@dataclass
class Done:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Network:
    """A folder with a configuration, and the command line run in it as a person would."""

    folder: Path
    commands: "Commands"
    at: str = "2026-11-23T08:00"

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def change(self, name: str, before: str, after: str) -> None:
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")

    def run(self, *words: str) -> Done:
        """Run a command; what asks before it acts is answered with yes."""
        asks = words[0] in ASKING or words[:2] == ("lists", "apply")
        return self.run_unanswered(*words, *(("--yes",) if asks and "--yes" not in words else ()))

    def run_unanswered(self, *words: str) -> Done:
        """Run a command as a script without a terminal does."""
        code, out, err = self.commands.run(*words, folder=self.folder)
        return Done(code, out.decode(), err.decode())

    def json(self, *words: str) -> Any:
        done = self.run(*words, "--json")
        assert done.code == 0, done.err
        return done.json

    def send(self, at: str | None = None) -> Any:
        return self.json("send", "weekly", "--at", at or self.at)

    @contextmanager
    def process(self, *words: str, **options: Any) -> Iterator["Service"]:
        """A command that stays up; ended as an init system would end it, and it must end well."""
        process = subprocess.Popen(
            [sys.executable, "-m", "digest", *words],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONWARNINGS": "error"},
            **options,
        )
        service = Service(process)
        try:
            yield service
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)
            service.reader.join()
            process.stderr.close()
        assert process.returncode == 0, service.seen


class Service:
    """A running command, and what it has told on stderr."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.seen: list[str] = []
        self._told: queue.Queue[str | None] = queue.Queue()
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        for line in self.process.stderr:
            self.seen.append(line)
            self._told.put(line)
        self._told.put(None)

    def until(self, text: str) -> str:
        """Wait for a line that holds the text."""
        while (line := self._told.get(timeout=60)) is not None:
            if text in line:
                return line
        raise AssertionError(f"ended without telling {text!r}: {self.seen}")


@pytest.fixture(scope="session")
def commands() -> Iterator[Commands]:
    with Commands.ready() as ready:
        yield ready


@pytest.fixture
def network(tmp_path: Path, sink: Sink, commands: Commands) -> Network:
    made = Network(tmp_path, commands)
    made.write("config.toml", CONFIG.format(port=sink.port))
    made.write("posts.txt", POSTS)
    made.write("members.csv", MEMBERS)
    return made


@pytest.fixture
def visit(network):
    """A browser at the public pages of a running `digest web`."""
    with network.process("web") as service:
        address = re.search(r"pages at (\S+);", service.until("pages at"))[1]
        with httpx2.Client(base_url=address) as client:
            yield client
