"""How benchmarks run: progress on stderr, a process of their own, and the table at the end."""

import argparse
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

from machine import conditions
from measured import Measured, print_json, print_table

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Benchmark:
    """One script's measurements; `measure` gets the options that `add_options` declares."""

    name: str
    measure: Callable[[argparse.Namespace], list[Measured]]
    add_options: Callable[[argparse.ArgumentParser], None] = lambda _: None


def apart(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What a function returns, called in a new process that ends with it."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *args, **kwargs).result()


def progress(what: str) -> None:
    """Tell which measurement is running."""
    print(f"measuring: {what}", file=sys.stderr, flush=True)


def run(description: str | None, benchmarks: Sequence[Benchmark]) -> None:
    """A script's command line: measure, each benchmark in a process of its own, and print."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON document instead of the table")
    parser.add_argument("--strict", action="store_true", help="exit 1 when a bar is missed or could not be measured")
    names = [benchmark.name for benchmark in benchmarks]
    if len(names) > 1:
        parser.add_argument("--only", nargs="+", choices=names, default=names, help="these scripts only")
    for benchmark in benchmarks:
        benchmark.add_options(parser)
    options = parser.parse_args()
    chosen = [benchmark for benchmark in benchmarks if benchmark.name in getattr(options, "only", names)]
    under = conditions()
    groups: list[list[Measured]] = []
    try:
        for benchmark in chosen:
            rows = apart(benchmark.measure, options)
            groups.append(rows)
    finally:  # an error, or a person's Ctrl-C, must not cost what was measured before it
        (print_json if options.json else print_table)(under, groups)
    barred = [row for group in groups for row in group if row.bar]
    sys.exit(options.strict and not all(row.ok for row in barred))
