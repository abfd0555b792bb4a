"""Sources -> items: fetch bytes, parse what they say, resolve what it means.

`fetch` does the input, `parse` and `resolve` are pure. A new kind of source is one module and one line in `KINDS`.
"""

from digest.collect.fetch import fetch
from digest.collect.found import Document, Fetched, Found, Moment, NotModified, Parsed, Validators
from digest.collect.http import Web
from digest.collect.identity import known_again
from digest.collect.kinds import KINDS, Parser, parse
from digest.collect.resolve import resolve
from digest.collect.series import OCCURRENCES_AHEAD

__all__ = [
    "KINDS",
    "OCCURRENCES_AHEAD",
    "Document",
    "Fetched",
    "Found",
    "Moment",
    "NotModified",
    "Parsed",
    "Parser",
    "Validators",
    "Web",
    "fetch",
    "known_again",
    "parse",
    "resolve",
]
