"""Which parser reads which kind of source."""

from collections.abc import Callable, Mapping
from datetime import datetime

from digest.collect.calendar import parse_calendar
from digest.collect.export import parse_export
from digest.collect.feed import parse_feed
from digest.collect.folder import parse_folder
from digest.collect.found import Fetched, Found, Parsed, Source, told
from digest.collect.jsonld import parse_vacancies
from digest.collect.table import parse_table
from digest.errors import Problem

Parser = Callable[[Source, Fetched, datetime], tuple[Found | Problem, ...]]
"""Pure: a source's documents and the present -> what they hold, and a problem for every part that cannot be read.

Raises SourceError where nothing can be read, or where it cannot be known what is missing.
"""

_TimelessParser = Callable[[Source, Fetched], tuple[Found | Problem, ...]]


def _whenever(parser: _TimelessParser) -> Parser:
    """A parser to which the present makes no difference."""
    return lambda source, fetched, _around: parser(source, fetched)


KINDS: Mapping[str, Parser] = {
    "calendar": parse_calendar,
    "export": _whenever(parse_export),
    "feed": _whenever(parse_feed),
    "folder": _whenever(parse_folder),
    "table": _whenever(parse_table),
    "vacancies": _whenever(parse_vacancies),
}


def parse(source: Source, fetched: Fetched, *, around: datetime) -> Parsed:
    """Everything the documents of a source hold, in the source's order, and what of them cannot be read.

    Args:
        source: as configured.
        fetched: what it held.
        around: the instant the collection judges by, in the network's zone: a calendar holds recurring events without
            end, and the next of them are wanted.

    Raises:
        SourceError: naming the source, the place, the cause and the way out.
    """
    read = KINDS[source.kind](source, fetched, around)
    problems = [*fetched.unreadable, *(one for one in read if isinstance(one, Problem))]
    return Parsed(found=tuple(one for one in read if isinstance(one, Found)), unreadable=told(problems))
