"""Several workers in processes of their own at one campaign: killed, stopped, gone on, paused; as its server saw it."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from time import monotonic

import psycopg
import pytest
from faults.conftest import POST
from flow.conftest import Network
from postfix_sink import PostfixSink, postfix_sink

pytestmark = [pytest.mark.service("postgresql"), pytest.mark.service("postfix")]

MANY = 3_000
CONNECTIONS = 8
CAMPAIGN = "weekly-2026-W48"
PATIENCE = 120  # seconds that anything may take


@dataclass
class Cluster:
    """A network whose campaigns are shared, and what PostgreSQL and the server know of them."""

    network: Network
    url: str
    server: PostfixSink | None = None
    workers: list[subprocess.Popen[str]] = field(default_factory=list)

    def begin(self) -> None:
        """Let the edition go; the workers hear of it."""
        assert self.network.run("prepare", "weekly", "--at", self.network.at).code == 0
        assert self.network.run("approve", CAMPAIGN).code == 0

    @contextmanager
    def worker(self) -> Iterator["subprocess.Popen[str]"]:
        process = subprocess.Popen(
            [sys.executable, "-m", "digest", "worker"],
            cwd=self.network.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONWARNINGS": "error"},
        )
        self.workers.append(process)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGCONT)
            process.terminate()
            process.communicate(timeout=PATIENCE)

    def ask(self, query: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(query).fetchall()

    def until(self, what: str, reached: Callable[[], bool]) -> None:
        deadline = monotonic() + PATIENCE
        while not reached():
            self.ask("SELECT pg_sleep(0.05)")
            assert monotonic() < deadline, (what, self.states(), self.ask("SELECT * FROM workers"))

    def states(self) -> "Counter[str]":
        return Counter(dict(self.ask("SELECT state, count(*) FROM deliveries GROUP BY state")))

    def status(self) -> str:
        return self.ask("SELECT status FROM campaigns")[0][0]

    def holders(self) -> set[str]:
        """The processes that hold a chunk."""
        held = "SELECT DISTINCT name FROM chunks JOIN workers ON workers.id = chunks.holder"
        return {name.split()[-1] for (name,) in self.ask(held)}

    def both_hold(self) -> bool:
        return self.holders() == {str(one.pid) for one in self.workers}

    def nobody_is_lost_or_has_it_twice(self, *, doubt: int) -> None:
        """At the end: who is accepted has it once, who has none is in doubt, and the doubt is small."""
        rows = dict(self.ask("SELECT address_key, state FROM deliveries"))
        taken = self.server.taken()
        assert len(rows) == MANY
        assert set(rows.values()) <= {"accepted", "unknown"}
        assert max(taken.values()) == 1
        assert {one for one, state in rows.items() if state == "accepted"} <= taken.keys()
        assert rows.keys() - taken.keys() <= {one for one, state in rows.items() if state == "unknown"}
        assert Counter(rows.values())["unknown"] <= doubt


@pytest.fixture
def cluster(network: Network, shared_url: str) -> Iterator[Cluster]:
    with ExitStack() as stack:
        server = stack.enter_context(postfix_sink())
        network.write("members.csv", "email\n" + "\n".join(f"m{one}@example.org" for one in range(MANY)) + "\n")
        network.write("posts.txt", POST)
        port = (network.folder / "config.toml").read_text().partition("\nport = ")[2].partition("\n")[0]
        network.change(
            "config.toml",
            f"port = {port}\n",
            f'port = {server.port}\nconnections = {CONNECTIONS}\n[store]\nurl = "{shared_url}"\n'
            '[cluster]\nheartbeat = "0.2 seconds"\nlost_after = "2 seconds"\n',
        )
        network.change("config.toml", 'at = "08:00"', 'at = "08:00"\napproval = "required"')
        yield Cluster(network, shared_url, server)


def test_two_workers_share_a_campaign_and_what_one_held_that_is_killed_the_other_sends(cluster):
    with cluster.worker() as one, cluster.worker():
        cluster.begin()
        cluster.until("both send", lambda: cluster.both_hold() and cluster.states()["accepted"] > 0)
        one.kill()
        one.wait()
        cluster.until("it is over", lambda: cluster.status() == "sent")
        cluster.nobody_is_lost_or_has_it_twice(doubt=2 * CONNECTIONS)
        assert cluster.ask("SELECT count(*) FROM chunks WHERE holder IS NOT NULL") == [(0,)]
        cluster.until("no job is left", lambda: cluster.ask("SELECT count(*) FROM procrastinate_jobs") == [(0,)])
        raised = cluster.ask("SELECT count(*) FROM chunks WHERE fence > 1")
        assert raised > [(0,)]


def test_who_stood_still_until_its_chunks_were_anothers_writes_nothing_more(cluster):
    with cluster.worker() as one, cluster.worker():
        cluster.begin()
        cluster.until("both send", lambda: cluster.both_hold() and cluster.states()["accepted"] > 0)
        one.send_signal(signal.SIGSTOP)
        cluster.until("it is over without it", lambda: cluster.status() == "sent")
        before = cluster.ask("SELECT id, state, reply FROM deliveries ORDER BY id")
        one.send_signal(signal.SIGCONT)
        one.terminate()
        told = one.communicate(timeout=PATIENCE)[1]
        assert "taken over" in told or "terminating connection" in told, told
        assert cluster.ask("SELECT id, state, reply FROM deliveries ORDER BY id") == before
        cluster.nobody_is_lost_or_has_it_twice(doubt=2 * CONNECTIONS)
