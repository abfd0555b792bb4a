"""One campaign on PostgreSQL by 1, 2 and 4 workers, beside `smtp-source` on the same sink in the same run.

Each worker is a process of its own, `digest worker`, started before the campaign goes; timed is from then until it is
over, so the looks of a heartbeat are in it. PostgreSQL flushes as it comes, and is on this machine too: what two
workers gain here is bounded by the processors that database, sink and workers share.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from cluster import CONFIG, LOST_AFTER
from machine import missing_postfix
from measured import Measured
from network import fill, mail_of
from postgresql import missing_postgresql, postgresql
from processes import processes
from running import Benchmark, progress, run
from senders import Shape, sink, smtp_source

from digest.app import open_app
from digest.config import load_config
from digest.core import campaigns
from digest.model import ITSELF, CampaignStatus
from digest.store import outbox

_LONGEST = 1_800  # seconds until a round has failed


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """A campaign to be sent by workers."""

    mails: int
    size: int  # bytes of each
    port: int  # of the server
    connections: int
    rate: str = ""  # as `[smtp] rate` has it


def by_workers(trial: Trial, workers: int) -> tuple[float, float]:
    """Seconds that so many workers take, and the MB that the largest had at most."""
    with tempfile.TemporaryDirectory(prefix="digest-workers-") as place:
        folder = Path(place)
        with postgresql(folder / "postgresql") as database, processes(folder) as running:
            config = CONFIG.format(
                port=trial.port, connections=trial.connections, url=database.url, lost_after=LOST_AFTER
            )
            if trial.rate:
                config = config.replace("[smtp]\n", f'[smtp]\nrate = "{trial.rate}"\n')
            (folder / "config.toml").write_text(config, encoding="utf-8")
            with open_app(load_config(folder / "config.toml", environ={})) as app:
                campaign = fill(app, trial.mails, mail_of(trial.size), status=CampaignStatus.PAUSED)
                with app.store.write() as connection:
                    outbox.plan_deliveries(connection, campaign, app.now)
                for number in range(workers):
                    running.digest(f"worker-{number}", "worker")
                deadline = time.monotonic() + _LONGEST
                while len(campaigns.seen_workers(app)) < workers:
                    _pause(deadline, running.said)
                campaigns.resume(app, campaign.name, by=ITSELF, now=app.now)
                began = time.monotonic()
                while campaigns.report(app, campaign.name).report.status is not CampaignStatus.SENT:
                    _pause(deadline, running.said)
                seconds = time.monotonic() - began
                running.look()
    return seconds, max(running.memory.values())


def _pause(deadline: float, said: Callable[[], str]) -> None:
    if time.monotonic() > deadline:
        raise SystemExit(f"it takes too long: {said()}")
    time.sleep(0.1)


def measure(options: argparse.Namespace) -> list[Measured]:
    """A row for each number of workers, and one for memory."""
    shape = Shape(port=0, mails=options.worker_mails, size=options.worker_size, connections=20)
    what = f"{shape.mails:,} mails of {shape.size / 1000:.0f} kB on PostgreSQL over {shape.connections} connections"
    rows = [
        Measured(what=f"{what}, {count} worker{'s' * (count > 1)}", unit="mails/s", beside="smtp-source")
        for count in options.workers
    ]
    if why := missing_postfix() or missing_postgresql():
        return [replace(row, skipped=why) for row in rows]
    rates: dict[int, list[float]] = {count: [] for count in (0, *options.workers)}
    memory = 0.0
    with sink() as port:
        shape = replace(shape, port=port)
        for number in range(1, 1 + options.worker_rounds):
            progress(f"{what}, round {number} of {options.worker_rounds}: smtp-source")
            rates[0].append(smtp_source(shape).rate)
            for count in options.workers:
                progress(f"{what}, round {number} of {options.worker_rounds}: {count} workers")
                trial = Trial(mails=shape.mails, size=shape.size, port=port, connections=shape.connections)
                seconds, megabytes = by_workers(trial, count)
                rates[count].append(shape.mails / seconds)
                memory = max(memory, megabytes)
    reference = statistics.median(rates[0])
    return [
        *(
            replace(row, value=statistics.median(rates[count]), reference=reference)
            for row, count in zip(rows, options.workers, strict=True)
        ),
        Measured(what="memory of a worker at most", unit="MB", value=memory),
    ]


def add_options(parser: argparse.ArgumentParser) -> None:
    """What is sent, by how many."""
    parser.add_argument("--worker-mails", type=int, default=20_000, help="that workers send (%(default)s)")
    parser.add_argument("--worker-size", type=int, default=36_000, help="bytes of each (%(default)s)")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4], help="numbers of workers (1 2 4)")
    parser.add_argument("--worker-rounds", type=int, default=3, help="that the numbers take turns in (%(default)s)")


BENCHMARK = Benchmark(name="workers", measure=measure, add_options=add_options)

if __name__ == "__main__":
    run(__doc__, [BENCHMARK])
