"""The queue of chunks in a real PostgreSQL: what a chunk that could not be sent leaves behind."""

import asyncio
from datetime import timedelta

import pytest
from rooms.test_store_workers import campaign, store
from sqlalchemy import text

from digest.errors import DeliveryError
from digest.service.queue import Queue
from digest.store import outbox

__all__ = ["campaign", "store"]

pytestmark = pytest.mark.service("postgresql")


def asked(store, query):
    with store.read() as connection:
        return connection.execute(text(query)).all()


def told(store, statement):
    with store.write() as connection:
        connection.execute(text(statement))


async def test_a_chunk_that_fails_while_it_is_called_for_anew_leaves_that_call_and_no_job_that_runs_for_ever(
    store, campaign, now
):
    stopping, failed = asyncio.Event(), []

    async def send(campaign_id, number):
        failed.append(number)
        with store.write() as connection:
            outbox.call(connection, now)
        stopping.set()
        raise DeliveryError("the server is down")

    queue = Queue(store.conninfo, heartbeat=timedelta(seconds=10), lost_after=timedelta(seconds=60), pooled=False)
    await queue.work(send, concurrency=1, stopping=stopping)
    assert failed == [1]
    waiting = "SELECT status::text, args ->> 'number' FROM procrastinate_jobs ORDER BY id"
    assert sorted(asked(store, waiting)) == [("todo", "1"), ("todo", "2")]


async def test_a_chunk_that_fails_is_called_for_again_later_and_waits_longer_each_time(store, campaign):
    stopping, failed = asyncio.Event(), []
    waits = (
        "SELECT job.scheduled_at - min(made.at) FROM procrastinate_jobs job JOIN procrastinate_events made"
        " ON made.job_id = job.id WHERE job.scheduled_at IS NOT NULL GROUP BY job.id"
    )

    async def send(campaign_id, number):
        if number == 1:
            failed.append(number)
            await asyncio.to_thread(told, store, "DELETE FROM procrastinate_jobs WHERE args ->> 'number' = '2'")
            if len(failed) == 3:
                stopping.set()
            raise DeliveryError("the server is down")

    async def time_passes():  # in threads: the queue may hold a job's row until this loop goes on
        seconds = []
        while not stopping.is_set():
            if found := await asyncio.to_thread(asked, store, waits):
                seconds.append(found[0][0].total_seconds())
                await asyncio.to_thread(told, store, "UPDATE procrastinate_jobs SET scheduled_at = NULL")
        return seconds

    queue = Queue(store.conninfo, heartbeat=timedelta(seconds=10), lost_after=timedelta(seconds=60), pooled=False)
    passing = asyncio.create_task(time_passes())
    await queue.work(send, concurrency=1, stopping=stopping)
    first, second = (await passing)[:2]
    assert first < second <= 4
