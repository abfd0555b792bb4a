"""Milliseconds of CPU that each page of the console takes with a year of history; the median of several.

52 editions of a weekly digest to 5,000 people, 3,000 items, an edition that waits and an announcement being written;
all but the sending itself done as the service does it. Bar: 200 ms, for the slowest page.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from measured import Measured
from running import Benchmark, progress, run
from starlette.testclient import TestClient

from digest.app import App, open_app
from digest.config import load_config
from digest.core import announcements, content, editions, organisers
from digest.core.people import apply_lists
from digest.model import ITSELF
from digest.web import create_web

BAR = 200.0  # milliseconds
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
HOST = "https://digest.example.org"
CONFIG = """\
[network]
name = "Growers"
timezone = "Europe/London"
[sender]
email = "digest@example.org"
[smtp]
host = "embedded"
[web]
url = "https://digest.example.org"
[[categories]]
name = "Growing"
[[categories]]
name = "Soil"
[[sources]]
name = "site"
kind = "feed"
path = "feed.json"
[[lists]]
name = "members"
file = "members.csv"
[[digests]]
name = "weekly"
lists = ["members"]
approval = "required"
[[digests.sections]]
kind = "vacancies"
[[digests.sections]]
kind = "events"
[[digests.sections]]
kind = "posts"
[[organisers]]
email = "ada@example.org"
role = "admin"
"""
WORDS = "We logged temperatures twice a day for a year, and the surprise was how little turning the bays needed. "


def feed(week: int, items: int, at: datetime) -> str:
    """What the site tells in a week."""
    posts = [
        {
            "id": f"{week}-{number}",
            "url": f"https://growers.example.org/{week}/{number}",
            "title": f"What bay {number} taught us in week {week}",
            "content_text": WORDS * 6,
            "date_published": (at - timedelta(hours=number)).isoformat(),
            "tags": ["Growing" if number % 2 else "Soil"],
        }
        for number in range(items)
    ]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Site", "items": posts})


async def live_a_year(app: App, folder: Path, *, weeks: int, items: int) -> None:
    """Collect, prepare and approve each week; what would be sent counts as accepted."""
    weekly = app.config.digests[0]
    for week in range(weeks):
        at = NOW - timedelta(weeks=weeks - week)
        (folder / "feed.json").write_text(feed(week, items, at), encoding="utf-8")
        await content.collect(app, at, by=ITSELF)
        await editions.prepare(app, weekly, at, by=ITSELF)
        with app.store.write() as connection:
            said = {"at": (at + timedelta(minutes=1)).replace(tzinfo=None).isoformat(" ")}
            for statement in (
                "UPDATE deliveries SET state = 'accepted', attempts = 1, finished_at = :at WHERE state = 'queued'",
                "UPDATE campaigns SET status = 'sent', shown_since = :at, seconds = 60 WHERE status = 'prepared'",
            ):
                connection.exec_driver_sql(statement, said)
    (folder / "feed.json").write_text(feed(weeks, items, NOW), encoding="utf-8")
    await content.collect(app, NOW, by=ITSELF)
    await editions.prepare(app, weekly, NOW, by=ITSELF)
    text = f'---\nsubject: "Work morning"\nto: [members]\n---\n\n# Many hands\n\n{WORDS}\n'
    announcements.create_draft(app, text, by=ITSELF, now=NOW)


def pages(app: App) -> list[str]:
    """One of each kind."""
    latest = editions.latest_editions(app, limit=1, digests=["weekly"])[0].name
    sent = editions.latest_editions(app, limit=2, digests=["weekly"])[1].name
    item = content.stored_items(app, app.now)[0]
    paths = (
        *("", "/editions", f"/editions/{latest}", f"/editions/{latest}/mail", f"/editions/{latest}/people"),
        *(f"/editions/{sent}", "/announcements", "/announcements/1", "/announcements/1/mail", "/announcements/1/send"),
        *("/campaigns", f"/campaigns/{sent}", f"/campaigns/{sent}/progress", f"/campaigns/{sent}?q=example"),
        *("/people", "/people?q=4711", "/people/17", "/people/lists", "/items", f"/items/{item.source}/{item.key}"),
        *("/sources", "/activity", "/mailbox", "/sessions"),
    )
    return [f"/console{path}" for path in paths]


def milliseconds(client: TestClient, path: str, times: int) -> float:
    """CPU of this process, after a first time that fills what is kept."""
    taken = []
    for _ in range(1 + times):
        start = time.process_time()
        answer = client.get(path)
        taken.append(1000 * (time.process_time() - start))
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
    return statistics.median(taken[1:])


def timed(folder: Path, options: argparse.Namespace) -> dict[str, float]:
    """Each page's milliseconds."""
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    people = (f"person.{number}@example.org,Person {number}\n" for number in range(options.console_people))
    (folder / "members.csv").write_text("email,name\n" + "".join(people), encoding="utf-8")
    (folder / "feed.json").write_text(feed(0, 0, NOW), encoding="utf-8")
    with open_app(load_config(folder / "config.toml", environ={}), at=NOW) as app:
        apply_lists(app, NOW - timedelta(days=366), by=ITSELF, confirmed=True)
        asyncio.run(live_a_year(app, folder, weeks=options.weeks, items=options.items_a_week))
        ours = {"sec-fetch-site": "same-origin"}
        client = TestClient(create_web(app), base_url=HOST, headers=ours, client=("198.51.100.7", 4711))
        client.post(organisers.sign_in_link(app, "ada@example.org", app.now, by=ITSELF).removeprefix(HOST))
        return {path: milliseconds(client, path, options.page_times) for path in pages(app)}


def measure(options: argparse.Namespace) -> list[Measured]:
    """The slowest page, and the median of all."""
    progress(f"the console's pages after {options.weeks} editions to {options.console_people:,} people")
    with tempfile.TemporaryDirectory() as folder:
        told = timed(Path(folder), options)
    slowest = max(told, key=lambda path: told[path])
    return [
        Measured(what=f"the console's slowest page, {slowest}", unit="ms", value=told[slowest], at_most=BAR),
        Measured(what=f"the median of {len(told)} pages", unit="ms", value=statistics.median(told.values())),
    ]


def add_options(parser: argparse.ArgumentParser) -> None:
    """How much of a year."""
    parser.add_argument("--weeks", type=int, default=52, help="of history of the console's pages (%(default)s)")
    parser.add_argument("--items-a-week", type=int, default=60, help="that are new in each (%(default)s)")
    parser.add_argument("--console-people", type=int, default=5_000, help="who get each edition (%(default)s)")
    parser.add_argument("--page-times", type=int, default=10, help="each page is asked for (%(default)s)")


BENCHMARK = Benchmark(name="pages", measure=measure, add_options=add_options)

if __name__ == "__main__":
    run(__doc__, [BENCHMARK])
