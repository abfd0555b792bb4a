"""Tables sorted by links in their heads, without script: `?sort=NAME`, or `?sort=-NAME` from the last to the first."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from starlette.requests import Request

T = TypeVar("T")

_PLACES = ("sort", "page", "from", "done")  # of an address, which another order begins anew


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """The head of a column that can be sorted by."""

    href: str
    order: str  # "ascending", "descending" or "none", as `aria-sort` has it


@dataclass(frozen=True, kw_only=True, slots=True)
class Sorting:
    """How a table is sorted."""

    by: str
    descending: bool
    heads: Mapping[str, Head]  # by what the columns are called in addresses

    @property
    def written(self) -> str:
        """As it stands in an address."""
        return f"-{self.by}" if self.descending else self.by

    def of(self, rows: Iterable[T], keys: Mapping[str, Callable[[T], Any]]) -> Sequence[T]:
        """Rows in this order, by one of these keys."""
        return sorted(rows, key=keys[self.by], reverse=self.descending)


def sorting_in(request: Request, names: Iterable[str], *, first: str) -> Sorting:
    """What an address asks for; what it cannot be sorted by is as if it asked for nothing.

    Args:
        request: of a page with one such table.
        names: of the columns; with "-" in front where it begins with the last.
        first: how it is sorted where nothing is asked for, written as in an address.
    """
    begins = {name.removeprefix("-"): name.startswith("-") for name in names}
    asked = request.query_params.get("sort", first)
    if asked.removeprefix("-") not in begins:
        asked = first
    by, descending = asked.removeprefix("-"), asked.startswith("-")
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in _PLACES]

    def head(name: str) -> Head:
        down = not descending if name == by else begins[name]
        order = ("descending" if descending else "ascending") if name == by else "none"
        return Head(href=f"?{urlencode([*kept, ('sort', f'-{name}' if down else name)])}", order=order)

    return Sorting(by=by, descending=descending, heads={name: head(name) for name in begins})
