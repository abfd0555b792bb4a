"""Tries one change: in a copy of the tree, by tests in a process forked from one in which everything is imported."""

import contextlib
import os
import resource
import select
import shutil
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import TypeGuard

import grimp
import pytest
from changes import Change
from order import Asked, Order

ROOT = Path(__file__).parents[2]
_NOT_COPIED = (".*", "var", "dist", "looks", "__pycache__", "browser", "faults")
_OPTIONS = (
    *(
        "--exitfirst",
        "--quiet",
        "--tb=line",
        "--no-header",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:anyio",
        "-m",
        "not service",
    ),
    *("--hypothesis-profile=mutants", "--hypothesis-seed=1", "-W", "ignore::pytest.PytestAssertRewriteWarning"),
)
_NOTHING_RAN = 5  # pytest's exit code


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How long a trial may take before the change counts as noticed: what hangs does not pass."""

    cpu: float  # seconds
    wall: float  # seconds


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """What tests said of a tree: whether all passed, what it took, and what they wrote."""

    passed: bool
    seconds: float
    cpu: float  # seconds
    said: str


class Bench:
    """A copy of the tree with every module imported once; made in the process that uses it, and left there."""

    def __init__(self) -> None:
        from hypothesis import Phase, settings  # noqa: PLC0415  (a process that tries nothing needs none)

        self._folder = Path(tempfile.mkdtemp(prefix="digest-mutants-"))
        self._tree = self._folder / "tree"
        self._orders: defaultdict[str, Order] = defaultdict(Order)
        shutil.copytree(ROOT, self._tree, ignore=shutil.ignore_patterns(*_NOT_COPIED))
        os.chdir(self._tree)
        sys.dont_write_bytecode = False  # what stays as it is is compiled once
        os.environ["PYTHONPATH"] = str(self._tree)
        sys.path.insert(0, str(self._tree))
        settings.register_profile(  # a change that is noticed need not be explained
            "mutants", deadline=None, database=None, phases=(Phase.explicit, Phase.generate)
        )
        for plugin in entry_points(group="pytest11"):
            plugin.load()
        self._graph = grimp.build_graph("digest")
        for module in sorted(self._graph.modules):
            if ".migrations." not in module and module != "digest.__main__":
                import_module(module)

    def remove(self) -> None:
        """Delete the copy."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def tried(self, path: str, change: Change | None, tests: Sequence[str], limits: Limits) -> Trial:
        """Run tests with a change of a module, or with none.

        Raises:
            RuntimeError: when none of them ran.
        """
        file = self._tree / path
        source = file.read_text(encoding="utf-8")
        existing = [test for test in tests if (self._tree / test).exists()]
        try:
            if change is not None:
                file.write_text(change.applied(source), encoding="utf-8")
            return self._run(path.removesuffix(".py").replace("/", "."), existing, limits)
        finally:
            file.write_text(source, encoding="utf-8")
            for changed in (file.parent / "__pycache__").glob(f"{file.stem}.*"):  # known by the second and the size
                changed.unlink()

    def _run(self, module: str, tests: Sequence[str], limits: Limits) -> Trial:
        began, log, failed = time.monotonic(), self._folder / "log", self._folder / "failed"
        pid = os.fork()
        if pid == 0:
            self._become_the_tests(module, tests, limits, log, self._orders[module].plugin(failed))
        self._end_after(pid, limits.wall)
        _, status, used = os.wait4(pid, 0)
        code, cpu = os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)  # what its tests started and did not end
        self._orders[module].learn(failed)
        said = log.read_text(encoding="utf-8", errors="replace")
        if code == _NOTHING_RAN:
            raise RuntimeError(f"no test of {module} ran: {said}")
        return Trial(passed=code == 0, seconds=time.monotonic() - began, cpu=cpu, said=said)

    def _end_after(self, pid: int, seconds: float) -> None:
        """Return once a process has ended, by itself or because its time is over."""
        process = os.pidfd_open(pid)
        try:
            ended, _, _ = select.select([process], [], [], seconds)
            if not ended:
                os.kill(pid, signal.SIGKILL)
        finally:
            os.close(process)

    def _become_the_tests(self, module: str, tests: Sequence[str], limits: Limits, log: Path, asked: Asked) -> None:
        code = 1
        try:
            os.setsid()
            told = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(told, 1)
            os.dup2(told, 2)
            seconds = int(limits.cpu) + 1
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
            self._forget(module)
            code = int(pytest.main([*_OPTIONS, f"--basetemp={self._folder / 'temporary'}", *tests], plugins=[asked]))
        finally:
            sys.stdout.flush()
            os._exit(code)

    def _forget(self, module: str) -> None:
        """Have a module, and all that were imported with its help, be imported again."""
        for name in self._imported_with(module):
            loaded = sys.modules.get(name)
            if _is_lazy(loaded):
                for known in loaded.__all__:
                    vars(loaded).pop(known, None)
                continue
            sys.modules.pop(name, None)
            parent, _, child = name.rpartition(".")
            if parent in sys.modules and hasattr(sys.modules[parent], child):
                delattr(sys.modules[parent], child)

    def _imported_with(self, module: str) -> set[str]:
        """Itself and its importers, and those of a package that imports what it holds once that is asked for."""
        found: set[str] = set()
        further = [module]
        while further:
            name = further.pop()
            if name not in found:
                found |= {name, *self._graph.find_downstream_modules(name)}
                packages = {one.rpartition(".")[0] for one in found} - found
                further += [package for package in packages if _is_lazy(sys.modules.get(package))]
        return found


def _is_lazy(module: ModuleType | None) -> TypeGuard[ModuleType]:
    return hasattr(module, "lazy_loader")
