"""Thousands of items collected while the event loop has pages to answer and mails to send."""

import asyncio
import gc
import time

import pytest
from slowness import slowness

from digest.app import open_app
from digest.config import load_config
from digest.core.content import collect
from digest.model import ITSELF

MANY = 5_000
LONGEST = 0.05  # seconds of CPU at rest that one turn of the loop may take; all rows at once take several times as much

CONFIG = """\
[network]
name = "Growers"
[sender]
email = "digest@example.org"
[[sources]]
name = "talks"
kind = "table"
path = "talks.csv"
"""


class Turns:
    """The longest that the loop was held while this was open, in CPU of its thread: another's load is not counted."""

    async def __aenter__(self):
        self.longest = 0.0
        self._open = True
        self._watching = asyncio.create_task(self._watch())
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_):
        self._open = False
        await self._watching

    async def _watch(self):
        before = time.thread_time()
        while self._open:
            await asyncio.sleep(0.001)
            now = time.thread_time()
            self.longest, before = max(self.longest, now - before), now


@pytest.fixture
def app(tmp_path, empty_store):
    (tmp_path / "config.toml").write_text(CONFIG)
    gc.disable()  # what all the tests before have left behind is looked through in no turn of this loop
    with open_app(load_config(tmp_path / "config.toml")) as opened:
        yield opened
    gc.enable()


def list_talks(folder, many, word):
    rows = (f"Talk {number},2027-01-{number % 28 + 1:02} 19:00,{word} hedges" for number in range(many))
    (folder / "talks.csv").write_text("\n".join(("title,starts,body", *rows)))


async def test_the_loop_is_not_held_while_thousands_are_stored_changed_and_withdrawn(app, tmp_path, now):
    list_talks(tmp_path, 1, "Old")
    await collect(app, now, by=ITSELF)  # what is imported late is imported by now
    counts = []
    for many, word in ((MANY, "Old"), (MANY, "New"), (1, "New")):
        list_talks(tmp_path, many, word)
        async with Turns() as turns:
            (result,) = await collect(app, now, by=ITSELF)
        counts.append((result.new, result.changed, result.items))
        assert turns.longest < LONGEST * slowness()
    assert counts == [(MANY - 1, 0, MANY), (0, MANY, MANY), (0, 0, 1)]
