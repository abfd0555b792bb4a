"""Jobs of the schedule that workers do, in a real PostgreSQL: who is called, who takes, and what comes back."""

import asyncio
from datetime import timedelta

import pytest
from rooms.test_store_workers import LOST_AFTER, store
from sqlalchemy import text

from digest.app import open_app
from digest.config import load_config
from digest.core import campaigns, health
from digest.service.queue import Queue
from digest.service.ticks import Job, Tick
from digest.store.outbox import job_calls, workers

__all__ = ["store"]

pytestmark = pytest.mark.service("postgresql")

CONFIG = """\
[network]
name = "Growers"
[sender]
email = "digest@example.org"
[store]
url = "{url}"
[cluster]
heartbeat = "1 second"
lost_after = "30 seconds"
"""


@pytest.fixture
def app(store, shared_url, tmp_path, now):
    (tmp_path / "config.toml").write_text(CONFIG.format(url=shared_url))
    with open_app(load_config(tmp_path / "config.toml", environ={}), at=now) as opened:
        yield opened


def sign(store, kind="worker", config="alike"):
    with store.write() as connection:
        workers.sign(connection, "ann", name="ann 1", kind=kind, version="1", wants=False, config=config)


def call(store, now, job="collect", config="alike", lost_after=LOST_AFTER):
    with store.write() as connection:
        return job_calls.call(connection, job, now, config=config, lost_after=lost_after)


def rows(store, query):
    with store.read() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def calls(store):
    return rows(store, "SELECT args ->> 'job', status::text FROM procrastinate_jobs ORDER BY id")


def taken(store, *, heartbeat="now()"):
    """Somebody takes what waits, and gave its last sign of life then."""
    with store.write() as connection:
        worker = "WITH new AS (INSERT INTO procrastinate_workers (last_heartbeat) VALUES ({}) RETURNING id)"
        change = "UPDATE procrastinate_jobs SET status = 'doing', worker_id = new.id FROM new"
        connection.execute(text(f"{worker.format(heartbeat)} {change}"))


async def work(app, *, run_job=None, until):
    """A worker of the queue until something holds."""
    stopping = asyncio.Event()

    async def send(campaign_id, number):
        raise AssertionError

    settings = {"heartbeat": timedelta(seconds=1), "lost_after": LOST_AFTER, "config": app.config.hash}
    queue = Queue(app.store.conninfo, pooled=False, **settings)
    working = asyncio.create_task(queue.work(send, concurrency=1, stopping=stopping, run_job=run_job))
    async with asyncio.timeout(60):
        await until
    stopping.set()
    await working


@pytest.mark.parametrize("kind", [None, "sender", "run"])
def test_nobody_is_called_where_no_worker_lives_that_does_jobs(store, now, kind):
    if kind:
        sign(store, kind)
    assert call(store, now) is None
    assert calls(store) == []


def test_a_worker_that_gave_no_sign_is_not_waited_for(store, now):
    sign(store)
    assert call(store, now, lost_after=timedelta(microseconds=1)) is None


def test_a_job_is_called_for_once_however_often_the_schedule_asks(store, now):
    sign(store)
    assert call(store, now) == call(store, now + timedelta(minutes=15))
    assert call(store, now, job="returns") != call(store, now)
    assert calls(store) == [("collect", "todo"), ("returns", "todo")]


def test_a_call_that_waits_is_for_the_moment_at_which_it_was_last_asked_for(store, now):
    sign(store)
    call(store, now - timedelta(hours=1))
    call(store, now)
    assert rows(store, "SELECT args ->> 'at' FROM procrastinate_jobs") == [(now.isoformat(),)]


def test_while_a_living_worker_is_at_it_no_other_is_called(store, now):
    sign(store)
    number = call(store, now)
    taken(store)
    assert call(store, now) == number
    assert calls(store) == [("collect", "doing")]


def test_what_a_lost_worker_was_at_is_called_for_anew(store, now):
    sign(store)
    number = call(store, now)
    taken(store, heartbeat="now() - interval '31 seconds'")
    assert call(store, now) != number
    assert calls(store) == [("collect", "todo")]


def test_a_worker_with_another_configuration_is_not_called_and_no_call_of_that_stands_in_the_way(store, now):
    sign(store, config="before")
    before = call(store, now, config="before")
    assert call(store, now) is None
    sign(store)
    assert call(store, now) != before
    assert rows(store, "SELECT queue_name FROM procrastinate_jobs") == [("jobs-alike",)]


def test_what_is_taken_does_not_come_back(store, now):
    sign(store)
    number = call(store, now)
    taken(store)
    with store.write() as connection:
        assert not job_calls.take_back(connection, number)
    assert calls(store) == [("collect", "doing")]


async def test_a_job_that_no_worker_takes_in_time_is_done_where_it_was_woken(app, monkeypatch):
    monkeypatch.setattr("digest.core.health.handing._PATIENCE", 0.2)
    sign(app.store, config=app.config.hash)
    done = []

    async def run(_app, now):
        done.append(now)

    hand = health.hand

    async def handing(job):
        return await hand(app, job)

    await Tick(app, Job("collect", timedelta(hours=1), anywhere=True), run, hand=handing).wake()
    assert len(done) == 1
    assert calls(app.store) == []
    assert [one.job for one in health.runs(app)] == ["collect"]


async def test_when_the_schedule_ends_what_waits_is_taken_back_at_once(app):
    sign(app.store, config=app.config.hash)
    app.stopping.set()
    async with asyncio.timeout(2):
        assert not await health.hand(app, "collect")
    assert calls(app.store) == []


async def test_a_job_for_this_machine_only_is_handed_to_nobody(app):
    done = []

    async def run(_app, now):
        done.append(now)

    async def hand(job):
        raise AssertionError(job)

    await Tick(app, Job("backup", timedelta(hours=1)), run, hand=hand).wake()
    assert len(done) == 1


async def test_a_worker_does_the_job_as_of_the_moment_of_who_asked(app, now):
    sign(app.store, config=app.config.hash)
    done = []

    async def run_job(job, at):
        done.append((job, at))
        return True

    async def handed():
        with app.store.write() as connection:
            assert job_calls.call(connection, "collect", now, config=app.config.hash, lost_after=LOST_AFTER)
        while not done:
            await asyncio.to_thread(lambda: None)

    await work(app, run_job=run_job, until=handed())
    assert done == [("collect", now)]
    assert calls(app.store) == []


async def test_a_job_that_is_stopped_with_its_worker_is_anothers_to_do(app, now):
    sign(app.store, config=app.config.hash)
    begun = asyncio.Event()

    async def run_job(job, at):
        begun.set()
        return False

    with app.store.write() as connection:
        assert job_calls.call(connection, "collect", now, config=app.config.hash, lost_after=LOST_AFTER)
    await work(app, run_job=run_job, until=begun.wait())
    assert calls(app.store) == [("collect", "todo")]


async def test_a_worker_that_only_sends_takes_no_job(app, monkeypatch):
    monkeypatch.setattr("digest.core.health.handing._PATIENCE", 1.0)
    sign(app.store, config=app.config.hash)

    async def handed():
        assert not await health.hand(app, "collect")

    await work(app, until=handed())
    assert calls(app.store) == []


def test_workers_that_go_by_another_configuration_are_named(app):
    sign(app.store, config="another")
    assert campaigns.otherwise_configured(app, campaigns.seen_workers(app)) == (
        "worker ann 1 goes by another config.toml than this one: they are to be the same on every machine, and read at"
        " the start"
    )
    sign(app.store, config=app.config.hash)
    assert campaigns.otherwise_configured(app, campaigns.seen_workers(app)) == ""


def test_queues_are_told_with_what_waits_what_is_later_and_what_is_under_way(store, app, now):
    assert [(one.queue, one.waiting, one.later, one.under_way, one.oldest) for one in health.queues(app)] == [
        ("chunks", 0, 0, 0, 0.0),
        ("jobs", 0, 0, 0, 0.0),
    ]
    sign(store)
    call(store, now)
    taken(store)
    call(store, now, job="returns")
    with store.write() as connection:
        connection.execute(text("UPDATE procrastinate_events SET at = now() - interval '40 seconds'"))
        later = "INSERT INTO procrastinate_jobs (queue_name, task_name, scheduled_at) VALUES ('chunks', 'x', {})"
        connection.execute(text(later.format("now() + interval '1 hour'")))
        connection.execute(text(later.format("now() - interval '5 seconds'")))
    chunks, jobs = health.queues(app)
    assert (chunks.waiting, chunks.later, chunks.under_way) == (1, 1, 0)
    assert 5 <= chunks.oldest < 30
    assert (jobs.waiting, jobs.later, jobs.under_way) == (1, 0, 1)
    assert 40 <= jobs.oldest < 70
