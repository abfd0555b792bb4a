"""The rate that 1, 2 and 8 workers reach together at a relay 50 ms away that allows 200 mails a second.

Bar: 0.95 of what is possible, and never more than the relay allows. Once it keeps its word, once it wants less for half
a second now and then, at random, each round at other moments; possible is then the rate for as long as it was well.
Counted at the relay, from when a twentieth of the mails has arrived to when all but a twentieth has, so that neither
the beginning nor those who were put off for a while are in it. Each worker is a process of its own, on PostgreSQL.

A mean over a time is above the rate by what may come at once: half a second's worth by the relay's rule.
"""

import argparse
import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from machine import missing_postfix
from measured import Measured
from postgresql import missing_postgresql
from processes import processes
from running import Benchmark, progress, run
from workers import Trial, by_workers

BAR = 0.95
_DELAY = 0.05  # seconds
_RATE = 200  # mails a second
_CONNECTIONS = 40
_SIZE = 3_000  # bytes
_STUMBLE = 0.5  # seconds
_AT_ONCE = 0.5  # seconds' worth, as `far_relay.py` has it


@contextmanager
def far_relay(folder: Path, stumbles: float, seed: int = 2026) -> Iterator[tuple[int, Path]]:
    """A relay as `far_relay.py` has it; its port, and what it writes down."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    log = folder / "arrived"
    log.touch()
    program = str(Path(__file__).with_name("far_relay.py"))
    with processes(folder) as running:
        running.begin("relay", sys.executable, program, *map(str, (port, log, _DELAY, _RATE, stumbles, seed)))
        yield port, log


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """What a relay wrote down."""

    rate: float  # mails a second
    possible: float  # likewise
    refused: int  # mails, while it wanted less
    above: int  # mails that it refused since they came faster than it allows
    ahead: float  # mails at most that any stretch of time had above the rate


def counted(log: Path) -> Counted:
    """What came of a campaign."""
    lines = [line.split() for line in log.read_text(encoding="ascii").splitlines()]
    taken = [float(moment) for moment, word in lines if word == "taken"]
    above = sum(word == "above" for _, word in lines)
    begin, end = taken[len(taken) // 20], taken[-len(taken) // 20]
    starts: list[float] = []
    for moment, word in lines:
        if word == "stumble" and (not starts or float(moment) >= starts[-1] + _STUMBLE):
            starts.append(float(moment))
    stumbled = sum(max(min(start + _STUMBLE, end) - max(start, begin), 0.0) for start in starts)
    count = sum(begin < moment <= end for moment in taken)
    least = ahead = 0.0
    for number, moment in enumerate(taken):
        due = number - _RATE * (moment - taken[0])
        least = min(least, due)
        ahead = max(ahead, due - least)
    return Counted(
        rate=count / (end - begin),
        possible=_RATE * (1 - stumbled / (end - begin)),
        refused=sum(word == "stumble" for _, word in lines),
        above=above,
        ahead=ahead,
    )


def measure(options: argparse.Namespace) -> list[Measured]:
    """Two rows for each number of workers, and two for what came too fast."""
    kinds = {"that keeps its word": 0.0, "that wants less at random": options.stumbles}
    rows = {
        (kind, count): Measured(
            what=f"{options.relay_mails:,} mails to a relay 50 ms away {kind}, {count} worker{'s' * (count > 1)}",
            unit="mails/s",
            beside="possible",
            at_least_ratio=BAR,
        )
        for kind in kinds
        for count in options.relay_workers
    }
    above = Measured(what="mails that came faster than the relay allows", unit="mails", at_most=0)
    ahead = Measured(what="most that any time had above the rate", unit="mails", at_most=_RATE * _AT_ONCE)
    if why := missing_postgresql() or missing_postfix():
        return [replace(row, skipped=why) for row in (*rows.values(), above, ahead)]
    runs: dict[tuple[str, int], list[Counted]] = {key: [] for key in rows}
    for number in range(options.relay_rounds):
        for (kind, count), row in rows.items():
            progress(f"{row.what}, round {number + 1} of {options.relay_rounds}")
            run = _one(options.relay_mails, kinds[kind], 2026 + number, count)
            progress(f"{run.rate / run.possible:.3f} of what is possible, at a load of {os.getloadavg()[0]:.1f}: {run}")
            runs[kind, count].append(run)
    for key, made in runs.items():
        median = sorted(made, key=lambda one: one.rate / one.possible)[len(made) // 2]
        rows[key] = replace(rows[key], value=median.rate, reference=median.possible)
    every = [one for made in runs.values() for one in made]
    fastest = max(one.ahead for one in every)
    return [*rows.values(), replace(above, value=sum(one.above for one in every)), replace(ahead, value=fastest)]


def _one(mails: int, stumbles: float, seed: int, workers: int) -> Counted:
    with tempfile.TemporaryDirectory() as place, far_relay(Path(place), stumbles, seed) as (port, log):
        trial = Trial(mails=mails, size=_SIZE, port=port, connections=_CONNECTIONS, rate=f"{_RATE}/second")
        by_workers(trial, workers)
        return counted(log)


def add_options(parser: argparse.ArgumentParser) -> None:
    """What is sent, by how many, and how moody the relay is."""
    parser.add_argument("--relay-mails", type=int, default=8_000, help="that go to the far relay (%(default)s)")
    parser.add_argument("--relay-rounds", type=int, default=1, help="each with other stumbles (%(default)s)")
    parser.add_argument("--relay-workers", type=int, nargs="+", default=[1, 2, 8], help="numbers of workers (1 2 8)")
    parser.add_argument("--stumbles", type=float, default=1 / 2000, help="chance that a mail begins one (%(default)s)")


BENCHMARK = Benchmark(name="relays", measure=measure, add_options=add_options)

if __name__ == "__main__":
    run(__doc__, [BENCHMARK])
