"""The rate that 1, 2 and 8 workers reach together at a relay 50 ms away that allows 200 mails a second.

Bar: 0.95 of what is possible, and never more than the relay allows. Once it keeps its word, once it wants less for half
a second now and then, at random: possible is then the rate without these half seconds. Counted at the relay, from when
a twentieth of the mails has arrived to when all but a twentieth has, so that neither the beginning nor those who were
put off for a while are in it. Each worker is a process of its own, on PostgreSQL.
"""

import argparse
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
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


@contextmanager
def far_relay(folder: Path, stumbles: float) -> Iterator[tuple[int, Path]]:
    """A relay as `far_relay.py` has it; its port, and what it writes down."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    log = folder / "arrived"
    log.touch()
    program = str(Path(__file__).with_name("far_relay.py"))
    with processes(folder) as running:
        running.begin("relay", sys.executable, program, *map(str, (port, log, _DELAY, _RATE, stumbles)))
        yield port, log


def counted(log: Path) -> tuple[float, float, int]:
    """The rate of what was taken, the one that was possible, and how many came faster than allowed."""
    lines = [line.split() for line in log.read_text(encoding="ascii").splitlines()]
    taken = [float(moment) for moment, word in lines if word == "taken"]
    above = sum(word == "above" for _, word in lines)
    begin, end = taken[len(taken) // 20], taken[-len(taken) // 20]
    starts: list[float] = []
    for moment, word in lines:
        if word == "stumble" and (not starts or float(moment) >= starts[-1] + _STUMBLE):
            starts.append(float(moment))
    stumbled = sum(_STUMBLE for start in starts if begin <= start <= end)
    count = sum(begin <= moment <= end for moment in taken)
    return count / (end - begin), _RATE * (1 - stumbled / (end - begin)), above


def measure(options: argparse.Namespace) -> list[Measured]:
    """Two rows for each number of workers, and one for what came too fast."""
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
    if why := missing_postgresql() or missing_postfix():
        return [replace(row, skipped=why) for row in (*rows.values(), above)]
    too_fast = 0
    for (kind, count), row in rows.items():
        progress(row.what)
        with tempfile.TemporaryDirectory() as place, far_relay(Path(place), kinds[kind]) as (port, log):
            trial = Trial(
                mails=options.relay_mails, size=_SIZE, port=port, connections=_CONNECTIONS, rate=f"{_RATE}/second"
            )
            by_workers(trial, count)
            rate, possible, faster = counted(log)
        too_fast += faster
        rows[kind, count] = replace(row, value=rate, reference=possible)
    return [*rows.values(), replace(above, value=too_fast)]


def add_options(parser: argparse.ArgumentParser) -> None:
    """What is sent, by how many, and how moody the relay is."""
    parser.add_argument("--relay-mails", type=int, default=4_000, help="that go to the far relay (%(default)s)")
    parser.add_argument("--relay-workers", type=int, nargs="+", default=[1, 2, 8], help="numbers of workers (1 2 8)")
    parser.add_argument("--stumbles", type=float, default=1 / 2000, help="chance that a mail begins one (%(default)s)")


BENCHMARK = Benchmark(name="relays", measure=measure, add_options=add_options)

if __name__ == "__main__":
    run(__doc__, [BENCHMARK])
