"""Requests that wait for their turn are written together, each with its own end."""

import asyncio
import threading

import pytest

from digest.errors import StoreError
from digest.web.together import Together


class Writer:
    """Writes each time it is let, and keeps what was written in one go; some things it cannot write."""

    def __init__(self, *failing, error=ValueError):
        self.failing, self.gos, self.error, self.tries = set(failing), [], error, 0
        self.begun, self.let = threading.Event(), threading.Semaphore(0)

    def write(self, what):
        self.begun.set()
        assert self.let.acquire(timeout=30)
        self.tries += 1
        if bad := self.failing.intersection(what):
            raise self.error(f"{sorted(bad)} cannot be written")
        self.gos.append(list(what))


async def crowd(writer, *what):
    """One asks, and while that is being written the others."""
    together = Together(writer.write)
    first, *others = what
    tasks = [asyncio.create_task(together.written(first))]
    await asyncio.to_thread(writer.begun.wait, 30)
    tasks += [asyncio.create_task(together.written(one)) for one in others]
    await asyncio.sleep(0)  # until each waits
    return tasks


async def test_whoever_comes_while_one_is_written_is_written_in_one_go():
    writer = Writer()
    tasks = await crowd(writer, 1, 2, 3, 4)
    writer.let.release(9)
    assert await asyncio.gather(*tasks) == [None] * 4
    assert writer.gos == [[1], [2, 3, 4]]


async def test_nobody_is_answered_before_it_is_written():
    writer = Writer()
    tasks = await crowd(writer, 1, 2)
    assert not any(task.done() for task in tasks)
    writer.let.release(9)
    await asyncio.gather(*tasks)


async def test_one_that_cannot_be_written_is_nobody_elses_trouble():
    writer = Writer(3)
    tasks = await crowd(writer, 1, 2, 3, 4)
    writer.let.release(9)
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(one) for one in found] == [type(None), type(None), ValueError, type(None)]
    assert writer.gos == [[1], [2], [4]]


async def test_the_stores_own_trouble_is_told_to_all_at_once():
    writer = Writer(2, 3, 4, error=StoreError)
    tasks = await crowd(writer, 1, 2, 3, 4)
    writer.let.release(9)
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(one) for one in found] == [type(None), StoreError, StoreError, StoreError]
    assert writer.tries == 2


async def test_one_alone_that_cannot_be_written_is_tried_once():
    writer = Writer(1)
    (task,) = await crowd(writer, 1)
    writer.let.release(9)
    with pytest.raises(ValueError, match="1"):
        await task
    assert writer.gos == []


async def test_who_goes_away_while_they_write_for_others_leaves_nobody_unwritten():
    writer = Writer()
    first, second, third = await crowd(writer, 1, 2, 3)
    writer.begun.clear()
    writer.let.release()
    await first
    await asyncio.to_thread(writer.begun.wait, 30)
    second.cancel()  # while it writes for the third, too
    await asyncio.sleep(0)
    assert not third.done()
    writer.let.release(9)
    await third
    assert second.cancelled()
    assert 3 in [one for go in writer.gos for one in go]
