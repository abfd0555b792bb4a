"""Sources -> items: fetch bytes, parse what they say, resolve what it means.

`fetch` does the input, `parse` and `resolve` are pure and run in a process of their own (`digest.collect.reading`). A
new kind of source is one module and one line in `KINDS`. What is imported from here is loaded when it is first asked
for, so that the process which fetches needs no parsers, and the one which reads no network. `fetch` and `resolve` are
imported from the modules of their names, which would stand before them here.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from digest.collect.found import Document, Fetched, Found, Known, Moment, NotModified, Parsed, Validators
    from digest.collect.http import Web
    from digest.collect.identity import known_again
    from digest.collect.kinds import KINDS, Parser, parse
    from digest.collect.series import OCCURRENCES_AHEAD

_HOMES = {
    "found": ("Document", "Fetched", "Found", "Known", "Moment", "NotModified", "Parsed", "Validators"),
    "http": ("Web",),
    "identity": ("known_again",),
    "kinds": ("KINDS", "Parser", "parse"),
    "series": ("OCCURRENCES_AHEAD",),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "KINDS",
    "OCCURRENCES_AHEAD",
    "Document",
    "Fetched",
    "Found",
    "Known",
    "Moment",
    "NotModified",
    "Parsed",
    "Parser",
    "Validators",
    "Web",
    "known_again",
    "parse",
]
