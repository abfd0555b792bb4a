"""Ended at random instants, again and again, while thousands are mailed; counted at the server, not at home."""

import csv
import random
import signal
import sqlite3
import subprocess
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from os import environ
from time import monotonic

import pytest
from faults.conftest import CAMPAIGN, POST, Sending, rows, sending
from flow.conftest import Network
from postfix_sink import PostfixSink, postfix_sink

pytestmark = pytest.mark.service("postfix")

# Members; what stops of its own accord needs no crowd, and a larger one is for whoever has minutes.
MANY = {signal.SIGKILL: int(environ.get("CHAOS_MEMBERS", "8000")), signal.SIGTERM: 6_000}
CONNECTIONS = 20
WHILE_IT_SENDS = 12  # ends, after those of the beginnings
PATIENCE = 120  # seconds that anything may take

IN_FLIGHT = {signal.SIGKILL: 2 * CONNECTIONS, signal.SIGTERM: 0}  # deliveries, at most, for each end
DOUBT = {signal.SIGKILL: CONNECTIONS, signal.SIGTERM: 0}  # likewise, once what was only claimed has gone on by itself
CODE = {signal.SIGKILL: -signal.SIGKILL, signal.SIGTERM: 1}

# Ends before much is sent: which table has rows by then, and how many seconds later at most.
BEGINNINGS = (("", 0.6), ("sqlite_master", 0.1), ("subscriptions", 0.3), ("deliveries", 0.1))


@dataclass
class Chaos:
    """A campaign whose sending is ended again and again, and what must hold after each end."""

    network: Network
    server: PostfixSink
    ending: signal.Signals
    random: random.Random
    everybody: frozenset[str]
    done: list[str] = field(default_factory=list)
    in_flight: set[str] = field(default_factory=set)  # at any end
    in_doubt: int = 0  # by now

    def end_when(self, reached: Callable[[], bool], what: str, *, within: float, locked: bool = False) -> int:
        """Send until it is so, end it some random seconds later, and look at what is left; its exit code."""
        wait, times = self.random.uniform(0, within), self.random.choice((1, 2))
        during = " with the database locked" if locked else ""
        self.done.append(f"{what}, {1000 * wait:.0f} ms{during}, {times} x {self.ending.name}")
        with sending(self.network) as sender:
            deadline = monotonic() + PATIENCE
            while not reached():
                assert not _ended(sender, within=0.01), (self.told, sender.finished().err)
                assert monotonic() < deadline, self.told
            with self.lock() if locked else nullcontext():
                assert not _ended(sender, within=wait), (self.told, sender.finished().err)
                sender.tell(*[self.ending] * times)
            code = sender.finished().code
        self.done[-1] += f": exit {code}, {self.check()}"
        return code

    def check(self) -> dict[str, int]:
        """Nobody twice, nobody forgotten, nobody queued who has it, no more doubt than promised; how many are where."""
        taken, found = self.server.taken(), defaultdict(set)
        for address, state in rows(self.network) if self.has("deliveries") else ():
            found[state].add(address)
        assert max(taken.values(), default=0) <= 1, self.told
        assert not found["queued"] & taken.keys(), self.told
        assert found["accepted"] <= taken.keys(), self.told
        assert len(found["in_flight"]) <= IN_FLIGHT[self.ending], self.told
        assert found["unknown"] <= self.in_flight, self.told
        assert len(found["unknown"]) - self.in_doubt <= DOUBT[self.ending], self.told
        assert frozenset().union(*found.values()) in (self.everybody, frozenset()), self.told
        self.in_flight |= found["in_flight"]
        self.in_doubt = len(found["unknown"])
        counts = {state: len(people) for state, people in found.items() if people}
        assert counts.keys() <= {"queued", "accepted", "in_flight", "unknown"}, self.told
        return counts

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Meanwhile nothing is committed, as on a disk that takes its time; who is not claimed must not be sent to."""
        path = self.network.folder / "var/digest.sqlite"
        with closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield

    def has(self, table: str) -> bool:
        """Whether the database has rows there, asked past the product; without a table it is as it is."""
        if not table:
            return True
        with suppress(sqlite3.OperationalError):  # there is no such table yet, or no database
            path = self.network.folder / "var/digest.sqlite"
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
                return connection.execute(f"SELECT 1 FROM {table}").fetchone() is not None
        return False

    def goal(self, ends: int) -> int:
        """How many the server will have taken at the next end, where so many ends are still to come."""
        taken = self.server.taken().total()
        left = len(self.everybody) - taken - self.in_doubt
        return taken + self.random.randint(1, 3 * left // (2 * (ends + 1)))

    @property
    def told(self) -> str:
        """What was done, for whoever has to repeat it."""
        return "\n".join(self.done)


def _ended(sender: Sending, *, within: float) -> bool:
    with suppress(subprocess.TimeoutExpired):
        sender.process.wait(timeout=within)
    return sender.process.returncode is not None


def _reported(network: Network) -> dict[str, set[str]]:
    """Who is in which state, as the product's own report tells it."""
    file = network.folder / "who.csv"
    report = network.json("report", CAMPAIGN, "--csv", str(file))
    found = defaultdict(set)
    with file.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            found[row["state"]].add(row["address"])
    assert (len(found["accepted"]), len(found["unknown"])) == (report["accepted"], report["unknown"])
    assert sum(one["people"] for one in report["replies"]) == report["unknown"] == report["in_doubt"]
    return found


@pytest.mark.parametrize("seed", [2026])
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM], ids=["SIGKILL", "SIGTERM"])
def test_however_often_it_is_ended_nobody_is_lost_nobody_has_it_twice_and_every_doubt_is_shown(
    network, sink, ending, seed
):
    everybody = frozenset(f"member{number}@example.org" for number in range(MANY[ending]))
    network.write("members.csv", "email\n" + "\n".join(sorted(everybody)) + "\n")
    network.write("posts.txt", POST)
    with postfix_sink() as server:
        smtp = f"port = {server.port}\nconnections = {CONNECTIONS}\n[web]"
        network.change("config.toml", f"port = {sink.port}\n[web]", smtp)
        chaos = Chaos(network, server, ending, random.Random(seed), everybody)
        for table, within in BEGINNINGS:
            code = chaos.end_when(lambda table=table: chaos.has(table), f"rows in {table!r}", within=within)
            assert code in {CODE[ending], -ending}, chaos.told  # the latter before it begins to work
        for ends in range(WHILE_IT_SENDS, 0, -1):
            goal = chaos.goal(ends)
            reached, locked = lambda goal=goal: server.taken().total() >= goal, chaos.random.choice((True, False))
            code = chaos.end_when(reached, f"{goal} taken", within=0.1 if locked else 0.02, locked=locked)
            assert code == CODE[ending], chaos.told
        last = network.send()
    taken, found = server.taken(), _reported(network)
    assert (last["status"], last["queued"], last["in_flight"]) == ("sent", 0, 0), chaos.told
    assert taken == Counter(taken.keys()), chaos.told
    assert found["accepted"] <= taken.keys(), chaos.told
    assert taken.keys() | found["unknown"] == everybody, chaos.told
    assert found["unknown"] <= chaos.in_flight, chaos.told
    assert len(found["unknown"]) <= DOUBT[ending] * len(chaos.done), chaos.told
    assert bool(found["unknown"]) == bool(DOUBT[ending]), chaos.told  # it was ended in the middle of something
