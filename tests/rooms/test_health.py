"""What was due and did not happen, told by the command line, /health, /metrics and an outside watcher's silence."""

import http.server
import sqlite3
import threading
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest
from rooms.test_scheduler import CONFIG, POST
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from digest.app import open_app
from digest.config import load_config
from digest.core import campaigns as core_campaigns
from digest.core import editions, health
from digest.model import BY_SCHEDULE
from digest.store.organisers import job_runs
from digest.web import create_web

HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)


@pytest.fixture
def make(tmp_path, empty_store):
    @contextmanager
    def make(now, keys=""):
        (tmp_path / "config.toml").write_text(CONFIG + keys)
        (tmp_path / "posts.txt").write_text(POST)
        (tmp_path / "members.csv").write_text("email\nada@example.org\nbo@example.org\n")
        with open_app(load_config(tmp_path / "config.toml", environ={}), at=now) as app:
            yield app

    return make


def runs(app, now):
    with app.store.write() as connection:
        job_runs.record(connection, "prepare", now)


@contextmanager
def watcher(status=200):
    """An outside watcher that counts what it is told."""
    told = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            told.append(self.path)
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/ping/s3cret", told
        server.shutdown()


async def test_what_was_never_begun_is_overdue_once_the_service_has_run_here(make, now):
    with make(now) as app:
        await editions.prepare_due(app, now, by=BY_SCHEDULE)
        assert await accepted(app, now) == 2
        assert health.overdue(app, now + WEEK + HOUR) == ()  # digest run never ran: nothing is due by itself
        runs(app, now)
        assert health.overdue(app, now + WEEK + timedelta(minutes=9)) == ()
        assert health.overdue(app, now + WEEK + HOUR) == (
            "weekly-2026-W49 was due at 2026-11-30 08:00 and was never begun",
        )
        assert health.overdue(app, now + HOUR) == ()


async def test_a_missed_edition_is_overdue_for_a_day_and_a_stuck_one_as_long_as_it_is(make, now):
    with make(now) as app:
        runs(app, now)
        await editions.prepare_due(app, now, by=BY_SCHEDULE)
        assert health.overdue(app, now + HOUR / 2) == ()
        (stuck,) = health.overdue(app, now + 2 * HOUR)
        assert stuck.startswith("weekly-2026-W48 is being sent, and nothing of it has gone since")
        assert await accepted(app, now + 3 * HOUR) == 2
        late = now + WEEK + 13 * HOUR
        await editions.prepare_due(app, late, by=BY_SCHEDULE)
        assert health.overdue(app, late) == ("weekly-2026-W49 was due at 2026-11-30 08:00 and was missed",)
        assert health.overdue(app, late + 24 * HOUR) == ()


async def accepted(app, moment):
    (sent,) = [one async for one in core_campaigns.send_due(app, moment)]
    return sent.accepted_now


def told(client, path):
    """Twice: what is seen at the first is told at the second."""
    client.get("/metrics")
    return client.get(path)


async def test_what_is_asked_first_is_looked_at_first(make, now):
    with make(now + WEEK + HOUR) as app:
        await editions.prepare_due(app, now, by=BY_SCHEDULE)
        assert await accepted(app, now) == 2
        runs(app, now)
        with TestClient(create_web(app)) as client:
            assert client.get("/health").text == "overdue; `digest status` tells what\n"


@pytest.mark.sqlite
def test_a_damaged_store_is_not_well(make, now):
    with make(now) as app, TestClient(create_web(app)) as client:
        app.store.close()  # with which all is in the one file
        with app.store.file.open("r+b") as file:
            size = file.seek(0, 2)
            file.seek(4096)
            file.write(b"\xff" * (size - 4096))
        for _ in range(2):
            answer = client.get("/health")
            assert (answer.status_code, answer.text) == (503, "the store cannot be read\n")


@pytest.mark.sqlite
def test_a_store_that_does_not_answer_is_not_well(make, now, monkeypatch):
    monkeypatch.setattr("digest.web.monitoring._PATIENCE", 0.05)
    with make(now) as app, TestClient(create_web(app)) as client:
        app.store.close()
        with closing(sqlite3.connect(app.store.file)) as other:
            other.execute("PRAGMA locking_mode=EXCLUSIVE")
            other.execute("BEGIN EXCLUSIVE")
            answer = client.get("/health")
        assert (answer.status_code, answer.text) == (503, "the store does not answer\n")


async def test_health_and_metrics_tell_it_in_counts_alone(make, now):
    with make(now + WEEK + HOUR) as app:
        await editions.prepare_due(app, now, by=BY_SCHEDULE)
        assert await accepted(app, now) == 2
        with TestClient(create_web(app)) as client:
            assert told(client, "/health").text == "ok\n"
        runs(app, now)
        with TestClient(create_web(app)) as client:
            answer = told(client, "/health")
            lines = client.get("/metrics").text.splitlines()
    assert (answer.status_code, answer.text) == (503, "overdue; `digest status` tells what\n")
    assert {'digest_deliveries{outcome="accepted"} 2.0', "digest_overdue 1.0", "digest_doubts 0.0"} <= set(lines)
    assert {'digest_relay_ok{relay="smtp"} 1.0', "digest_workers 0.0"} <= set(lines)
    assert any(line.startswith('digest_source_age_seconds{source="posts"} ') for line in lines)
    (due,) = [line for line in lines if line.startswith('digest_next_due_timestamp_seconds{digest="weekly"} ')]
    assert float(due.split()[1]) == (now + 2 * WEEK).timestamp()
    assert not any("example.org" in line or "hedges" in line for line in lines)


async def test_the_watcher_is_told_only_while_all_is_well_and_its_trouble_is_nobodys(make, now):
    with watcher() as (address, asked), make(now, f'[health]\nping = "{address}"\n') as app:
        runs(app, now)
        assert await health.ping(app, now)
        assert asked == ["/ping/s3cret"]
        await editions.prepare_due(app, now, by=BY_SCHEDULE)
        with capture_logs() as logs:
            assert not await health.ping(app, now + 2 * HOUR)
        assert len(asked) == 1
        assert [one["event"] for one in logs] == ["the watcher is not told that all is well"]
    with make(now + 3 * HOUR, f'[health]\nping = "{address}"\n') as app, capture_logs() as logs:  # it is gone
        assert await accepted(app, now + 3 * HOUR) == 2
        assert not await health.ping(app, now + 3 * HOUR)
        assert "s3cret" not in str(logs)
        assert "s3cret" not in repr(app.config)
    with watcher(status=500) as (address, asked), make(now, f'[health]\nping = "{address}"\n') as app:
        assert not await health.ping(app, now)
        assert len(asked) == 1


def test_a_jobs_run_is_written_down_once_a_minute_and_at_once_when_it_fails(make, now):
    with make(now) as app:
        run = health.ran(app, "send", now, before=None)
        again = health.ran(app, "send", now + timedelta(seconds=59), before=run)
        assert again is run
        failed = health.ran(app, "send", now + timedelta(seconds=5), before=run, error="no server")
        (kept,) = health.runs(app)
        assert (kept.error, kept.started_at, kept.succeeded_at) == ("no server", failed.started_at, now)
