"""One VEVENT of a calendar (RFC 5545 section 3.6.1): its lines -> dates in known zones, and what it says; pure."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
from icalendar.prop import vBroken

from digest.collect.calendar.recurrence import Rule, UnfollowableError, read_rule
from digest.collect.found import Found, Moment
from digest.collect.stated import distinct, hashed_key, plausible, stated_body, stated_key, web_url
from digest.model import Doubt, Kind, Quoted, Told, said
from digest.text.markup import one_line

MAX_LINES = 5_000  # of one event
MAX_TEXT = 400_000  # characters of one line; of more the beginning
_MAX_DAYS = 20_000  # characters of one line of days
_MAX_LENGTH = timedelta(days=3660)
_YEARS = range(1600, 2201)  # some calendars date birthdays to 1604
_NAME = re.compile(r"[A-Za-z-]+")
_WANTED = {
    *("UID", "SUMMARY", "DESCRIPTION", "LOCATION", "URL", "GEO", "CATEGORIES", "ORGANIZER", "ATTACH", "IMAGE"),
    *("DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "RDATE", "EXDATE"),
    *("STATUS", "SEQUENCE", "DTSTAMP", "CREATED", "CLASS"),
}
_RULES = {"RRULE", "EXRULE"}
_LISTS = {"CATEGORIES", "RDATE", "EXDATE"}
_ZONED = re.compile(r"^((?:DTSTART|DTEND|RECURRENCE-ID|RDATE|EXDATE)\b[^:]*?);TZID=", re.IGNORECASE)
PER_EVENT = 150  # microseconds that reading an event takes beside its lines, measured
_PER_LINE, _PER_CHARACTER, _PER_VALUE = 55, 0.35, 16
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp)$", re.IGNORECASE)

FindZone = Callable[[str], tzinfo | None]


class BrokenEventError(Exception):
    """The event cannot be read; the message says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Component:
    """One VEVENT, read: a whole event, a series, or a changed occurrence of one."""

    uid: str
    start: Moment  # a day, or an aware datetime
    length: timedelta  # to the exclusive end; for days whole days; zero where no end is stated
    floating: bool  # stated without a zone: start has the calendar's, else the network's
    networks: bool  # in the network's zone because neither event nor calendar has one
    original: Moment | None  # of the occurrence that this one changes (RECURRENCE-ID)
    and_future: bool  # changes the later occurrences too (RANGE=THISANDFUTURE)
    rules: tuple[Rule, ...]
    more_days: tuple[Moment, ...]  # RDATE
    dropped_days: tuple[Moment, ...]  # EXDATE
    sequence: int
    stamped_at: datetime
    cancelled: bool
    private: bool
    told: Found  # everything but key and times

    @property
    def first(self) -> datetime:
        """The start in wall-clock time."""
        return self.wall(self.start)

    def wall(self, moment: Moment) -> datetime:
        """A moment in this event's wall-clock time; a whole day is meant at the event's own time."""
        if not isinstance(self.start, datetime):
            return datetime.combine(moment, time(0))
        if isinstance(moment, datetime):
            return moment.astimezone(self.start.tzinfo).replace(tzinfo=None, fold=0)
        return datetime.combine(moment, self.start.time())

    def at(self, wall: datetime) -> Moment:
        """A wall-clock time as this event states its start: a day or an aware datetime."""
        return wall.replace(tzinfo=self.start.tzinfo) if isinstance(self.start, datetime) else wall.date()

    def found(self, key: str, wall: datetime, *, cancelled: bool, doubts: tuple[Doubt, ...] = ()) -> Found:
        """What takes place at a wall-clock time."""
        starts_at, ends_at = self.at(wall), None
        if not isinstance(starts_at, datetime):
            last = starts_at + self.length - timedelta(days=1)
            ends_at = last if last > starts_at else None
        elif self.length:
            ends_at = self.at(wall + self.length)
        told = self.told
        return Found(
            key=key,
            title=told.title,
            author=told.author,
            categories=told.categories,
            url=told.url,
            text=told.text,
            html=told.html,
            published_at=told.published_at,
            kind=Kind.EVENT,
            starts_at=self._stated(starts_at),
            ends_at=self._stated(ends_at) if ends_at else None,
            location=told.location,
            geo=told.geo,
            image_url=told.image_url,
            cancelled=cancelled,
            series=stated_key(self.uid),
            doubts=(*told.doubts, *doubts),
        )

    def stamp(self, wall: datetime) -> str:
        """An original start in the form of a RECURRENCE-ID, in UTC where it has a zone."""
        start = self.at(wall)
        if not isinstance(start, datetime):
            return f"{start:%Y%m%d}"
        return f"{wall:%Y%m%dT%H%M%S}" if self.floating else f"{start.astimezone(UTC):%Y%m%dT%H%M%SZ}"

    def _stated(self, moment: Moment) -> Moment:
        if not isinstance(moment, datetime):
            return moment
        if isinstance(moment.tzinfo, ZoneInfo) and not moment.tzinfo.key:  # defined by its calendar: no other
            return moment.astimezone(timezone(moment.utcoffset() or timedelta(0)))  # process knows it
        return moment.replace(tzinfo=None) if self.networks else moment


def is_wanted(name: str) -> bool:
    """Whether a property of an event, by its name in capitals, says something that is read."""
    return name in _WANTED or name in _RULES


def reading_cost(name: str, line: str) -> float:
    """About how many microseconds it takes to read one line of an event; see `PER_EVENT`."""
    values = line.count(",") if name in _LISTS else 0
    return _PER_LINE + _PER_CHARACTER * len(line) + _PER_VALUE * values


def read_component(
    lines: Sequence[str], *, method: str, zone: tzinfo, floats_in: tzinfo | None = None, find_zone: FindZone
) -> Component:
    """Read the unfolded lines within one VEVENT.

    Args:
        lines: without those of alarms.
        method: of the calendar around it (RFC 5546 section 1.4), in capitals.
        zone: the network's, for times without a zone that is known.
        floats_in: the calendar's own zone, for floating times, where it states one.
        find_zone: what a TZID means in this document.

    Raises:
        BrokenEventError: when it has no readable start.
    """
    try:
        return _Reader(lines, zone, floats_in, find_zone).read(method)
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError) as error:
        # These are icalendar's ways to say that a line makes no sense.
        raise BrokenEventError(Quoted(one_line(str(error)))) from None


class _Reader:
    def __init__(self, lines: Sequence[str], zone: tzinfo, floats_in: tzinfo | None, find_zone: FindZone) -> None:
        if len(lines) > MAX_LINES:
            raise BrokenEventError(Told("event_lines", number=str(MAX_LINES)))
        self._zone = zone
        self._floats_in = floats_in
        self._find_zone = find_zone
        self._doubts: list[Doubt] = []
        self._rules = [line.partition(":")[2] for line in lines if _name(line) == "RRULE"]
        if any(_name(line) == "EXRULE" for line in lines):
            self._doubts.append(Doubt("no_exceptions"))
        kept = [_ZONED.sub(r"\1;X-TZID=", line[:MAX_TEXT]) for line in lines if _name(line) in _WANTED]
        if any(len(line) > _MAX_DAYS and _name(line) in {"RDATE", "EXDATE"} for line in kept):
            raise BrokenEventError(Told("event_days"))
        kept = [line for line in kept if "ENCODING=BASE64" not in line[:200].upper()]
        self._event = icalendar.Event.from_ical("\r\n".join(["BEGIN:VEVENT", *kept, "END:VEVENT", ""]))

    def read(self, method: str) -> Component:
        stated = self._value("DTSTART")
        if stated is None or not isinstance(stated.dt, date):
            raise BrokenEventError(Told("event_start"))
        start = self._moment(stated.dt, stated.params)
        original = self._value("RECURRENCE-ID")
        stamped = self._value("DTSTAMP")
        title = self._text("SUMMARY")
        status = self._text("STATUS").upper()
        if status == "TENTATIVE":
            self._doubts.append(Doubt("tentative"))
        sequence = self._value("SEQUENCE")
        length, rules = self._length(start), tuple(self._read_rules())
        floating = isinstance(stated.dt, datetime) and stated.dt.tzinfo is None and "X-TZID" not in stated.params
        return Component(
            uid=self._text("UID") or hashed_key(title, str(stated.dt)),
            start=start,
            length=length,
            floating=floating,
            networks=floating and self._floats_in is None,
            original=None if original is None else self._moment(original.dt, original.params),
            and_future=original is not None and original.params.get("RANGE") == "THISANDFUTURE",
            rules=rules,
            more_days=tuple(self._moments("RDATE")),
            dropped_days=tuple(self._moments("EXDATE")),
            sequence=sequence if isinstance(sequence, int) else 0,
            stamped_at=self._instant(stamped) or datetime.min.replace(tzinfo=UTC),
            cancelled=status == "CANCELLED" or method == "CANCEL",
            private=self._text("CLASS").upper() in {"PRIVATE", "CONFIDENTIAL"},
            told=self._told(title),
        )

    def _told(self, title: str) -> Found:
        body = stated_body(self._text("DESCRIPTION"))
        organizer = self._value("ORGANIZER")
        geo = self._value("GEO")
        inside = geo is not None and abs(geo.latitude) <= 90 and abs(geo.longitude) <= 180
        created = self._instant(self._value("CREATED"))
        return Found(
            key="",
            title=title,
            author=str(organizer.params.get("CN", "")) or None if organizer is not None else None,
            categories=distinct(str(name) for value in self._values("CATEGORIES") for name in value.cats),
            url=web_url(self._text("URL")),
            text=body["text"],
            html=body["html"],
            published_at=plausible(created),
            location=self._text("LOCATION") or None,
            geo=(geo.latitude, geo.longitude) if inside else None,
            image_url=next(self._pictures(), None),
            doubts=tuple(self._doubts),
        )

    def _length(self, start: Moment) -> timedelta:
        whole_days = not isinstance(start, datetime)
        end, duration = self._value("DTEND"), self._value("DURATION")
        length = timedelta(days=1) if whole_days else timedelta(0)
        if end is not None and isinstance(end.dt, date):
            length = self._until(start, self._moment(end.dt, end.params))
        elif duration is not None and isinstance(duration.dt, timedelta):
            length = max(timedelta(days=duration.dt.days), length) if whole_days else duration.dt
        if not timedelta(0) <= length <= _MAX_LENGTH:
            self._doubts.append(Doubt("end_left_out"))
            return timedelta(days=1) if whole_days else timedelta(0)
        return length

    def _until(self, start: Moment, end: Moment) -> timedelta:
        if not isinstance(start, datetime):
            length = (end.date() if isinstance(end, datetime) else end) - start
            return length or timedelta(days=1)  # some write the day itself as its exclusive end
        if not isinstance(end, datetime):
            end = datetime.combine(end, time(0), start.tzinfo)
        return end - start  # of one zone by the clock on the wall, of two zones in time

    def _read_rules(self) -> Iterator[Rule]:
        """The rules; with one that is not understood it is not known which occurrences there are."""
        for text in self._rules[:3]:
            if not text.strip(" ;"):
                self._doubts.append(Doubt("no_rule"))
                continue
            try:
                rule = read_rule(text)
            except UnfollowableError as error:
                raise BrokenEventError(said(error)) from None
            self._doubts += rule.doubts
            yield rule

    def _pictures(self) -> Iterator[str]:
        for value in (*self._values("IMAGE"), *self._values("ATTACH")):
            url = web_url(str(value))
            form = str(value.params.get("FMTTYPE", "")).lower()
            if url and (form.startswith("image/") or (not form and _PICTURE.search(url))):
                yield url

    def _moments(self, name: str) -> Iterator[Moment]:
        for value in self._values(name):
            for one in value.dts:
                stated = one.dt[0] if isinstance(one.dt, tuple) else one.dt  # of a period its start
                if isinstance(stated, date):
                    yield self._moment(stated, value.params)

    def _moment(self, stated: Any, params: Any) -> Moment:
        if not isinstance(stated, date) or stated.year not in _YEARS:
            raise BrokenEventError(Told("event_no_date", stated=str(stated)))
        if not isinstance(stated, datetime):
            return stated
        if stated.tzinfo is not None:
            return stated.astimezone(UTC)
        tzid = params.get("X-TZID")
        zone = self._find_zone(str(tzid)) if tzid else self._floats_in or self._zone
        if zone is None:
            doubt = Doubt("zone_unknown", zone=one_line(str(tzid))[:80])
            if doubt not in self._doubts:
                self._doubts.append(doubt)
        return stated.replace(tzinfo=zone or self._zone)

    def _instant(self, value: Any) -> datetime | None:
        stated = getattr(value, "dt", None)
        if not isinstance(stated, datetime):
            return None
        return stated if stated.tzinfo else stated.replace(tzinfo=UTC)

    def _values(self, name: str) -> list[Any]:
        value = self._event.get(name, [])
        values = value if isinstance(value, list) else [value]
        return [one for one in values if not isinstance(one, vBroken)]

    def _value(self, name: str) -> Any:
        values = self._values(name)
        return values[0] if values else None

    def _text(self, name: str) -> str:
        value = self._value(name)
        return "" if value is None else str(value).strip()


def _name(line: str) -> str:
    match = _NAME.match(line)
    return match[0].upper() if match else ""
