"""A cluster behind PgBouncer in transaction mode: what a session would keep is asked of no session."""

import re
import signal
import subprocess
import sys
from collections import Counter

import httpx2
import psycopg
import pytest
from faults.test_workers import made
from pgbouncer_instance import pgbouncer

pytestmark = [pytest.mark.service("postgresql"), pytest.mark.service("pgbouncer")]


FEW = 600  # two chunks


@pytest.fixture
def pooled(network, sink, shared_url):
    with pgbouncer(shared_url) as url:
        cluster = made(network, url, port=sink.port, people=FEW)
        network.change("config.toml", "[cluster]\n", "[cluster]\npgbouncer = true\n")
        cluster.url = shared_url
        yield cluster


def test_a_worker_the_service_and_a_command_share_a_campaign_through_it_and_each_person_has_it_once(pooled, sink):
    network = pooled.network
    pooled.begin()
    service = subprocess.Popen(
        [sys.executable, "-m", "digest", "run"], cwd=network.folder, stderr=subprocess.PIPE, text=True
    )
    try:
        told = ""
        while not (found := re.search(r"pages at (http://[\d.:]+)", told)):
            line = service.stderr.readline()
            assert line, told
            told += line
        address = found[1]
        with pooled.worker() as worker:
            sent = network.send()  # takes part, and ends with all of it
            assert httpx2.get(f"{address}/unsubscribe/none").status_code == 404
            assert (sent["status"], sent["accepted"]) == ("sent", FEW)
            second = network.run("run")
            assert "running already" in second.err, second  # a service of its own is refused: its lock holds through it
            assert worker.poll() is None
    finally:
        service.send_signal(signal.SIGTERM)
        service.communicate(timeout=60)
    assert Counter(sink.recipients) == Counter(dict.fromkeys(sink.recipients, 1))
    assert len(sink.recipients) == FEW


def test_who_stands_still_in_a_transaction_is_ended_by_what_is_set_for_the_role(pooled):
    with psycopg.connect(pooled.url, autocommit=True) as connection:
        connection.execute("ALTER ROLE digest SET idle_in_transaction_session_timeout = '100ms'")
        try:
            with pgbouncer(pooled.url) as url, psycopg.connect(url, prepare_threshold=None) as still:
                still.execute("SELECT 1")
                # Until it is gone: this waits for the server, not for the clock.
                waits = (
                    "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND usename = 'digest'"
                )
                while connection.execute(waits).fetchone() != (0,):
                    pass
                with pytest.raises(psycopg.Error):
                    still.execute("SELECT 1")
        finally:
            connection.execute("ALTER ROLE digest RESET idle_in_transaction_session_timeout")
