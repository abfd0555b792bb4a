"""One-click unsubscribing (RFC 8058) with 1,000,000 people on SQLite, while a campaign to all of them is queued.

Bars: 50 ms at the median, one after another and of so many at once; all are answered right, and have left. Each has a
connection of its own, as mailbox providers make it, from another process on the same machine, and is committed before
it is answered: carried out, or of a crowd noted, and carried out right after. The client does nothing but calls of the
system, so that it is the server that is measured.
"""

import argparse
import asyncio
import gc
import selectors
import socket
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
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


@dataclass(slots=True)
class Visit:
    """One POST as its client sees it; in seconds."""

    begun: float
    request: bytes
    answer: bytes = b""
    ended: float = 0.0

    @property
    def seconds(self) -> float:
        """From the call that connects until the answer is whole."""
        return self.ended - self.begun

    @property
    def is_right(self) -> bool:
        """Whether it was answered that they have left."""
        return self.answer.startswith(b"HTTP/1.1 200 ")


def visit(address: str, paths: Sequence[str]) -> list[Visit]:
    """Post to all of these in the same instant."""
    place = (urlsplit(address).hostname, urlsplit(address).port)
    requests = [_REQUEST.format(path=path).encode() for path in paths]
    visits = []
    with selectors.DefaultSelector() as ready:
        for request in requests:
            visits.append(Visit(time.perf_counter(), request))
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(place)
            ready.register(client, selectors.EVENT_WRITE, visits[-1])
        while ready.get_map():
            for key, events in ready.select(60) or _gave_up(ready):
                _go_on(ready, key, events)
    return visits


def _go_on(ready: selectors.BaseSelector, key: selectors.SelectorKey, events: int) -> None:
    client, one = key.fileobj, key.data
    assert isinstance(client, socket.socket)
    try:
        if events & selectors.EVENT_WRITE:
            client.send(one.request)
            ready.modify(client, selectors.EVENT_READ, one)
            return
        if more := client.recv(65_536):
            one.answer += more
            return
    except OSError:
        one.answer = b""
    one.ended = time.perf_counter()
    ready.unregister(client)
    client.close()


def _gave_up(ready: selectors.BaseSelector) -> list[tuple[selectors.SelectorKey, int]]:
    raise TimeoutError(f"{len(ready.get_map())} had no answer for a minute")


def visit_in_turn(address: str, paths: Sequence[str]) -> list[Visit]:
    """Post to all of these, one after another."""
    return [one for path in paths for one in visit(address, [path])]


def _members(app: App) -> int:
    with app.store.read() as connection:
        return connection.execute(select(func.count()).select_from(subscriptions)).scalar_one()


def _gone(app: App) -> int:
    left = select(func.count()).select_from(subscriptions).where(subscriptions.c.list_id == 1)
    with app.store.read() as connection:
        return connection.execute(left.where(subscriptions.c.status == Status.UNSUBSCRIBED)).scalar_one()


def _wait_until_gone(app: App, many: int) -> None:
    end = time.monotonic() + 60
    while _gone(app) < many and time.monotonic() < end:
        time.sleep(0.01)


async def served(app: App, paths: Sequence[str], many: int, rounds: int) -> list[Measured]:
    """What another process measures of this one's pages: one after another, and rounds of so many at once."""
    loop, members = asyncio.get_running_loop(), _members(app)
    people, bar = f"one-click among {members:,}", BAR_MILLISECONDS if members >= BAR_PEOPLE else None
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        async with serving(app) as address:
            progress(f"{many} one-click posts, one after another")
            before = time.process_time()
            found = await loop.run_in_executor(pool, visit_in_turn, address, paths[:many])
            cpu = 1000 * (time.process_time() - before) / many
            what = f"{people}, {many} one after another"
            median = 1000 * statistics.median(one.seconds for one in found)
            right = sum(one.is_right for one in found)
            rows = [
                Measured(what=f"{what}, median", unit="ms", value=median, at_most=bar),
                Measured(what=f"{what}, the server's CPU", unit="ms", value=cpu),
            ]
            medians, slowest, carried_out = [], [], []
            before = time.process_time()
            for number in range(1, rounds + 1):
                progress(f"{many} one-click posts at once, round {number} of {rounds}")
                start = time.perf_counter()
                found = await loop.run_in_executor(pool, visit, address, paths[number * many : (number + 1) * many])
                await asyncio.to_thread(_wait_until_gone, app, (number + 1) * many)
                carried_out.append(time.perf_counter() - start)
                medians.append(1000 * statistics.median(one.seconds for one in found))
                slowest.append(1000 * max(one.seconds for one in found))
                right += sum(one.is_right for one in found)
            cpu = 1000 * (time.process_time() - before) / (rounds * many)
    what, each = f"{people}, {many} at once", "the median of each round: "
    told = each + ", ".join(f"{value:.0f}" for value in medians)
    return [
        *rows,
        Measured(what=f"{what}, median", unit="ms", value=statistics.median(medians), beside=told, at_most=bar),
        Measured(what=f"{what}, slowest", unit="ms", value=statistics.median(slowest)),
        Measured(what=f"{what}, until all have left", unit="s", value=statistics.median(carried_out)),
        Measured(what=f"{what}, the server's CPU", unit="ms", value=cpu),
        Measured(what="answered right", unit="", value=right, reference=len(paths), at_least_ratio=1),
    ]


def measure(options: argparse.Namespace) -> list[Measured]:
    """The median alone and in the crowd, and how many were right."""
    gc.set_threshold(50_000, 20, 20)  # as `digest web` has it
    with campaign_to(options.leaving_people, mail_of(4_000)) as (app, campaign):
        web = app.config.web.model_copy(update={"port": 0})
        object.__setattr__(app, "config", app.config.model_copy(update={"web": web}))
        progress(f"planning {options.leaving_people:,} deliveries")
        with app.store.write() as connection:
            outbox.plan_deliveries(connection, campaign, app.now)
        base, many = app.config.web.base_url, options.leaving_posts * (1 + options.leaving_rounds)
        step = options.leaving_people // many
        # From all over the list, in no order: as people leave.
        links = [app.link(Scope.UNSUBSCRIBE, 1 + step * (7919 * n % many), 1) for n in range(many)]
        paths = [link.removeprefix(base) for link in links]
        gc.freeze()
        rows = uvloop.run(served(app, paths, options.leaving_posts, options.leaving_rounds))
        gone = Measured(what="of them unsubscribed", unit="", value=_gone(app), reference=many, at_least_ratio=1)
        return [*rows, gone]


def add_options(parser: argparse.ArgumentParser) -> None:
    """How many people, posts, and rounds."""
    parser.add_argument("--leaving-people", type=int, default=BAR_PEOPLE, help="on the list (1000000)")
    parser.add_argument("--leaving-posts", type=int, default=500, help="in a row, and at once (500)")
    parser.add_argument("--leaving-rounds", type=int, default=7, help="of so many at once (7)")


BENCHMARK = Benchmark(name="leaving", measure=measure, add_options=add_options)

if __name__ == "__main__":
    run(__doc__, [BENCHMARK])
