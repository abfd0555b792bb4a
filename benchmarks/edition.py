"""Seconds to compile, slice and budget an edition of 200 items; once per edition, whatever the number of members.

Run it with `make bench`. Bar: 0.5 seconds. The first rendering of a process also loads the inliner and the templates.
"""

import statistics
import time
from datetime import UTC, datetime

from digest.config import Config
from digest.model import Edition, Entry, Group, Kind, Post, Section
from digest.render import BUDGET, Renderer
from digest.render.slices import size

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
CONFIG = Config.model_validate({"network": {"name": "Bench"}, "sender": {"email": "bench@example.org"}})
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


def main() -> None:
    """Print a table."""
    renderer, shown = Renderer(CONFIG), edition(200)
    seconds = []
    for _ in range(6):
        start = time.perf_counter()
        compiled = renderer.edition(shown, item_url=lambda _: None)
        rendered = compiled.for_readers()
        seconds.append(time.perf_counter() - start)
    whole, sent = size(compiled.whole().html), size(rendered.html)
    print(f"an edition of 200 items, {whole:,} bytes of HTML, sent as {sent:,} (below {BUDGET:,})")
    print(f"  first of a process   {seconds[0]:6.3f} s")
    print(f"  then, median of 5    {statistics.median(seconds[1:]):6.3f} s")


if __name__ == "__main__":
    main()
