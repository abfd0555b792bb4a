"""Seconds until `digest lists plan` has compared a CSV file of 100,000 lines with the same people held on SQLite.

Bar: 5 seconds, the median of some runs, each in a new process. Its CPU stands beside it, since the time that a machine
with more to do than processors takes tells nothing.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measured import Measured
from running import Benchmark, progress, run

BAR_SECONDS, BAR_LINES = 5, 100_000
_CONFIG = """[network]
name = "Bench"
[sender]
email = "bench@example.org"
[smtp]
host = "embedded"
[[lists]]
name = "all"
file = "all.csv"
"""


def digest(folder: Path, *words: str) -> tuple[float, float]:
    """A command run in a folder: seconds until it ended, and those of its CPU."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, "-m", "digest", *words], check=True, cwd=folder, stdout=subprocess.DEVNULL)
    taken, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return taken, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(options: argparse.Namespace) -> list[Measured]:
    """Time and CPU of a plan that changes nothing."""
    lines = options.list_lines
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config.toml").write_text(_CONFIG, encoding="utf-8")
        people = (f"member.{number}@mail{number % 500}.example.org,Member {number}\n" for number in range(lines))
        (folder / "all.csv").write_text("email,name\n" + "".join(people), encoding="utf-8")
        progress(f"applying a list of {lines:,}, then {options.list_plans} plans of it")
        digest(folder, "lists", "apply", "--yes")
        taken = [digest(folder, "lists", "plan") for _ in range(options.list_plans)]
    what, bar = f"lists plan, {lines:,} lines held", BAR_SECONDS if lines >= BAR_LINES else None
    return [
        Measured(what=what, unit="s", value=statistics.median(seconds for seconds, _ in taken), at_most=bar),
        Measured(what=f"{what}, CPU", unit="s", value=statistics.median(cpu for _, cpu in taken)),
    ]


def add_options(parser: argparse.ArgumentParser) -> None:
    """How many lines, and how often."""
    parser.add_argument("--list-lines", type=int, default=BAR_LINES, help="of the list's file (%(default)s)")
    parser.add_argument("--list-plans", type=int, default=3, help="of that list (%(default)s)")


BENCHMARK = Benchmark(name="listing", measure=measure, add_options=add_options)

if __name__ == "__main__":
    run(__doc__, [BENCHMARK])
