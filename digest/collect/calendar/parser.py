"""Kind ``calendar``: iCalendar (RFC 5545), as calendar programs and websites publish it.

Of a recurring event only the next occurrences are items, each with a key of its own that it keeps when it is moved;
an occurrence that was taken out of its series is found as cancelled. Private events are left out.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial

from digest.collect.calendar.recurrence import Allowance
from digest.collect.calendar.series import read_series
from digest.collect.calendar.timezones import find_zone
from digest.collect.calendar.vevent import (
    MAX_LINES,
    MAX_TEXT,
    PER_EVENT,
    BrokenEventError,
    Component,
    is_wanted,
    read_component,
    reading_cost,
)
from digest.collect.decode import decode, looks_like_html
from digest.collect.found import Document, Fetched, Found, Source, place_in, refused
from digest.errors import Problem
from digest.model import Told, said
from digest.text.markup import one_line

_MAX_ITEMS = 1_500  # events and series of one calendar; of more the earliest
_MAX_READING = 0.8e6  # microseconds of work that reading one calendar may take; of more the earliest events
_MAX_KEPT = 300_000  # lines, and a twelfth as many events, that are looked at; of more the first
_MAX_NAME = 80  # characters of a property's name
_MAX_DEPTH = 20  # of components within components
_MAX_ZONES = 20  # definitions that one calendar may need
_MAX_HORIZON = timedelta(days=3660)
_LONG_PAST = timedelta(days=65)  # an occurrence of which nothing is still going on
_PAST = timedelta(days=2)  # what ended earlier is not looked at; a day for zones, a day for those who still read of it
_DAY = re.compile(r"[^:]*:(\d{8})", re.ASCII)
_DROPPED_DAY = re.compile(r"EXDATE[^:,]*:(\d{8})[\dTZ]*$", re.IGNORECASE | re.ASCII)
_LINE = re.compile(r"[\r\n]*(([^\r\n:;]*)[^\r\n]*)")
_NAMING = re.compile(r"(SUMMARY|UID)\b[^:]*:(.*\S)", re.IGNORECASE)
_PRIVATE = re.compile(r"CLASS\b[^:]*:\s*(?:PRIVATE|CONFIDENTIAL)", re.IGNORECASE)
_LASTING = {"RRULE", "RDATE", "DURATION"}


@dataclass(slots=True)
class _Block:
    """The lines of one VEVENT, and what the calendar around it says: its method, and its zone for floating times."""

    method: str
    zone: str
    lines: list[str] = field(default_factory=list)
    whole: bool = False  # its END was found
    cost: float = PER_EVENT  # of reading it, in microseconds
    uid: str = ""  # the line that says it
    days: list[str] = field(default_factory=list)  # of its start, its end and the occurrence that it changes
    lasts: bool = False  # goes on after those
    drops: bool = False  # has days left out
    changes: str = ""  # RECURRENCE-ID, as written in capitals

    def keep(self, name: str, line: str) -> None:
        """Add a line that is read, and what it says of when the event is."""
        self.lines.append(line)
        self.cost += reading_cost(name, line)
        if name in {"DTSTART", "DTEND", "RECURRENCE-ID"} and (match := _DAY.match(line)):
            self.days.append(match[1])
        if name == "UID":
            self.uid = self.uid or line
        elif name == "RECURRENCE-ID":
            self.changes = line.upper()
        elif name == "EXDATE":
            self.drops = True
        elif name in _LASTING:
            self.lasts = True

    def changed_the_past(self, past: str) -> bool:
        """Whether it is about one occurrence alone that was and stays in the past."""
        return bool(self.changes) and "RANGE" not in self.changes and max(self.days, default=past) < past


def parse_calendar(source: Source, fetched: Fetched, around: datetime) -> tuple[Found | Problem, ...]:
    """The events of a calendar that are not over, in its order, and what is wrong with those that cannot be read.

    Args:
        source: its ``horizon`` says how far ahead series are followed.
        fetched: one or more documents, each with one or more VCALENDARs.
        around: the instant the collection judges by, in the network's zone.

    Raises:
        SourceError: when it is no calendar, or nothing in it can be read.
    """
    found: dict[str, Found] = {}
    problems: list[Problem] = []
    for document in fetched.documents:
        calendar = _Calendar(source, document, around)
        for one in calendar.read():
            found.setdefault(one.key, one)
        problems += calendar.problems
    if len(found) > _MAX_ITEMS:
        problems.append(_too_much(len(found) - _MAX_ITEMS))
    return (*[*found.values()][:_MAX_ITEMS], *problems)


def _too_much(left_out: int) -> Problem:
    what = Told("calendar_much", number=str(left_out))
    return Problem(where=Told("the_calendar"), what=what, fix=Told("calendar_much_fix"))


class _Calendar:
    """One document being read; what cannot be gathers in ``problems``."""

    def __init__(self, source: Source, document: Document, around: datetime) -> None:
        self.problems: list[Problem] = []
        self._place = place_in(source, document)
        if looks_like_html(document.content):
            raise refused(self._place, "calendar_html")
        # Lines may be folded in the middle of a character (RFC 5545 section 3.1), so bytes are unfolded.
        text = decode(source, replace(document, content=_unfolded(document.content)))
        if not re.search(r"^[ \t]*BEGIN:VCALENDAR", text, re.IGNORECASE | re.MULTILINE):
            raise refused(self._place, "calendar_none")
        self._scanned = _Scanner()
        self._scanned.read(text)
        self._around = around
        self._zone = around.tzinfo or UTC
        self._until = around + min(source.horizon, _MAX_HORIZON)
        self._zones: dict[str, tzinfo | None] = {}
        self._allowance = Allowance()
        self._zones_allowance = Allowance(seconds=0.3)

    def read(self) -> Iterator[Found]:
        current = self._current()
        readable = sum(map(len, current)) < len(self._scanned.events)  # those left out were
        for blocks in current:
            components: list[Component] = []
            for block in blocks:
                try:
                    components.append(self._component(block))
                except BrokenEventError as error:
                    if not _private(block):
                        self.problems.append(Problem(where=_name(block), what=said(error)))
            readable = readable or bool(components)
            public = [component for component in components if not component.private]
            if public:
                yield from read_series(
                    public,
                    around=self._around,
                    until=self._until,
                    allowance=self._allowance,
                    complain=partial(self._complain, _name(blocks[0])),
                )
        if not readable and self.problems:
            count, first = len(self.problems), self.problems[0].what
            if count > 1:
                raise refused(self._place, "calendar_unread", number=str(count), why=first)
            raise refused(self._place, "calendar_one_unread", why=first)
        if self._scanned.breaks_off and all(block.whole for block in self._scanned.events):
            what = Told("calendar_breaks_off")
            self.problems.append(Problem(where=Told("the_calendar"), what=what, fix=Told("export_again")))

    def _complain(self, where: str, what: str) -> None:
        self.problems.append(Problem(where=where, what=what))

    def _current(self) -> list[list[_Block]]:
        """The events by their UIDs, without those that are long over; of too many the earliest."""
        groups: dict[object, list[_Block]] = defaultdict(list)
        for block in self._scanned.events:
            groups[block.uid or id(block)].append(block)
        past = f"{self._around - _PAST:%Y%m%d}"
        current = [
            (min(days, default=""), self._relevant(blocks, past))
            for blocks in groups.values()
            if not (days := [day for block in blocks for day in block.days])
            or max(days) >= past
            or any(block.lasts for block in blocks)
        ]
        cost = sum(block.cost for _, blocks in current for block in blocks)
        if len(current) > _MAX_ITEMS or cost > _MAX_READING:
            current.sort(key=lambda group: group[0])
        left, left_out = _MAX_READING, self._scanned.left_out
        chosen: list[list[_Block]] = []
        for _, blocks in current:
            fitting = [*_fitting(blocks, left)] if len(chosen) < _MAX_ITEMS else []
            left -= sum(block.cost for block in fitting)
            left_out += len(blocks) - len(fitting)
            chosen += [fitting] if fitting else []
        if left_out:
            self.problems.append(_too_much(left_out))
        return chosen

    def _relevant(self, blocks: list[_Block], past: str) -> list[_Block]:
        """The components with one UID without what was and stays in the past."""
        if len(blocks) > 1:
            return [block for block in blocks if not block.changed_the_past(past)] or blocks[:1]
        long_past = f"{self._around - _LONG_PAST:%Y%m%d}"
        (block,) = blocks
        if not block.drops:
            return blocks
        lines = block.lines
        block.lines = [line for line in lines if not (match := _DROPPED_DAY.match(line)) or match[1] >= long_past]
        block.cost -= (len(lines) - len(block.lines)) * reading_cost("EXDATE", "")
        return blocks

    def _component(self, block: _Block) -> Component:
        if not block.whole:
            raise BrokenEventError(Told("event_breaks_off"))
        return read_component(
            block.lines,
            method=block.method,
            zone=self._zone,
            floats_in=self._find_zone(block.zone) if block.zone else None,
            find_zone=self._find_zone,
        )

    def _find_zone(self, tzid: str) -> tzinfo | None:
        if tzid not in self._zones:
            definition = self._scanned.zones.get(tzid, ()) if len(self._zones) < _MAX_ZONES else ()
            self._zones[tzid] = find_zone(tzid, definition, self._zones_allowance)
        return self._zones[tzid]


def _unfolded(content: bytes) -> bytes:
    """Each property on one line; some calendars have an empty line before what goes on."""
    for end in (b"\r\n\r\n", b"\n\n", b"\r\n", b"\n"):
        content = content.replace(end + b" ", b"").replace(end + b"\t", b"")
    return content


class _Scanner:
    """Finds events and zones by BEGIN and END alone, so that nothing broken reaches beyond itself."""

    def __init__(self) -> None:
        self.events: list[_Block] = []
        self.left_out = 0  # events beyond what is looked at
        self._kept = 0
        self.zones: dict[str, list[str]] = {}  # TZID -> the lines of its VTIMEZONE
        self._stack: list[str] = []
        self._method = self._floats_in = ""
        self._event = _Block("", "")
        self._zone: list[str] = []

    @property
    def breaks_off(self) -> bool:
        """Whether something that began did not end."""
        return bool(self._stack)

    def read(self, text: str) -> None:
        for match in _LINE.finditer(text):
            line, name = match.groups()
            name = name[:_MAX_NAME].strip().upper()
            if name == "BEGIN":
                self._begin(_value(line).upper())
            elif name == "END":
                self._end(_value(line).upper())
            elif self._stack:
                self._property(name, line)

    def _begin(self, component: str) -> None:
        if len(self._stack) == _MAX_DEPTH:
            return
        self._stack.append(component)
        if component == "VCALENDAR":
            self._stack, self._method, self._floats_in = [component], "", ""
        elif component == "VEVENT":
            self._event = _Block(self._method, self._floats_in)
            if self._kept < _MAX_KEPT and len(self.events) < _MAX_KEPT / 12:
                self.events.append(self._event)
            else:
                self.left_out += 1
        elif component == "VTIMEZONE":
            self._zone = []
        elif "VTIMEZONE" in self._stack:
            self._zone.append(f"BEGIN:{component}")

    def _end(self, component: str) -> None:
        closes = component in self._stack
        while closes and self._stack.pop() != component:
            pass
        if closes and component == "VEVENT":
            self._event.whole = True
        elif "VTIMEZONE" in self._stack:
            self._zone.append(f"END:{component}")

    def _property(self, name: str, line: str) -> None:
        if self._stack[-1] == "VEVENT":
            if is_wanted(name):
                self._keep(name, line[:MAX_TEXT])
        elif self._stack[-1] == "VCALENDAR" and name == "METHOD":
            self._method = _value(line).upper()
        elif self._stack[-1] == "VCALENDAR" and name == "X-WR-TIMEZONE":
            self._floats_in = _value(line)
        elif "VTIMEZONE" in self._stack and len(self._zone) < MAX_LINES:
            self._zone.append(line.strip())
            if name == "TZID":
                self.zones[_value(line)] = self._zone

    def _keep(self, name: str, line: str) -> None:
        event = self._event
        if len(event.lines) > MAX_LINES:  # it will be refused, which costs nothing
            event.cost = PER_EVENT
            return
        event.keep(name, line)
        self._kept += 1


def _value(line: str) -> str:
    return line.partition(":")[2].strip()


def _name(block: _Block) -> str:
    """What an event is called, as far as that can be told: by its summary, else by its UID."""
    named = {match[1].upper(): match[2] for line in block.lines if (match := _NAMING.match(line))}
    name = one_line((named.get("SUMMARY") or named.get("UID") or "").replace("\\", ""))
    return f'event "{name[:80]}"' if name else "an event without a name"


def _private(block: _Block) -> bool:
    return any(_PRIVATE.match(line) for line in block.lines)


def _fitting(blocks: Sequence[_Block], left: float) -> Iterator[_Block]:
    """What can be read of the components with one UID at the cost that is left; a series before its changes."""
    for block in blocks if len(blocks) == 1 else sorted(blocks, key=lambda block: bool(block.changes)):
        left -= block.cost
        if left < 0:
            return
        yield block
