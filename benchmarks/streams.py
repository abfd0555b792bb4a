"""Mails per second of a `digest run` to `smtp-sink`, with and without organisers' browsers that watch the campaign.

Bar: 0.9 of the rate without, for 20,000 mails and 50 browsers. Each browser keeps the event stream of the campaign's
page open and, as the page's script does, fetches the numbers again whenever the stream says that they are others, at
most twice a second. Service, sink and the browsers, which are one process, share the machine; a round without and one
with them take turns. The rate is the campaign's own: accepted mails by the seconds from the first claim to the last
result.
"""

import argparse
import asyncio
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
from machine import missing_postfix
from measured import Measured
from network import fill, mail_of
from running import Benchmark, progress, run
from senders import sink

from digest.app import App, open_app
from digest.config import load_config
from digest.core import campaigns, organisers
from digest.model import ITSELF, CampaignStatus
from digest.store import outbox

BAR, BAR_MAILS, BAR_BROWSERS = 0.9, 20_000, 50
_EACH = 7  # streams of one organiser, who may have eight
_PAUSE = 0.5  # seconds between two fetches of a page, as in campaign.js
_LONGEST = 600  # seconds until a round has failed
_CONFIG = """\
[network]
name = "Bench"
[sender]
email = "bench@example.org"
[smtp]
host = "127.0.0.1"
port = {port}
[web]
port = 0
[[lists]]
name = "all"
signup = "open"
"""
_ORGANISER = '[[organisers]]\nemail = "{email}"\nrole = "admin"\n'


@contextmanager
def service(folder: Path) -> Iterator[str]:
    """A `digest run` in a folder; yields the address of its pages."""
    command = [sys.executable, "-m", "digest", "run", "--logs", "console"]
    process = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        for line in process.stderr:
            if found := re.search(r"pages at (http://[\d.:]+)", line):
                break
        else:
            raise SystemExit("`digest run` ended at once")
        yield found[1]
    finally:
        process.terminate()
        process.communicate()


async def _asked(address: str, path: str, cookie: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    place = urlsplit(address)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {place.netloc}\r\nCookie: {cookie}\r\n\r\n".encode())
    return reader, writer


async def browser(address: str, page: str, cookie: str, told: list[str]) -> None:
    """Watch a campaign's page until its stream ends; each fetch of its numbers is told."""
    reader, writer = await _asked(address, f"{page}/events", cookie)
    try:
        async for line in reader:
            if line.startswith(b"event: progress"):
                numbers, other = await _asked(address, f"{page}/progress", cookie)
                told.append((await numbers.read()).decode().partition("\r\n")[0])
                other.close()
                await asyncio.sleep(_PAUSE)
    finally:
        writer.close()


async def watched(app: App, address: str, name: str, cookies: Sequence[str]) -> int:
    """Let the campaign go and wait until it is sent, with a browser for each cookie; how often they fetched."""
    told: list[str] = []
    page = f"/console/campaigns/{name}"
    watching = [asyncio.create_task(browser(address, page, one, told)) for one in cookies]
    async with asyncio.timeout(_LONGEST):
        await _until(lambda: len(told) >= len(cookies))  # each has begun
        await asyncio.to_thread(campaigns.resume, app, name, by=ITSELF, now=app.now)
        await _until(lambda: campaigns.report(app, name).report.status is CampaignStatus.SENT)
    for one in watching:
        one.cancel()
    await asyncio.gather(*watching, return_exceptions=True)
    if wrong := [one for one in told if not one.startswith("HTTP/1.1 200")]:
        raise SystemExit(f"a page was answered with {wrong[0]!r}")
    return len(told)


async def _until(over: Callable[[], bool]) -> None:
    while not await asyncio.to_thread(over):  # noqa: ASYNC110  (it happens in another process)
        await asyncio.sleep(0.5)


def a_round(port: int, mails: int, browsers: int) -> tuple[float, int]:
    """Mails per second of a campaign by a service of its own, and how often its numbers were fetched."""
    with tempfile.TemporaryDirectory() as folder:
        emails = [f"organiser{number}@example.org" for number in range(-(-browsers // _EACH))]
        config = _CONFIG.format(port=port) + "".join(_ORGANISER.format(email=email) for email in emails)
        Path(folder, "config.toml").write_text(config, encoding="utf-8")
        with open_app(load_config(Path(folder, "config.toml"), environ={})) as app:
            campaign = fill(app, mails, mail_of(2000), status=CampaignStatus.PAUSED)
            with app.store.write() as connection:
                outbox.plan_deliveries(connection, campaign, app.now)
            with service(Path(folder)) as address:
                cookies = [_signed_in(app, address, email) for email in emails for _ in range(_EACH)][:browsers]
                fetched = asyncio.run(watched(app, address, campaign.name, cookies))
            return campaigns.report(app, campaign.name).report.rate, fetched


def _signed_in(app: App, address: str, email: str) -> str:
    link = organisers.sign_in_link(app, email, app.now, by=ITSELF)
    answer = httpx2.post(address + link[link.index("/console") :], headers={"sec-fetch-site": "same-origin"})
    return answer.headers["set-cookie"].partition(";")[0]


def measure(options: argparse.Namespace) -> list[Measured]:
    """With browsers beside without, in turn."""
    row = Measured(
        what=f"{options.watched_mails:,} mails by `digest run` while {options.browsers} browsers watch",
        unit="mails/s",
        beside="nobody watching",
        at_least_ratio=BAR if options.watched_mails >= BAR_MAILS and options.browsers >= BAR_BROWSERS else None,
    )
    if why := missing_postfix():
        return [replace(row, skipped=why)]
    rates: dict[int, list[float]] = {0: [], options.browsers: []}
    fetched = 0
    began = time.perf_counter()
    with sink() as port:
        for number in range(1, 1 + options.watched_rounds):
            for browsers in (0, options.browsers)[:: 1 if number % 2 else -1]:
                progress(f"{row.what}, round {number} of {options.watched_rounds}: {browsers} browsers")
                rate, times = a_round(port, options.watched_mails, browsers)
                rates[browsers].append(rate)
                fetched += times
    progress(f"numbers were fetched {fetched} times; {time.perf_counter() - began:.0f} s in all; rates {rates}")
    medians = {browsers: statistics.median(each) for browsers, each in rates.items()}
    return [replace(row, value=medians[options.browsers], reference=medians[0])]


def add_options(parser: argparse.ArgumentParser) -> None:
    """How many watch how much."""
    parser.add_argument("--watched-mails", type=int, default=BAR_MAILS, help="that are sent (%(default)s)")
    parser.add_argument("--browsers", type=int, default=BAR_BROWSERS, help="that watch (%(default)s)")
    parser.add_argument("--watched-rounds", type=int, default=3, help="of both, in turn (%(default)s)")


BENCHMARK = Benchmark(name="streams", measure=measure, add_options=add_options)

if __name__ == "__main__":
    run(__doc__, [BENCHMARK])
