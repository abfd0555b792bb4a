"""One-click unsubscribing (RFC 8058) with 1,000,000 people on SQLite, while a campaign to all of them is queued.

Bars: 50 ms at the median, one after another; of so many at once every one is answered right. Each POST has a connection
of its own, as mailbox providers make it, from another process on the same machine, and is committed before it is
answered. At once they wait while one transaction is written, and are written together by the next.
"""

import argparse
import asyncio
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from urllib.parse import urlsplit

import uvloop
from measured import Measured
from network import campaign_to, mail_of
from running import Benchmark, progress, run
from sqlalchemy import func, select

from digest.app import App
from digest.store import outbox
from digest.store.people import Status
from digest.store.tables import subscriptions
from digest.tokens import Scope
from digest.web import serving

BAR_MILLISECONDS, BAR_PEOPLE = 50, 1_000_000
_REQUEST = (
    "POST {path} HTTP/1.1\r\nHost: digest.example.org\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    "Content-Length: 26\r\n\r\nList-Unsubscribe=One-Click"
)


async def post(host: str, port: int, path: str) -> tuple[float, int]:
    """One POST: seconds until the answer is whole, and its status; 0 where there was none."""
    start = time.perf_counter()
    try:
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(_REQUEST.format(path=path).encode())
        answer = await reader.read(-1)
        writer.close()
    except OSError:
        answer = b""
    status = int(answer[9:12]) if answer.startswith(b"HTTP/1.1 ") else 0
    return time.perf_counter() - start, status


def visit(address: str, paths: list[str], at_once: int) -> list[tuple[float, int]]:
    """Post to all of these, so many at a time."""
    host, port = urlsplit(address).hostname or "", urlsplit(address).port or 0

    async def all_of_them() -> list[tuple[float, int]]:
        free = asyncio.Semaphore(at_once)

        async def one(path: str) -> tuple[float, int]:
            async with free:
                return await post(host, port, path)

        return await asyncio.gather(*map(one, paths))

    return uvloop.run(all_of_them())


async def served(app: App, paths: list[str], at_once: int) -> list[tuple[float, int]]:
    """What another process measures of this one's pages."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        async with serving(app) as address:
            return await asyncio.get_running_loop().run_in_executor(pool, visit, address, paths, at_once)


def measure(options: argparse.Namespace) -> list[Measured]:
    """The median alone and in the crowd, and how many were right."""
    rows = []
    with campaign_to(options.leaving_people, mail_of(4_000)) as (app, campaign):
        web = app.config.web.model_copy(update={"port": 0})
        object.__setattr__(app, "config", app.config.model_copy(update={"web": web}))
        progress(f"planning {options.leaving_people:,} deliveries")
        with app.store.write() as connection:
            outbox.plan_deliveries(connection, campaign, app.now)
        base = app.config.web.base_url
        step = options.leaving_people // (2 * options.leaving_posts + 1)
        links = [app.link(Scope.UNSUBSCRIBE, 1 + step * n, 1) for n in range(2 * options.leaving_posts)]
        paths = [link.removeprefix(base) for link in links]
        for name, some, at_once in (
            ("one after another", paths[: options.leaving_posts], 1),
            ("at once", paths[options.leaving_posts :], options.leaving_posts),
        ):
            progress(f"{options.leaving_posts} one-click posts, {name}")
            before = time.process_time()
            found = uvloop.run(served(app, some, at_once))  # the loop that `digest web` has
            cpu = 1000 * (time.process_time() - before) / len(found)
            right = sum(status == 200 for _, status in found)
            what = f"one-click among {options.leaving_people:,}, {options.leaving_posts} {name}"
            bar = BAR_MILLISECONDS if options.leaving_people >= BAR_PEOPLE and at_once == 1 else None
            median = 1000 * statistics.median(seconds for seconds, _ in found)
            rows.append(Measured(what=f"{what}, median", unit="ms", value=median, at_most=bar))
            rows.append(Measured(what=f"{what}, the server's CPU", unit="ms", value=cpu))
            whole = max(seconds for seconds, _ in found) if at_once > 1 else sum(seconds for seconds, _ in found)
            rows.append(Measured(what=f"{what}, rate", unit="posts/s", value=len(found) / whole))
            rows.append(
                Measured(what=f"{what}, answered right", unit="", value=right, reference=len(found), at_least_ratio=1)
            )
        with app.store.read() as connection:
            left = select(func.count()).select_from(subscriptions).where(subscriptions.c.status == Status.UNSUBSCRIBED)
            gone = connection.execute(left).scalar_one()
        rows.append(Measured(what="of them unsubscribed", unit="", value=gone, reference=len(paths), at_least_ratio=1))
    return rows


def add_options(parser: argparse.ArgumentParser) -> None:
    """How many people, and posts."""
    parser.add_argument("--leaving-people", type=int, default=BAR_PEOPLE, help="on the list (1000000)")
    parser.add_argument("--leaving-posts", type=int, default=500, help="in a row, and at once (500)")


BENCHMARK = Benchmark(name="leaving", measure=measure, add_options=add_options)

if __name__ == "__main__":
    run(__doc__, [BENCHMARK])
