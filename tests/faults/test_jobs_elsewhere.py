"""`digest run` beside `digest worker`: who collects and composes, and what a worker that is stuck holds up."""

import signal
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from faults.test_workers import made

pytestmark = pytest.mark.service("postgresql")

PEOPLE = 3


def due_in(network, seconds):
    moment = datetime.now(ZoneInfo("Europe/London")) + timedelta(seconds=seconds)
    if moment.hour == 23 and moment.minute > 55:
        pytest.skip("a day ends in these minutes; the period would change under the test")
    schedule = 'every = "week"\non = "monday"\nat = "08:00"\napproval = "required"'
    network.change("config.toml", schedule, f'every = "day"\nat = {moment:%H:%M:%S}')


def test_a_worker_collects_and_composes_what_the_schedule_has_it_do(network, sink, shared_url):
    cluster = made(network, shared_url, port=sink.port, people=PEOPLE)
    due_in(network, 12)
    with network.process("worker") as worker:
        worker.until("digest works")
        cluster.until("it lives", lambda: cluster.ask("SELECT count(*) FROM workers") == [(1,)])
        with network.process("run") as service:
            worker.until('"event": "collected"')
            worker.until('"event": "prepared"')
            cluster.until("everybody has it", lambda: len(sink.taken) == PEOPLE)
            assert not [line for line in service.seen if '"collected"' in line or '"prepared"' in line]
            assert {one["queue"] for one in network.json("status")["queues"]} == {"chunks", "jobs"}
    cluster.until("no call is left", lambda: cluster.ask("SELECT count(*) FROM procrastinate_jobs") == [(0,)])


def test_a_worker_that_stands_still_holds_up_nothing(network, sink, shared_url):
    cluster = made(network, shared_url, port=sink.port, people=PEOPLE)
    with cluster.worker() as worker:
        cluster.until("it lives", lambda: cluster.ask("SELECT count(*) FROM workers") == [(1,)])
        worker.send_signal(signal.SIGSTOP)
        with network.process("run") as service:
            service.until('"event": "collected"')
            assert [one["items"] for one in network.json("status")["sources"]] == [1]
        assert worker.poll() is None
        worker.kill()
