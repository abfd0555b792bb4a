"""Seconds to read a page of posts in the process for it, beside reading it here: start-up, then the warm process.

Bar: the warm process takes at most 1.3 times as long as reading here would.
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from measured import Measured
from running import Benchmark, progress, run

from digest.collect import Document, Fetched
from digest.collect.reading.reader import Reader
from digest.collect.reading.task import Read, Task, read, settings
from digest.config import SourceConfig

BAR = 1.3  # times the reading itself
_ROUNDS = 5
_ZONE = ZoneInfo("Europe/London")
_POST = """\
Thought {number} of a long winter

Added by Una under Growing

Hedges are alive, and so are we. The next meeting is on Saturday {day} December 2026, from 2pm to 4pm, at the Old Dairy.

"""


def _task(posts: int) -> Task:
    page = "".join(_POST.format(number=number, day=number % 28 + 1) for number in range(posts))
    return Task(
        source=settings(SourceConfig(name="page", kind="export", path=Path("posts.txt"))),
        fetched=Fetched(documents=(Document(name="posts.txt", content=page.encode()),)),
        known=(),
        now=datetime(2026, 11, 23, 8, tzinfo=_ZONE),
        zone=_ZONE,
        language="en-GB",
    )


def _never() -> bool:
    return False


async def _seconds(what: Callable[[], Awaitable[Read]], items: int) -> float:
    start = time.perf_counter()
    assert len((await what()).items) == items
    return time.perf_counter() - start


async def _measured(posts: int) -> tuple[float, float, float]:
    """Seconds here, in a new process with one post, and in the warm process; medians of rounds that take turns."""
    task, one = _task(posts), _task(1)
    reader = Reader()

    async def here() -> Read:
        return read(task)

    try:
        start = await _seconds(lambda: reader.read(one, stopping=_never), 1)
        read(one)  # imports the parsers
        rounds = [
            (await _seconds(here, posts), await _seconds(lambda: reader.read(task, stopping=_never), posts))
            for _ in range(_ROUNDS)
        ]
    finally:
        reader.close()
    return statistics.median(r[0] for r in rounds), start, statistics.median(r[1] for r in rounds)


def measure(options: argparse.Namespace) -> list[Measured]:
    """The warm process beside reading here, and what a command pays once."""
    progress(f"{options.posts:,} posts read here and in a process of their own")
    here, start, warm = asyncio.run(_measured(options.posts))
    return [
        Measured(
            what=f"{options.posts:,} posts read in the warm process",
            unit="s",
            value=warm,
            beside="in this process",
            reference=here,
            at_most_ratio=BAR,
        ),
        Measured(what="one post read by a new process", unit="s", value=start),
    ]


def add_options(parser: argparse.ArgumentParser) -> None:
    """How many."""
    parser.add_argument("--posts", type=int, default=2_000, help="of one page (%(default)s)")


BENCHMARK = Benchmark(name="reading", measure=measure, add_options=add_options)

if __name__ == "__main__":
    run(__doc__, [BENCHMARK])
