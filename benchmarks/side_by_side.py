"""A hundred campaigns at once, from ten people to many: whether a small one waits for the large ones.

The largest is the oldest, so that whoever takes turns by age would have the small ones wait. Each campaign's time from
the first mail of any to its own end stands beside its fair share: as if all took turns, a chunk each, until it is over.
Sent by `digest run` on SQLite, and by two `digest worker` on PostgreSQL, until all that are small are over.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

from cluster import CONFIG, LOST_AFTER
from machine import missing_postfix
from measured import Measured
from network import campaign_named, enlist, mail_of
from postgresql import missing_postgresql, postgresql
from processes import processes
from running import Benchmark, progress, run
from senders import sink
from sqlalchemy import func, select, text

from digest.app import App, open_app
from digest.config import load_config
from digest.core import campaigns
from digest.model import ITSELF, CampaignStatus, DeliveryState
from digest.store import outbox
from digest.store.campaigns import sending
from digest.store.tables import deliveries

_SMALL = 1_000  # people, at most
_CHUNK = 500  # deliveries that are taken at a time
_SMALLEST = 10
_LONGEST = 1_800  # seconds until a round has failed
_SHARES = (
    "INSERT INTO lists (name, title) VALUES (:name, 'A list')",
    """INSERT INTO subscriptions (subscriber_id, list_id, status, since)
    SELECT id, (SELECT id FROM lists WHERE name = :name), 'active', :now FROM subscribers WHERE id <= :people""",
)


def sizes(many: int, largest: int) -> list[int]:
    """How many people each is for, the largest first, each smaller than the one before by the same share."""
    step = (largest / _SMALLEST) ** (1 / (many - 1))
    return [round(largest / step**number) for number in range(many)]


def fair(size: int, of: Sequence[int], rate: float) -> float:
    """Seconds until one is over, if all take turns."""
    turns = -(-size // _CHUNK) * _CHUNK
    return sum(min(one, turns) for one in of) / rate


def times(people: Sequence[int], *, shared: bool, size: int, port: int) -> tuple[dict[int, float], float]:
    """When each small campaign was over, by its people, and how many mails a second there were."""
    with tempfile.TemporaryDirectory(prefix="digest-side-by-side-") as place:
        folder = Path(place)
        with _store(folder, shared=shared) as url, processes(folder) as running:
            config = CONFIG.format(port=port, connections=20, url=url, lost_after=LOST_AFTER)
            if not shared:
                config = config.replace("[cluster]\n", "").replace('heartbeat = "0.5 seconds"\n', "")
                config = config.replace(f'lost_after = "{LOST_AFTER} seconds"\n', "")
            (folder / "config.toml").write_text(config, encoding="utf-8")
            with open_app(load_config(folder / "config.toml", environ={})) as app:
                names = _fill(app, people, size)
                for name, command in (("one", "worker"), ("two", "worker")) if shared else (("run", "run"),):
                    running.digest(name, command)
                deadline = time.monotonic() + _LONGEST
                for name in names:
                    campaigns.resume(app, name, by=ITSELF, now=app.now)
                return _watch(app, names, deadline, running.said)


@contextmanager
def _store(folder: Path, *, shared: bool) -> Iterator[str]:
    with postgresql(folder / "postgresql") if shared else nullcontext() as database:
        yield "sqlite:///digest.sqlite" if database is None else database.url


def _fill(app: App, people: Sequence[int], size: int) -> dict[str, int]:
    """Paused campaigns, each planned; how many each is for, by name."""
    enlist(app, max(people))
    mail = mail_of(size)
    names = {f"to-{number}-{count}": count for number, count in enumerate(people)}
    for name, count in names.items():
        values = {"name": name, "people": count, "now": f"{app.now:%Y-%m-%d %H:%M:%S.%f}"}
        with app.store.write() as connection:
            for statement in _SHARES:
                connection.execute(
                    text(statement), {key: value for key, value in values.items() if f":{key}" in statement}
                )
        campaign = campaign_named(name, app, mail, to=name, status=CampaignStatus.PAUSED)
        with app.store.write() as connection:
            outbox.plan_deliveries(connection, campaign, app.now)
    return names


def _watch(app: App, names: dict[str, int], deadline: float, said: Callable[[], str]) -> tuple[dict[int, float], float]:
    began, over = 0.0, dict[int, float]()
    small = {name for name, count in names.items() if count <= _SMALL}
    while small:
        if time.monotonic() > deadline:
            raise SystemExit(f"it takes too long: {said()}")
        time.sleep(0.1)
        if not began:
            began = time.monotonic() if _accepted(app) else 0.0
            continue
        with app.store.read() as connection:
            on = {one.name for one in sending(connection)}
        for name in small - on:
            over[names[name]] = time.monotonic() - began
        small &= on
    return over, _accepted(app) / (time.monotonic() - began)


def _accepted(app: App) -> int:
    query = select(func.count()).where(deliveries.c.state == DeliveryState.ACCEPTED)
    with app.store.read() as connection:
        return connection.execute(query).scalar_one()


def measure(options: argparse.Namespace) -> list[Measured]:
    """A row for each store."""
    people = sizes(options.side_campaigns, options.side_largest)
    what = (
        f"of {len(people)} campaigns of {_SMALLEST} to {people[0]:,} people at once, the latest of those to "
        f"{_SMALL:,} at most beside its fair share, on "
    )
    rows = []
    for store, shared in (("SQLite", False), ("PostgreSQL", True)):
        row = Measured(what=what + store, unit="s", beside="fair share", skipped=missing_postfix())
        if shared and not row.skipped:
            row = Measured(what=row.what, unit="s", beside=row.beside, skipped=missing_postgresql())
        if not row.skipped:
            progress(row.what)
            with sink() as port:
                over, rate = times(people, shared=shared, size=options.side_size, port=port)
            shares = {size: fair(size, people, rate) for size in over}
            for size in sorted(over):
                progress(f"{size:,} people: {over[size]:.1f} s beside {shares[size]:.1f} s")
            latest = max(over, key=lambda size: over[size])
            row = Measured(what=row.what, unit="s", beside=row.beside, value=over[latest], reference=shares[latest])
        rows.append(row)
    return rows


def add_options(parser: argparse.ArgumentParser) -> None:
    """How many, how large."""
    parser.add_argument("--side-campaigns", type=int, default=100, help="at once (%(default)s)")
    parser.add_argument("--side-largest", type=int, default=100_000, help="people of the largest (%(default)s)")
    parser.add_argument("--side-size", type=int, default=10_000, help="bytes of a mail (%(default)s)")


BENCHMARK = Benchmark(name="side_by_side", measure=measure, add_options=add_options)

if __name__ == "__main__":
    run(__doc__, [BENCHMARK])
