"""Workers in processes of their own at one campaign: killed, stopped and gone on, paused; counted at the server."""

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
from flow.conftest import Network, serving_sink
from postfix_sink import PostfixSink, postfix_sink

pytestmark = [pytest.mark.service("postgresql"), pytest.mark.service("postfix")]

MANY = 3_000
FEWER = 1_100  # three chunks, where the server is slow
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


def made(network: Network, url: str, *, port: int, people: int = FEWER, more: str = "") -> Cluster:
    network.write("members.csv", "email\n" + "\n".join(f"m{one}@example.org" for one in range(people)) + "\n")
    network.write("posts.txt", POST)
    before = (network.folder / "config.toml").read_text().partition("\nport = ")[2].partition("\n")[0]
    network.change(
        "config.toml",
        f"port = {before}\n[web]",
        f'port = {port}\nconnections = {CONNECTIONS}\n{more}[store]\nurl = "{url}"\n'
        '[cluster]\nheartbeat = "0.2 seconds"\nlost_after = "2 seconds"\n[web]',
    )
    network.change("config.toml", 'at = "08:00"', 'at = "08:00"\napproval = "required"')
    return Cluster(network, url)


@pytest.fixture
def cluster(network: Network, shared_url: str) -> Iterator[Cluster]:
    with postfix_sink() as server:
        cluster = made(network, shared_url, port=server.port, people=MANY)
        cluster.server = server
        yield cluster


def test_two_workers_share_a_campaign_and_what_one_held_that_is_killed_the_other_sends(cluster):
    with cluster.worker() as one, cluster.worker():
        cluster.begin()
        cluster.until("both send", lambda: cluster.both_hold() and cluster.states()["accepted"] > 0)
        one.kill()
        one.wait()
        cluster.until("it is over", lambda: cluster.status() == "sent")
        cluster.nobody_is_lost_or_has_it_twice(doubt=CONNECTIONS)
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


def test_a_worker_that_loses_every_connection_to_the_database_goes_on_and_mails_nobody_twice(network, sink, shared_url):
    people = 600  # two chunks
    cluster = made(network, shared_url, port=sink.port, people=people)
    with cluster.worker() as worker:
        cluster.begin()
        cluster.until("it sends", lambda: len(sink.taken) > CONNECTIONS)
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        cluster.ask(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
        cluster.until("it is over", lambda: cluster.status() == "sent")
        assert worker.poll() is None
    states, times = cluster.states(), Counter(sink.recipients)
    assert max(times.values()) == 1
    assert states["accepted"] + states["unknown"] == people
    assert states["unknown"] <= 2 * CONNECTIONS
    assert states["accepted"] <= len(times)


def test_the_rate_of_all_is_the_one_configured_and_a_pause_reaches_everybody(network, sink, shared_url):
    rate, starts = 50, []

    def reply(_: str) -> str:
        starts.append(monotonic())
        return "250 2.0.0 taken"

    sink.reply = reply
    cluster = made(network, shared_url, port=sink.port, more=f'rate = "{rate}/second"\n')
    with cluster.worker(), cluster.worker():
        cluster.begin()
        cluster.until("both send", cluster.both_hold)
        first = len(starts)
        cluster.until("enough is sent to judge by", lambda: len(starts) > first + 2 * rate)
        times = starts[first:]
        reached = (len(times) - 1) / (times[-1] - times[0])
        assert reached < 1.25 * rate  # a slice more in two seconds at most, and a busy machine sends less
        assert network.run("pause", CAMPAIGN).code == 0
        paused = len(starts)
        cluster.until("nobody holds anything", lambda: not cluster.holders())
        states = cluster.states()
        assert (states["in_flight"], states["unknown"], states["accepted"]) == (0, 0, len(sink.taken))
        assert len(starts) - paused <= CONNECTIONS  # what was on the wire
        shown = network.json("status")["workers"]
        assert [(one["kind"], one["alive"], one["chunks"]) for one in shown] == 2 * [("worker", True, [])]


def test_a_server_that_refuses_our_mail_has_the_campaign_held_whoever_sees_it(network, sink, shared_url):
    sink.reply = lambda _: "554 5.7.1 we do not want this"
    cluster = made(network, shared_url, port=sink.port)
    with cluster.worker(), cluster.worker():
        cluster.begin()
        cluster.until("it is held", lambda: cluster.status() == "held")
        cluster.until("nobody holds anything", lambda: not cluster.holders())
    states = cluster.states()
    assert states["rejected"] <= 4 * (10 + CONNECTIONS)  # of each of the chunks that were under way
    assert states["queued"] + states["rejected"] == FEWER


def test_sending_by_hand_beside_a_worker_takes_part_and_ends_with_all_of_it(network, sink, shared_url):
    cluster = made(network, shared_url, port=sink.port)
    with cluster.worker():
        cluster.begin()
        sent = network.send()
    assert (sent["status"], sent["accepted"], sent["queued"], sent["in_flight"]) == ("sent", FEWER, 0, 0)
    assert max(Counter(sink.recipients).values()) == 1


def test_relays_days_hold_over_all_workers_and_the_rest_waits_untried(network, shared_url):
    most = {"north": 450, "south": 300}
    with ExitStack() as stack:
        sinks = {name: stack.enter_context(serving_sink()) for name in most}
        cluster = made(network, shared_url, port=1)
        text = (network.folder / "config.toml").read_text()
        before, _, after = text.partition("[smtp]\n")
        tables = "".join(
            f'[[relays]]\nname = "{name}"\nhost = "127.0.0.1"\nport = {one.port}\ndaily_maximum = {most[name]}\n'
            for name, one in sinks.items()
        )
        network.write("config.toml", f"{before}{tables}[store]{after.partition('[store]')[2]}")
        stack.enter_context(cluster.worker())
        stack.enter_context(cluster.worker())
        cluster.begin()
        left = FEWER - sum(most.values())
        waiting = "SELECT count(*) FROM deliveries WHERE state = 'queued' AND next_attempt_at IS NOT NULL"
        cluster.until("the days are full", lambda: cluster.ask(waiting) == [(left,)] and not cluster.holders())
        assert {name: len(one.taken) for name, one in sinks.items()} == most
        given = "SELECT relay, count(*) FROM deliveries WHERE state = 'accepted' GROUP BY relay"
        assert dict(cluster.ask(given)) == most
        assert cluster.ask("SELECT max(attempts) FROM deliveries WHERE state = 'queued'") == [(0,)]
        assert [one["state"] for one in network.json("status")["relays"]] == ["full", "full"]


def test_a_worker_on_sqlite_says_what_it_needs(network):
    done = network.run("worker")
    assert (done.code, "digest worker needs PostgreSQL" in done.err) == (2, True)
