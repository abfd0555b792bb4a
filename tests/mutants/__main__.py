"""Breaks the modules that hold the promises in many small ways, and tells which of them no test notices.

    make mutants                                      all of them: hours of computing
    .venv/bin/python tests/mutants digest/tokens.py   these

It fails where a module's tests notice less than 95 of a hundred changes, those aside that change nothing anybody
could see (`equivalent.toml`, each with its reason).
"""

import argparse
import json
import multiprocessing
import os
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from changes import Change, changes
from promises import PROMISES
from rich.console import Console
from rich.table import Table
from trial import ROOT, Bench, Limits

ENOUGH = 0.95
_UNCHANGED = Limits(cpu=300, wall=600)
_bench: Bench | None = None  # of this process
_limits: dict[str, Limits] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """One module: how many changes were tried, and those that no test noticed."""

    module: str
    noticed: int
    equivalent: int
    survivors: tuple[Change, ...]

    @property
    def mutants(self) -> int:
        return self.noticed + self.equivalent + len(self.survivors)

    @property
    def score(self) -> float:
        """The share that was noticed of those that could be."""
        able = self.mutants - self.equivalent
        return self.noticed / able if able else 1.0

    def as_json(self) -> dict[str, Any]:
        survivors = [{"line": one.line, "text": one.text, "change": one.what} for one in self.survivors]
        counts = {"mutants": self.mutants, "noticed": self.noticed, "equivalent": self.equivalent}
        return {"module": self.module, **counts, "score": round(self.score, 3), "survivors": survivors}


def equivalents(path: str) -> set[tuple[str, str]]:
    """(line, change) of what changes nothing that anybody could see.

    Raises:
        SystemExit: when one of them is no change of the module any more.
    """
    listed = tomllib.loads((Path(__file__).parent / "equivalent.toml").read_text(encoding="utf-8"))["equivalent"]
    found = {(one["line"], one["change"]) for one in listed if one["module"] == path}
    stale = found - {(change.text, change.what) for change in changes(_source(path))}
    if stale:
        raise SystemExit(f"equivalent.toml: {path} has no such change any more: {sorted(stale)}")
    return found


def main() -> None:
    """Measure, tell, and fail where too little is noticed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", help="files such as digest/tokens.py; all that hold promises if none")
    parser.add_argument("--json", action="store_true", help="write JSON instead of a table")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once (as many as cores)")
    given = parser.parse_args()
    unknown = [module for module in given.modules if module not in PROMISES]
    if unknown:
        parser.error(f"no tests are named in tests/mutants/promises.py for {', '.join(unknown)}")
    modules: Sequence[str] = given.modules or list(PROMISES)
    known = {module: equivalents(module) for module in modules}
    progress = Console(stderr=True, soft_wrap=True)
    measured = []
    with multiprocessing.get_context("fork").Pool(given.jobs, initializer=_set_up) as pool:
        for module, survivors in _survivors(pool, modules, known):
            total = len(changes(_source(module)))
            skipped = sum((one.text, one.what) in known[module] for one in changes(_source(module)))
            one = Measured(
                module=module, noticed=total - skipped - len(survivors), equivalent=skipped, survivors=tuple(survivors)
            )
            progress.print(f"{module}: {one.noticed} of {total - skipped}", highlight=False)
            for change in survivors:
                progress.print(f"  {module}:{change.line}: {change.what}", markup=False, highlight=False)
            measured.append(one)
        pool.map(_tear_down, range(given.jobs * 4), chunksize=1)
    print(json.dumps([one.as_json() for one in measured], indent=2)) if given.json else _tell(measured)  # noqa: T201
    sys.exit(any(one.score < ENOUGH for one in measured))


def _survivors(
    pool: Any, modules: Iterable[str], known: dict[str, set[tuple[str, str]]]
) -> Iterator[tuple[str, list[Change]]]:
    for module in modules:
        tried = [one for one in changes(_source(module)) if (one.text, one.what) not in known[module]]
        passed = pool.imap(_survives, [(module, change) for change in tried], chunksize=1)
        yield module, [change for change, lives in zip(tried, passed, strict=True) if lives]


def _set_up() -> None:
    global _bench  # noqa: PLW0603
    _bench = Bench()


def _tear_down(_: int) -> None:
    if _bench is not None:
        _bench.remove()


def _survives(task: tuple[str, Change]) -> bool:
    module, change = task
    assert _bench is not None
    if module not in _limits:
        unchanged = _bench.tried(module, None, PROMISES[module], _UNCHANGED)
        if not unchanged.passed:
            raise RuntimeError(f"the tests of {module} fail as it is: {unchanged.said}")
        _limits[module] = Limits(cpu=5 + 3 * unchanged.cpu, wall=10 + 3 * unchanged.seconds)
    return _bench.tried(module, change, PROMISES[module], _limits[module]).passed


def _source(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def _tell(measured: Sequence[Measured]) -> None:
    console = Console(width=140, soft_wrap=True)
    table = Table("module", "mutants", "noticed", "equivalent", "score")
    for one in measured:
        table.add_row(one.module, str(one.mutants), str(one.noticed), str(one.equivalent), f"{one.score:.3f}")
    console.print(table)


if __name__ == "__main__":
    main()
