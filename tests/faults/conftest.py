"""A larger network, a server that holds its answer at a chosen delivery, and commands that may be killed there."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field

import pytest
from flow.conftest import Done, Network, Sink, commands, network, sink

__all__ = ["commands", "network", "sink"]

EVERYBODY = [f"member{number}@example.org" for number in range(60)]
CAMPAIGN = "weekly-2026-W48"
CONNECTIONS = 4
POST = "A thought about hedges\n\nAdded by Una under Growing\n\nThey are alive.\n"


@pytest.fixture
def members(network: Network) -> Network:
    """Sixty people, over four connections."""
    network.write("members.csv", "email\n" + "\n".join(EVERYBODY) + "\n")
    network.write("posts.txt", POST)
    network.change("config.toml", "[web]", f"connections = {CONNECTIONS}\n[web]")
    return network


@dataclass
class Hold:
    """Lets the server stand still, with every connection, before it answers a chosen delivery."""

    nth: int
    reached: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)
    count: int = 0

    def __call__(self, _: str) -> str:
        self.count += 1
        if self.count == self.nth:
            self.reached.set()
            assert self.released.wait(timeout=60)
        return "250 2.0.0 taken"


@contextmanager
def held(sink: Sink, stage: str, nth: int) -> Iterator[Hold]:
    """The server holds at RCPT, or when it has the whole body (DATA), from now on counting."""
    hold = Hold(nth)
    name = {"RCPT": "at_rcpt", "DATA": "reply"}[stage]
    before = getattr(sink, name)
    setattr(sink, name, hold)
    try:
        yield hold
    finally:
        hold.released.set()
        setattr(sink, name, before)


@dataclass
class Sending:
    """`digest send weekly` as a process of its own."""

    process: "subprocess.Popen[bytes]"

    def reaches(self, hold: Hold) -> None:
        """Wait until the server holds an answer to this process."""
        while not hold.reached.wait(timeout=0.2):
            assert self.process.poll() is None, self.finished().err

    def tell(self, *signals: signal.Signals) -> None:
        for number in signals:
            os.kill(self.process.pid, number)

    def finished(self) -> Done:
        out, err = self.process.communicate(timeout=60)
        return Done(self.process.returncode, out.decode(), err.decode())


@contextmanager
def sending(network: Network, **options: object) -> Iterator[Sending]:
    """Begin to send; whatever the test does, no process is left behind."""
    process = subprocess.Popen(
        [sys.executable, "-m", "digest", "send", "weekly", "--at", network.at, "--yes", "--json"],
        cwd=network.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONWARNINGS": "error"},
        **options,
    )
    try:
        yield Sending(process)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.communicate()


def is_once_each(sink: Sink) -> bool:
    """Nobody has it twice."""
    return max(Counter(sink.recipients).values(), default=0) <= 1


def rows(network: Network) -> list[tuple[str, str]]:
    """Every delivery's address and state, read past the product."""
    with closing(sqlite3.connect(network.folder / "var/digest.sqlite")) as connection:
        return connection.execute("SELECT address_key, state FROM deliveries").fetchall()


def states(network: Network) -> "Counter[str]":
    """How many deliveries are in which state."""
    return Counter(state for _, state in rows(network))
