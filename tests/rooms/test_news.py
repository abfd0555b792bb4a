"""What one process commits others hear of at once on PostgreSQL; whoever lost the connection hears again."""

import asyncio
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import text

from digest.store import news
from digest.store.engine import open_store
from digest.store.news import News
from digest.store.outbox import rates

pytestmark = pytest.mark.service("postgresql")


@pytest.fixture
def store(shared_url, tmp_path):
    opened = open_store(shared_url, base=tmp_path, var=tmp_path / "var", lost_after=timedelta(seconds=30))
    yield opened
    opened.close()


@asynccontextmanager
async def heard(store):
    """Where what is heard arrives, once it is listened."""
    arrived: asyncio.Queue[str] = asyncio.Queue()
    listening = asyncio.create_task(News(store.conninfo, arrived.put_nowait).listen())
    try:
        yield arrived
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening


async def until_listened(arrived):
    """Whoever listens anew looks at everything once."""
    async with asyncio.timeout(60):
        assert [await arrived.get(), await arrived.get()] == [news.CAMPAIGN, news.RELAY]


async def test_what_is_committed_is_heard_and_what_is_rolled_back_is_not(store):
    async with heard(store) as arrived:
        await until_listened(arrived)
        with suppress(ZeroDivisionError), store.write() as connection:
            news.tell(connection, "rolled back")
            raise ZeroDivisionError
        with store.write() as connection:
            news.tell(connection, news.CAMPAIGN)
        async with asyncio.timeout(60):
            assert await arrived.get() == news.CAMPAIGN


async def test_a_relay_that_asks_for_less_is_heard_of_by_all(store):
    async with heard(store) as arrived:
        await until_listened(arrived)
        with store.write() as connection:
            rates.pause(connection, "north", 20.0)
        async with asyncio.timeout(60):
            assert await arrived.get() == news.RELAY


async def test_who_loses_the_connection_hears_again(store):
    async with heard(store) as arrived:
        await until_listened(arrived)
        with store.write() as connection:
            ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
            assert connection.execute(text(ended)).scalars().all() == [True]
        await until_listened(arrived)


async def test_a_database_that_is_not_there_is_tried_again_without_harm():
    arrived: asyncio.Queue[str] = asyncio.Queue()
    listening = News("postgresql://digest@127.0.0.1:1/digest", arrived.put_nowait)
    task = asyncio.create_task(listening.listen())
    done, _ = await asyncio.wait({task}, timeout=0.05)
    assert (done, listening.is_heard, arrived.empty()) == (set(), False, True)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def test_only_a_shared_store_is_told(shared_url, tmp_path):
    alone = open_store(shared_url, base=tmp_path, var=tmp_path / "var")
    with psycopg.connect(alone.conninfo, autocommit=True) as listening:
        listening.execute("LISTEN digest_news")
        with alone.write() as connection:
            news.tell(connection, news.CAMPAIGN)
        assert not list(listening.notifies(timeout=0, stop_after=1))
    alone.close()
