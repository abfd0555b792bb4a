"""Requests that wait for their turn are written together, each with its own end."""

import asyncio
import threading

import pytest
from structlog.testing import capture_logs

from digest.errors import StoreError
from digest.web.together import Later, Together


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


class Notes:
    """Keeps what a crowd asks, and carries it out a note at a time, unless it cannot."""

    def __init__(self, *troubles):
        self.noted, self.carried_out, self.troubles = [], [], list(troubles)
        self.idle, self.tried = threading.Event(), 0

    def note(self, what):
        self.noted.append(list(what))

    def carry_out(self):
        self.tried += 1
        if self.troubles:
            raise self.troubles.pop()
        if not self.noted:
            self.idle.set()
            return False
        self.carried_out += self.noted.pop(0)
        return True


async def test_what_a_crowd_asks_is_noted_answered_and_then_carried_out():
    written, notes = [], Notes()
    together = Together(written.extend, Later(note=notes.note, carry_out=notes.carry_out))
    told = [together.ask(number) for number in range(40)]
    await asyncio.gather(*told)
    await together.finish()
    assert (written, notes.noted, notes.carried_out) == ([], [], list(range(40)))


async def test_what_few_ask_is_written_before_they_are_told():
    written, notes = [], Notes()
    together = Together(written.extend, Later(note=notes.note, carry_out=notes.carry_out))
    await asyncio.gather(*map(together.ask, range(32)))
    assert (written, notes.tried) == (list(range(32)), 0)


async def test_what_cannot_be_carried_out_is_tried_again_and_keeps_nobody_from_being_written(monkeypatch):
    monkeypatch.setattr("digest.web.together._AGAIN", 0)
    written, notes = [], Notes(StoreError("locked"))
    together = Together(written.extend, Later(note=notes.note, carry_out=notes.carry_out))
    with capture_logs() as logs:
        await asyncio.gather(*map(together.ask, range(40)))
        await together.written("one more")
        await asyncio.to_thread(notes.idle.wait, 30)
    await together.finish()
    assert [entry["log_level"] for entry in logs] == ["error"]
    assert (written, notes.carried_out) == (["one more"], list(range(40)))


async def test_a_crowd_that_cannot_be_noted_is_told():
    def note(_):
        raise StoreError("full")

    written, notes = [], Notes()
    together = Together(written.extend, Later(note=note, carry_out=notes.carry_out))
    found = await asyncio.gather(*map(together.ask, range(40)), return_exceptions=True)
    assert {type(one) for one in found} == {StoreError}
    assert (written, notes.tried) == ([], 0)


async def test_until_it_is_tried_again_only_who_asks_is_written():
    written, notes = [], Notes(StoreError("locked"))
    together = Together(written.extend, Later(note=notes.note, carry_out=notes.carry_out))
    with capture_logs():
        await asyncio.gather(*map(together.ask, range(40)))
        await together.finish()
        await together.written("one more")
        await together.finish()
    assert (written, notes.tried) == (["one more"], 1)


async def test_who_waits_while_something_cannot_be_carried_out_is_written_then():
    written, notes, trying, let = [], Notes(), threading.Event(), threading.Event()

    def fail():
        trying.set()
        assert let.wait(30)
        raise StoreError("locked")

    together = Together(written.extend, Later(note=notes.note, carry_out=fail))
    with capture_logs():
        await asyncio.gather(*map(together.ask, range(40)))
        await asyncio.to_thread(trying.wait, 30)
        told = together.ask("one more")
        let.set()
        await asyncio.wait_for(told, 3)  # and not only when it is tried again
    assert written == ["one more"]


async def test_who_is_shown_how_it_stands_is_written_also_in_a_crowd():
    written, notes = [], Notes()
    together = Together(written.extend, Later(note=notes.note, carry_out=notes.carry_out))
    others = [together.ask(number) for number in range(40)]
    await asyncio.gather(*map(together.written, range(100, 140)))
    assert written == list(range(100, 140))
    await asyncio.gather(*others)
    await together.finish()
    assert (written, notes.carried_out) == (list(range(100, 140)), list(range(40)))


async def test_crowd_after_crowd_and_what_is_noted_take_turns(monkeypatch):
    monkeypatch.setattr("digest.web.together._MOST", 40)
    monkeypatch.setattr("digest.web.together._MOST_NOTED", 1)
    notes, done = Notes(), []
    later = Later(
        note=lambda what: (done.append("note"), notes.note(what)),
        carry_out=lambda: (done.append("carry out"), notes.carry_out())[1],
    )
    together = Together(list, later)
    await asyncio.gather(*map(together.ask, range(120)))
    await together.finish()
    assert done[:6] == ["note", "carry out"] * 3
    assert notes.carried_out == list(range(120))


async def test_who_no_longer_waits_keeps_nobody_else_from_being_told():
    writer = Writer()
    first, second, third = await crowd(writer, 1, 2, 3)
    second.cancel()
    writer.let.release(9)
    assert await asyncio.gather(first, third) == [None, None]
    assert writer.gos == [[1], [2, 3]]
