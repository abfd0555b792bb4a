"""What a look at a mail found; pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

_NAMED = 3  # places that one finding names; of the rest it tells how many


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing wrong with a mail; an error keeps it from being sent."""

    level: Literal["error", "warning"]
    what: str  # a short code that stays the same: "budget", "link"
    detail: str  # where it is, and the way out


def error(what: str, detail: str) -> Finding:
    """A finding that keeps the mail from being sent."""
    return Finding(level="error", what=what, detail=detail)


def warning(what: str, detail: str) -> Finding:
    """A finding to look at."""
    return Finding(level="warning", what=what, detail=detail)


def listed(places: Iterable[str]) -> str:
    """The first different places, and how many more there are."""
    different = list(dict.fromkeys(places))
    more = len(different) - _NAMED
    return ", ".join(different[:_NAMED]) + (f" and {more} more" if more > 0 else "")
