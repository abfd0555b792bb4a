"""How work advances, on stderr: a live bar on a terminal, elsewhere a plain line now and then."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from digest.cli.visible import visible

if TYPE_CHECKING:
    from digest.app import Progress

_NOTHING: Mapping[str, int] = MappingProxyType({})
_LINE_EVERY = 10.0  # seconds
_DRAWN_EVERY = 0.1  # seconds


@contextmanager
def shown_progress() -> "Iterator[Progress]":
    """What an app tells its progress to."""
    if not sys.stderr.isatty():
        yield PlainProgress(write=sys.stderr.write)
        return
    bar = _Bar()
    try:
        yield bar
    finally:
        bar.stop()


class PlainProgress:
    """A line for each kind of work, ten seconds after it began at the earliest, and at most every ten seconds.

    Args:
        write: takes a line with its end.
        clock: seconds, steady.
    """

    def __init__(self, *, write: Callable[[str], object], clock: Callable[[], float] = monotonic) -> None:
        self._write = write
        self._clock = clock
        self._began: dict[str, tuple[float, int]] = {}
        self._told: dict[str, float] = {}

    def __call__(self, what: str, done: int, total: int, counts: Mapping[str, int] = _NOTHING, /) -> None:
        """Tell, where it is time to."""
        now = self._clock()
        began, before = self._began.setdefault(what, (now, done))
        if now - self._told.setdefault(what, now) < _LINE_EVERY:
            return
        self._told[what] = now
        pace = _per_second(done - before, now - began)
        left = f", {_duration((total - done) / pace)} left" if pace and total > done else ""
        told = "; ".join(part for part in (outcomes_told(counts), f"{pace:,.1f}/s{left}") if part)
        of_all = f" of {total:,}" if total else ""
        self._write(f"{visible(what)}: {done:,}{of_all}; {told}\n")


def outcomes_told(counts: Mapping[str, int]) -> str:
    """How deliveries turned out, in words; nothing before the first."""
    if not counts:
        return ""
    told = [f"{counts.get(name, 0):,} {name}" for name in ("accepted", "deferred", "rejected")]
    if unknown := counts.get("unknown", 0):
        told.append(f"{unknown:,} in doubt")
    return ", ".join(told)


class _Bar:
    """Rich's bar, drawn no more often than anybody can see."""

    def __init__(self) -> None:
        from rich.console import Console  # noqa: PLC0415
        from rich.progress import (  # noqa: PLC0415
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[told]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._tasks: dict[str, Any] = {}
        self._began: dict[str, tuple[float, int]] = {}
        self._drawn = 0.0

    def __call__(self, what: str, done: int, total: int, counts: Mapping[str, int] = _NOTHING, /) -> None:
        """Draw, where it is time to."""
        now = monotonic()
        if what in self._tasks and done < total and now - self._drawn < _DRAWN_EVERY:
            return
        self._drawn = now
        self._bar.start()  # only now: a question asked before needs the terminal for itself
        began, before = self._began.setdefault(what, (now, done))
        if what not in self._tasks:
            self._tasks[what] = self._bar.add_task(visible(what), total=total or None, told="")
        told = outcomes_told(counts)
        if told:
            told += f", {_per_second(done - before, now - began):,.0f}/s"
        self._bar.update(self._tasks[what], completed=done, total=total or None, told=told)

    def stop(self) -> None:
        """Leave the terminal as it was."""
        self._bar.stop()


def _per_second(done: int, seconds: float) -> float:
    return done / seconds if seconds > 0 else 0.0


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
