"""Seconds until `digest --help` has answered, each time in a new process, beside the interpreter's own start.

Bar: 0.3 seconds, the median of the starts. A start before them that is not counted compiles the modules and fills the
system's cache.
"""

import argparse
import statistics
import subprocess
import sys
import time

from measured import Measured
from running import Benchmark, progress, run

BAR = 0.3  # seconds


def seconds(*arguments: str, starts: int) -> float:
    """How long the interpreter takes with these arguments, the median of the starts after the first."""
    taken = []
    for _ in range(1 + starts):
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken[1:])


def measure(options: argparse.Namespace) -> list[Measured]:
    """One row."""
    progress(f"{options.starts} starts of digest --help")
    return [
        Measured(
            what="digest --help",
            unit="s",
            value=seconds("-m", "digest", "--help", starts=options.starts),
            beside="python -c pass",
            reference=seconds("-c", "pass", starts=options.starts),
            at_most=BAR,
        )
    ]


def add_options(parser: argparse.ArgumentParser) -> None:
    """How often."""
    parser.add_argument("--starts", type=int, default=11, help="of digest --help (%(default)s)")


BENCHMARK = Benchmark(name="startup", measure=measure, add_options=add_options)

if __name__ == "__main__":
    run(__doc__, [BENCHMARK])
