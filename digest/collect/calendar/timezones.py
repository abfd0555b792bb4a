"""The zones that calendars name: IANA and Windows names, vendors' prefixes, and definitions of their own; pure.

icalendar keeps one table of zones for the whole process, so that one calendar's definitions would change how the next
is read, and warns and fails on some names. So each document's zones are found here.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from digest.collect.calendar.observances import defined_zone
from digest.collect.calendar.recurrence import Allowance

_MAX_NAME = 200  # characters
_WINDOWS = {name.casefold(): olson for name, olson in WINDOWS_TO_OLSON.items()}
# What Lotus and old versions of Outlook and Exchange write, which the mapping of CLDR does not have.
_OLDER = {
    "western europe": "W. Europe Standard Time",
    "western/central europe": "W. Europe Standard Time",
    "eastern europe": "E. Europe Standard Time",
    "w. europe": "W. Europe Standard Time",
    "e. europe": "E. Europe Standard Time",
}
_OFFSET = re.compile(r"(?:UTC|GMT)\s?([+-])(\d{1,2}):?([0-5]\d)?", re.ASCII | re.IGNORECASE)
_MAX_OFFSET = timedelta(hours=15)


def find_zone(tzid: str, definition: Sequence[str] = (), allowance: Allowance | None = None) -> tzinfo | None:
    """The zone that a TZID names (RFC 5545 section 3.2.19); None where neither name nor definition is understood.

    Args:
        tzid: as the property has it.
        definition: the unfolded lines within its VTIMEZONE, if the document has one (section 3.6.5).
        allowance: what working out the definition may cost.
    """
    for name in _names(tzid[:_MAX_NAME], definition):
        if name.upper() in {"UTC", "Z", "GMT", "ETC/UTC"}:
            return UTC
        try:
            if name.lower() != "localtime":  # would be this machine's
                return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue  # another name may be known
    return defined_zone(definition, allowance or Allowance()) or _offset(tzid)


def _names(tzid: str, definition: Sequence[str]) -> Iterator[str]:
    name = tzid.strip(' "/')
    yield name
    yield from _windows(name)
    for line in definition:
        if line.upper().startswith("X-LIC-LOCATION:"):
            yield line.partition(":")[2].strip()[:_MAX_NAME]
    yield name.replace(" ", "_")
    parts = name.split("/")
    if len(parts) > 2:  # "/vendor.example/20260101_1/Europe/London"
        yield from ("/".join(parts[start:]) for start in range(1, len(parts) - 1))


def _windows(name: str) -> Iterator[str]:
    """A name of Windows, also without its "Standard Time" or with that of summer."""
    plain = name.casefold()
    older = _OLDER.get(plain, "").casefold()
    for one in (plain, older, plain.replace(" daylight ", " standard "), f"{plain} standard time"):
        if one in _WINDOWS:
            yield _WINDOWS[one]


def _offset(tzid: str) -> timezone | None:
    """What "UTC+11" or "GMT-0500" says of itself; east of Greenwich is positive."""
    match = _OFFSET.fullmatch(tzid[:_MAX_NAME].strip(' "'))
    if match is None:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return timezone(-offset if match[1] == "-" else offset) if offset <= _MAX_OFFSET else None
