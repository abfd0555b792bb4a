"""What a benchmark measured, beside what and against which bar: one table, or one JSON document."""

import json
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """One row. A bar is for the value, or for its ratio to the reference."""

    what: str
    unit: str
    value: float | None = None
    beside: str = ""
    reference: float | None = None  # in the same unit
    at_most: float | None = None  # in the same unit
    at_least_ratio: float | None = None
    at_most_ratio: float | None = None
    skipped: str = ""  # why the value or the reference is missing

    @property
    def ratio(self) -> float | None:
        """The value over the reference."""
        return self.value / self.reference if self.value is not None and self.reference else None

    @property
    def bar(self) -> str:
        """The bar in words; empty without one."""
        if self.at_most is not None:
            return f"≤ {self.at_most:g} {self.unit}"
        if self.at_most_ratio is not None:
            return f"ratio ≤ {self.at_most_ratio:g}"
        return "" if self.at_least_ratio is None else f"ratio ≥ {self.at_least_ratio:g}"

    @property
    def ok(self) -> bool | None:
        """Whether the bar is held; None without a bar, or where it was not measured."""
        if self.at_most is not None and self.value is not None:
            return self.value <= self.at_most
        if self.at_least_ratio is not None and self.ratio is not None:
            return self.ratio >= self.at_least_ratio
        if self.at_most_ratio is not None and self.ratio is not None:
            return self.ratio <= self.at_most_ratio
        return None

    @property
    def verdict(self) -> str:
        """What the last column says."""
        if self.skipped:
            return f"skipped: {self.skipped}"
        return {True: "ok", False: "MISSED", None: ""}[self.ok]


def print_json(conditions: Mapping[str, str], groups: Sequence[Sequence[Measured]]) -> None:
    """One document on stdout."""
    rows = [asdict(row) | {"ratio": row.ratio, "ok": row.ok} for group in groups for row in group]
    print(json.dumps({"conditions": conditions, "measured": rows}, indent=2, ensure_ascii=False))


def print_table(conditions: Mapping[str, str], groups: Sequence[Sequence[Measured]]) -> None:
    """The conditions, and below them one table; as wide as its content where stdout is no terminal."""
    console = Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else 240)
    under = Table.grid(padding=(0, 2))
    for name, value in conditions.items():
        under.add_row(name, value)
    table = Table(box=SIMPLE_HEAD)
    for heading in ("what", "measured", "in", "beside", "reference", "ratio", "bar", ""):
        table.add_column(heading, justify="right" if heading in {"measured", "reference", "ratio"} else "left")
    for group in groups:
        for row in group:
            table.add_row(
                row.what,
                _number(row.value),
                row.unit,
                row.beside,
                _number(row.reference),
                _number(row.ratio),
                row.bar,
                Text(row.verdict, style="bold red" if row.ok is False else ""),
            )
        table.add_section()
    with console.capture() as printed:
        console.print(under, table, sep="\n")
    print("\n".join(line.rstrip() for line in printed.get().splitlines()))


def _number(value: float | None) -> str:
    """Three digits that count, so that a ratio of 0.749 does not read as 0.75."""
    if not value:
        return "" if value is None else "0"
    return f"{value:,.{max(0, 2 - math.floor(math.log10(abs(value))))}f}"
