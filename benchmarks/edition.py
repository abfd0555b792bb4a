"""Seconds to compile, slice and budget an edition of 200 items; once per edition, whatever the number of members.

Bar: 0.5 seconds. The first rendering of a process also loads the inliner and the templates, and that is what
`digest send` waits for; each first one is measured in a process of its own.
"""

import argparse
import statistics
import time
from datetime import UTC, datetime

from measured import Measured
from running import Benchmark, apart, progress, run

from digest.config import Config
from digest.model import Edition, Entry, Group, Kind, Post, Section
from digest.render import BUDGET, Renderer
from digest.render.slices import size

BAR = 0.5  # seconds
ITEMS = 200
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
WORDS = "We logged temperatures twice a day for a year, and the surprise was how little turning the bays needed. "


def edition(items: int) -> Edition:
    """Posts in ten categories, each with an author and an excerpt."""
    posts = [
        Post(
            source="site",
            key=f"p{number}",
            title=f"What hot-compost bay number {number} taught us about patience",
            author="Maren Oakshott",
            url=f"https://growers.example.org/posts/2026/11/what-hot-compost-bay-number-{number}-taught-us",
            summary=(WORDS * 3)[:280],
            first_seen_at=NOW,
        )
        for number in range(items)
    ]
    groups = tuple(
        Group(category=f"Category {n}", entries=tuple(Entry(item=post) for post in posts[n::10])) for n in range(10)
    )
    section = Section(kind=Kind.POST, title=None, groups=groups)
    return Edition(digest="weekly", title="Weekly digest", period="2026-W48", composed_at=NOW, sections=(section,))


def renderings(times: int) -> tuple[list[float], str]:
    """The seconds of each rendering in this process, the first with its renderer made; and what was rendered."""
    config = Config.model_validate({"network": {"name": "Bench"}, "sender": {"email": "bench@example.org"}})
    shown, seconds, renderer = edition(ITEMS), [], None
    for _ in range(times):
        start = time.perf_counter()
        renderer = renderer or Renderer(config)
        compiled = renderer.edition(shown, item_url=lambda _: None)
        rendered = compiled.for_readers()
        seconds.append(time.perf_counter() - start)
    whole, sent = size(compiled.whole().html), size(rendered.html)
    assert sent < BUDGET < whole
    return seconds, f"an edition of {ITEMS} items, {whole / 1000:.0f} kB of HTML cut to {sent / 1000:.0f} kB"


def measure(options: argparse.Namespace) -> list[Measured]:
    """The first of a process, and those that follow it."""
    progress(f"an edition of {ITEMS} items")
    processes = [apart(renderings, 1 + options.renderings) for _ in range(options.processes)]
    first = statistics.median(seconds[0] for seconds, _ in processes)
    later = statistics.median(taken for seconds, _ in processes for taken in seconds[1:])
    _, what = processes[0]
    return [
        Measured(what=what, unit="s", value=later, at_most=BAR),
        Measured(what="the same, the first of a process", unit="s", value=first, at_most=BAR),
    ]


def add_options(parser: argparse.ArgumentParser) -> None:
    """How often."""
    parser.add_argument("--processes", type=int, default=3, help="that render editions (%(default)s)")
    parser.add_argument("--renderings", type=int, default=5, help="in each of them after the first (%(default)s)")


BENCHMARK = Benchmark(name="edition", measure=measure, add_options=add_options)

if __name__ == "__main__":
    run(__doc__, [BENCHMARK])
