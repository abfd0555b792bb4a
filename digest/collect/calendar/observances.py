"""A zone by its own definition: the observances of a VTIMEZONE (RFC 5545 section 3.6.5); pure.

dateutil and icalendar, which could read one, follow its rules anew for every look-up and keep what they saw: eighty
rules took them 16 s and 838 MB. So the changes of the clock are worked out once, for the years that matter, and handed
to the standard library's zones in the form they are stored in (RFC 8536).
"""

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

from digest.collect.calendar.recurrence import Allowance, UnfollowableError, read_rule

_FROM, _UNTIL = datetime(1968, 1, 1), datetime(2061, 1, 1)  # noqa: DTZ001  (wall-clock time)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001
_MAX_LINES = 1_000  # of a definition
_MAX_CHANGES = 1_000
_MAX_OFFSETS = 200  # different ones
_PROPERTY = re.compile(r"(DTSTART|RDATE|TZOFFSETFROM|TZOFFSETTO|RRULE)(?:;[^:]{0,200})?:(.*)", re.ASCII)
_OFFSET = re.compile(r"([+-])([01]\d)([0-5]\d)([0-5]\d)?", re.ASCII)
_ONSET = re.compile(r"(\d{8})(?:T(\d{6}))?", re.ASCII)


@dataclass(slots=True)
class _Observance:
    """One STANDARD or DAYLIGHT."""

    start: datetime | None = None
    before: timedelta | None = None  # TZOFFSETFROM, in which its onsets are stated
    after: timedelta | None = None  # TZOFFSETTO
    days: list[datetime] = field(default_factory=list)  # RDATE
    rules: list[str] = field(default_factory=list)


def defined_zone(lines: Sequence[str], allowance: Allowance) -> ZoneInfo | None:
    """The zone that a definition describes between 1968 and 2060; None where it cannot be read.

    Args:
        lines: the unfolded lines within a VTIMEZONE.
        allowance: what following rules may still cost.
    """
    try:
        observances = [*_observances(lines[:_MAX_LINES])]
        changes = sorted({change for one in observances for change in _changes(one, allowance)})
    except (ValueError, UnfollowableError, OverflowError):
        return None
    offsets = sorted({offset for change in changes for offset in change[1:]})
    if not changes or len(changes) > _MAX_CHANGES or len(offsets) > _MAX_OFFSETS:
        return None
    first = changes[0][1]
    offsets.sort(key=lambda offset: offset != first)  # the first in a file is the one before all changes
    return ZoneInfo.from_file(BytesIO(_stored([(at, offsets.index(after)) for at, _, after in changes], offsets)))


def _observances(lines: Sequence[str]) -> Iterator[_Observance]:
    one: _Observance | None = None
    for line in map(str.upper, lines):
        if line in {"BEGIN:STANDARD", "BEGIN:DAYLIGHT"}:
            one = _Observance()
        elif one and line in {"END:STANDARD", "END:DAYLIGHT"}:
            yield one
            one = None
        elif one and (match := _PROPERTY.match(line)):
            _tell(one, match[1], match[2].strip())


def _tell(one: _Observance, name: str, value: str) -> None:
    if name == "RRULE":
        one.rules.append(value)
    elif name == "DTSTART":
        one.start = _onset(value)
    elif name == "RDATE":
        if len(one.days) + value.count(",") > _MAX_CHANGES:
            raise ValueError("its zone lists thousands of days")
        one.days += [_onset(day) for day in value.split(",")]
    elif name == "TZOFFSETFROM":
        one.before = _offset(value)
    else:
        one.after = _offset(value)


def _onset(text: str) -> datetime:
    match = _ONSET.match(text)
    if match is None:
        raise ValueError(text)
    return datetime.strptime(match[1] + (match[2] or "000000"), "%Y%m%d%H%M%S")  # noqa: DTZ007  (wall-clock time)


def _offset(text: str) -> timedelta:
    match = _OFFSET.fullmatch(text)
    if match is None:
        raise ValueError(text)
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]), seconds=int(match[4] or 0))
    return -offset if match[1] == "-" else offset


def _changes(one: _Observance, allowance: Allowance) -> Iterator[tuple[int, int, int]]:
    """When the observance begins, in seconds since 1970, and the offsets before and after, in seconds."""
    if one.start is None or one.before is None or one.after is None:
        raise ValueError("an observance is incomplete")
    before, after = one.before, one.after
    onsets = {one.start, *one.days}
    for rule in map(read_rule, one.rules):
        last = rule.last(lambda moment: moment.replace(tzinfo=None) + before) or _UNTIL
        onsets.update(rule.starts(one.start, since=_FROM, until=min(last, _UNTIL), allowance=allowance))
    for onset in onsets:
        yield _seconds(onset - before - _EPOCH), _seconds(before), _seconds(after)


def _seconds(length: timedelta) -> int:
    return length // timedelta(seconds=1)


def _stored(changes: Sequence[tuple[int, int]], offsets: Sequence[int]) -> bytes:
    """The file of such a zone (RFC 8536 section 3): an empty block of version 1, one of version 2, no footer."""

    def header(times: int, types: int, characters: int) -> bytes:
        return struct.pack(">4sc15x6l", b"TZif", b"2", 0, 0, 0, times, types, characters)

    return b"".join(
        (
            header(0, 0, 0),
            header(len(changes), len(offsets), 2),
            struct.pack(f">{len(changes)}q", *(at for at, _ in changes)),
            bytes(number for _, number in changes),
            *(struct.pack(">lBB", offset, 0, 0) for offset in offsets),
            b"-\0",
            b"\n\n",
        )
    )
