"""The zones that calendars name: IANA and Windows names, vendors' prefixes, and definitions of their own; pure.

icalendar keeps one table of zones for the whole process, so that one calendar's definitions would change how the next
is read, and warns and fails on some names. So each document's zones are found here.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from io import StringIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil.tz import tzical
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

_MAX_LINES = 500  # of a definition
_RULE_PARTS = r"(?:;(?:INTERVAL=[1-9]\d?|(?:UNTIL|BYMONTH|BYDAY|BYMONTHDAY|WKST)=[\w,+-]{1,40}))*"
_UNDERSTOOD = re.compile(
    r"(?:BEGIN|END):(?:STANDARD|DAYLIGHT)|TZOFFSET(?:FROM|TO):[+-][01]\d[0-5]\d(?:[0-5]\d)?|DTSTART:\d{8}T\d{6}"
    rf"|RRULE:FREQ=YEARLY{_RULE_PARTS}|RDATE:\d{{8}}T\d{{6}}",
    re.ASCII,
)
_NEEDED = re.compile(r"(?:RRULE|DTSTART|RDATE|TZOFFSET)")


def find_zone(tzid: str, definition: Sequence[str] = ()) -> tzinfo | None:
    """The zone that a TZID names (RFC 5545 section 3.2.19); None where neither name nor definition is understood.

    Args:
        tzid: as the property has it.
        definition: the unfolded lines within its VTIMEZONE, if the document has one (section 3.6.5).
    """
    for name in _names(tzid, definition):
        if name.upper() in {"UTC", "Z", "GMT", "ETC/UTC"}:
            return UTC
        try:
            if name.lower() != "localtime":  # would be this machine's
                return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue  # another name may be known
    return _defined(definition)


def _names(tzid: str, definition: Sequence[str]) -> Iterator[str]:
    name = tzid.strip(' "/')
    yield name
    if name in WINDOWS_TO_OLSON:
        yield WINDOWS_TO_OLSON[name]
    for line in definition:
        if line.upper().startswith("X-LIC-LOCATION:"):
            yield line.partition(":")[2].strip()
    parts = name.split("/")
    if len(parts) > 2:  # "/vendor.example/20260101_1/Europe/London"
        yield from ("/".join(parts[start:]) for start in range(1, len(parts) - 1))


def _defined(definition: Sequence[str]) -> tzinfo | None:
    """The zone by its own rules, where these are of the yearly kind that zones have."""
    lines = [line.upper() for line in definition[:_MAX_LINES]]
    if any(_NEEDED.match(line) and not _UNDERSTOOD.fullmatch(line) for line in lines):
        return None
    kept = [_bounded(line) for line in lines if _UNDERSTOOD.fullmatch(line)]
    text = "\n".join(["BEGIN:VTIMEZONE", "TZID:-", *kept, "END:VTIMEZONE"])
    try:
        zone: tzinfo = tzical(StringIO(text)).get()
        datetime(2026, 6, 1, tzinfo=zone).utcoffset()
    except (ValueError, TypeError, LookupError, ArithmeticError, AssertionError, AttributeError):
        return None  # dateutil's ways to say that this is no zone
    return zone


def _bounded(line: str) -> str:
    """A rule with an end: one that matches no day would be followed to the year 9999."""
    return f"{line};UNTIL=22010101T000000" if line.startswith("RRULE") and "UNTIL=" not in line else line
