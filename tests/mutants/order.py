"""In which order tests are asked: those first that noticed a change of the same module before, the latest foremost."""

from collections.abc import Sequence
from pathlib import Path

import pytest


class Order:
    """The tests of one module that have noticed a change so far."""

    def __init__(self) -> None:
        self._first: list[str] = []

    def plugin(self, told: Path) -> "Asked":
        """For the process that asks; the test that fails is written to `told`."""
        return Asked(tuple(self._first), told)

    def learn(self, told: Path) -> None:
        """Have the test that has failed, if any, asked first from now on."""
        if told.exists():
            name = told.read_text(encoding="utf-8")
            self._first = [name, *(one for one in self._first if one != name)]
            told.unlink()


class Asked:
    """A plugin of pytest."""

    def __init__(self, first: Sequence[str], told: Path) -> None:
        self._places = {name: place for place, name in enumerate(first)}
        self._told = told

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Sort; the others stay as they were named."""
        items.sort(key=lambda item: self._places.get(item.nodeid, len(self._places)))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write down which test fails."""
        if report.failed:
            self._told.write_text(report.nodeid, encoding="utf-8")
