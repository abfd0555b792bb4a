"""All times of day of a text, with their ends and their zones; and what they are on a day."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from digest.collect.dates.clocks import Clock, ClockReader
from digest.collect.dates.finding import scan_dates
from digest.collect.dates.scan import Scan
from digest.collect.dates.vocabulary import ClockWords, clock_words, date_words
from digest.collect.dates.zones import WrittenZone, read_zone, zone_on

_SMALL_HOURS = time(6)  # an end by then is of the night that began the day before
_NEXT_DAY = timedelta(days=1)
_SIGNS = frozenset({",", ":", ";", "-", "–", "—", "|", "(", "@", "•", "·", "/"})
_MOST = 6  # zones for one moment


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenTime:
    """A time of day as written, with its end where one is said of it."""

    text: str
    span: tuple[int, int]
    clock: time
    until: time | None = None
    midnight: bool = False  # by name: the end of the day it is said of
    end_only: bool = False  # "until 4": when something ends of which no beginning is said
    assumed: bool = False  # the half of the day is not written: "from 9 to 5"
    zone: WrittenZone | None = None
    elsewhere: tuple[tuple[time, WrittenZone], ...] = ()  # the same moment as other zones have it


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadTime:
    """A written time on its day: aware, with what is doubtful about it."""

    starts: datetime
    ends: datetime | None
    doubts: tuple[str, ...] = ()


def read_time(written: WrittenTime, *, day: date, zone: ZoneInfo) -> ReadTime:
    """The moment that is meant; "midnight" is the end of the day, an end in the small hours is of the next.

    Args:
        written: what `find_times` found.
        day: the day it is said of, in the zone written beside it.
        zone: the network's, where none is written.
    """
    local = datetime.combine(day, written.clock) + (_NEXT_DAY if written.midnight else timedelta(0))
    meant, doubts = zone_on(written.zone, local, zone) if written.zone else (zone, ())
    starts = local.replace(tzinfo=meant)
    others = [(clock, other, zone_on(other, local, zone)[0]) for clock, other in written.elsewhere]
    surest = next((one for one in others if one[1].offset is not None), None)
    if surest is not None and written.zone and written.zone.offset is None:
        starts = _nearest(starts, surest[0], surest[2]).astimezone(meant)
        others = [(written.clock, written.zone, meant), *(one for one in others if one is not surest)]
    for clock, other, there in others:
        told = starts.astimezone(there)
        if told.time() != clock:
            doubts += (f"'{written.text}' contradicts itself: {clock:%H:%M} {other.text} would be {told:%H:%M}",)
    if written.until is None:
        return ReadTime(starts=starts, ends=None, doubts=doubts)
    ends = datetime.combine(day, written.until, meant)
    if ends <= starts and written.until <= _SMALL_HOURS:
        ends += _NEXT_DAY
    if ends <= starts:
        return ReadTime(starts=starts, ends=None, doubts=(*doubts, f"'{written.text}' ends before it begins"))
    return ReadTime(starts=starts, ends=ends, doubts=doubts)


def _nearest(moment: datetime, clock: time, zone: tzinfo) -> datetime:
    """The moment nearest to another that a clock elsewhere tells, a day before or behind it maybe."""
    there = moment.astimezone(zone)
    around = (datetime.combine(there.date() + days * _NEXT_DAY, clock, zone) for days in (-1, 0, 1))
    return min(around, key=lambda one: abs(one - moment))


def find_times(text: str) -> list[WrittenTime]:
    """All times of day in the order they stand, none within another.

    A bare hour is one behind a word such as "at" or "from", 7.30 there or beside a date; "2-3.30pm" is one time with
    its end; "15:00 UTC / 11:00 EDT" is one moment.
    """
    scan = Scan(text)
    found = _Times(scan).all()
    return found


@dataclass(frozen=True, slots=True)
class _Range:
    """One time or a range of two, and the zone behind them."""

    first: Clock
    last: Clock | None
    end: int
    zone: WrittenZone | None
    end_only: bool
    start: int


class _Times:
    def __init__(self, scan: Scan) -> None:
        self._scan = scan
        self._words: ClockWords = clock_words()
        self._clocks = ClockReader(scan, self._words)
        self._dated = bytearray(scan.size + 1)  # 1 within a date, 2 behind its last word
        place = 0
        for written in scan_dates(scan, numeric=True):
            while scan.starts[place] < written.span[0]:
                place += 1
            while place < scan.size and scan.ends[place] <= written.span[1]:
                self._dated[place] = 1
                place += 1

    def all(self) -> list[WrittenTime]:
        ranges: list[_Range] = []
        place = 0
        while place < self._scan.size:
            one = None if self._dated[place] else self._range(place)
            if one is None:
                place += 1
            else:
                ranges.append(one)
                place = one.end
        return self._together(ranges)

    def _range(self, place: int) -> _Range | None:
        """A time, or two with a word or sign between them, that begin at a place."""
        first = self._read(place)
        if first is None:
            return None
        zone, end = self._zone(first, first.end)
        join = self._words.joins.match(self._scan, end)
        before = self._scan.words[place - 1] if place else ""
        last: Clock | None = None
        if join is not None and not self._scan.breaks(join[1]) and not self._scan.breaks(end):
            kind, at = join
            if kind == "to" or (kind == "and" and before in self._words.between and self._scan.words[end] != ","):
                last = self._read(at)
            elif kind == "for" and (second := self._read(at)) is not None:
                return self._doors(first, second)
        cued = self._cued(place)
        if last is not None:
            both = self._pair(first, last, cued=cued)
            if both is not None:
                first, last = both
                further, end = self._zone(last, last.end)
                return _Range(first, last, end, further or zone, end_only=False, start=place)
            if not (first.certain or first.dotted):
                return None
        if not self._stands(first, cued=cued, zoned=zone is not None):
            return None
        until = place > 0 and any(
            self._words.until.match(self._scan, place - back) is not None for back in (1, 2) if place >= back
        )
        return _Range(self._told(first), None, end, zone, end_only=until, start=place)

    def _read(self, place: int) -> Clock | None:
        if place >= self._scan.size or self._dated[place]:
            return None
        clock = self._clocks.read(place)
        return None if clock is None or any(self._dated[place : clock.end]) else clock

    def _zone(self, clock: Clock, end: int) -> tuple[WrittenZone | None, int]:
        iso = self._scan.glued(clock.start) and self._scan.words[clock.start - 1] == "t"
        if self._scan.breaks(end):
            return None, end
        found = read_zone(self._scan, end, bare=True, iso=iso)
        return found or (None, end)

    def _doors(self, first: Clock, second: Clock) -> _Range | None:
        """"6 for 6.30": people come at the first, it begins at the second."""
        if second.hour % 12 - first.hour % 12 not in {0, 1, -11} or not (self._loose(first) or second.half):
            return None
        if not (second.certain or second.dotted) or second.midnight:
            return None
        zone, end = self._zone(second, second.end)
        return _Range(self._told(second), None, end, zone, end_only=False, start=first.start)

    @staticmethod
    def _loose(clock: Clock) -> bool:
        return clock.open or clock.certain

    def _pair(self, first: Clock, last: Clock, *, cued: bool) -> tuple[Clock, Clock] | None:
        """Both ends of a range with their halves of the day; nothing where they are none."""
        wordy = self._words.until.match(self._scan, first.end) is not None
        telling = last.certain or first.certain or (first.dotted and last.dotted)
        if not (telling or self._beside_date(first.start, last.end) or cued or wordy):
            return None
        sums = last.dotted and not last.half and self._scan.words[last.end] in self._words.units
        if sums or (not last.certain and not last.dotted and not self._follows(last.end)):
            return None
        if first.open and not first.certain and not first.dotted and first.hour > 12:
            return None
        if last.half and first.open:
            return self._before(first, last), last
        if first.open and last.open:
            return self._halves(first, last)
        if first.open and last.exact:  # "10-16.30", "6 - midnight"
            late = last.midnight or last.hour >= 12
            pm = late and first.hour < 12 and (last.midnight or first.hour + 12 < last.hour) and first.hour < 7
            return self._told(first) if pm and last.midnight else replace(first, hour=first.hour % 24, exact=True), last
        if last.open:
            return first, self._after(first, last)
        return first, last

    @staticmethod
    def _before(first: Clock, last: Clock) -> Clock:
        """The start shares the half of the end unless that turns the range round."""
        hour = first.hour % 12
        later = hour + 12
        end = (last.hour, last.minute)
        if last.half == "pm":
            hour = later if (later, first.minute) < end else hour
        elif (hour, first.minute) >= end:  # "10-2am"
            hour = later
        return replace(first, hour=hour, exact=True)

    @staticmethod
    def _after(first: Clock, last: Clock) -> Clock:
        """The end is the next such hour behind the start."""
        hour = last.hour % 12
        if (hour, last.minute) <= (first.hour, first.minute) and (hour + 12, last.minute) > (first.hour, first.minute):
            hour += 12
        return replace(last, hour=hour, exact=True)

    def _halves(self, first: Clock, last: Clock) -> tuple[Clock, Clock]:
        start = self._told(first)
        if start.hour >= 19 and (last.hour % 12 + 12, last.minute) <= (start.hour, start.minute):
            start = replace(first, hour=first.hour % 12)  # "7 to 3"
        return start, self._after(start, last)

    @staticmethod
    def _told(clock: Clock) -> Clock:
        """An hour whose half of the day is not written: from 8 in the morning to 8 in the evening."""
        if not clock.open or clock.hour == 12:
            return clock
        return replace(clock, hour=clock.hour % 12 + 12 if 1 <= clock.hour <= 7 else clock.hour)

    def _stands(self, clock: Clock, *, cued: bool, zoned: bool) -> bool:
        """Whether a time that stands alone is one."""
        if clock.certain:
            return True
        if zoned:
            return clock.dotted or cued
        if clock.dotted and self._scan.words[clock.end] in self._words.units:
            return False
        if clock.dotted:
            return cued or self._beside_date(clock.start, clock.end)
        if clock.exact:
            return cued and len(self._scan.words[clock.start]) == 4 and self._scan.words[clock.start][0] == "0"
        if self._scan.words[clock.start].isdecimal() or clock.minute == 0:
            return cued and self._follows(clock.end)
        return (cued or self._beside_date(clock.start, clock.end)) and self._follows(clock.end)

    def _cued(self, place: int) -> bool:
        """Whether a word that promises a time of day stands before it."""
        at = place - 1
        while at > max(0, place - 3) and self._scan.words[at] in {":", "(", "the"}:
            at -= 1
        return any(
            start >= 0 and self._words.cues.skip(self._scan, start) == at + 1 for start in range(at, at - 3, -1)
        )

    def _follows(self, end: int) -> bool:
        """Whether what stands behind a bare hour lets it be one: "at 10 Downing Street" does not."""
        scan = self._scan
        behind = scan.words[end]
        if end >= scan.size or scan.breaks(end) or self._dated[end]:
            return True
        if scan.glued(end) and scan.glued(end + 1) and behind in {"-", "/", "."}:
            return False
        if not behind[:1].isalnum():
            return behind not in {"%", "£", "$", "€", "+", "°", "'"}
        return behind in self._words.follows or behind in date_words().weekdays or behind in date_words().many_weekdays

    def _beside_date(self, start: int, end: int) -> bool:
        """Whether a date or a weekday stands right before or behind, with nothing but signs between."""
        scan, words = self._scan, date_words()
        at = start - 1
        while at > max(0, start - 4) and (scan.words[at] in _SIGNS or scan.words[at] in {"at", "from"}):
            at -= 1
        if at >= 0 and (self._dated[at] or scan.words[at] in words.weekdays or scan.words[at] in words.many_weekdays):
            return True
        at = end
        while at < end + 4 and (scan.words[at] in _SIGNS or scan.words[at] in {"on", "the", "every", "bank", "holiday"}):
            at += 1
        behind = scan.words[at]
        return at < scan.size and bool(
            self._dated[at] or (behind in words.weekdays and scan.capital(at)) or behind in words.many_weekdays
        )

    def _together(self, ranges: list[_Range]) -> list[WrittenTime]:
        """Times as they are told: a zone serves those before it in its list; one moment in several zones is one."""
        times: list[WrittenTime] = []
        ends: list[int] = []
        for one in ranges:
            written = self._written(one)
            kind = self._between(ends[-1], one.start) if ends else None
            if kind and times[-1].zone and written.zone and self._same_moment(times[-1], written, kind):
                before = times[-1]
                span = (before.span[0], written.span[1])
                told = (*before.elsewhere, (written.clock, written.zone))
                times[-1] = replace(before, span=span, text=self._scan.text[slice(*span)], elsewhere=told)
                ends[-1] = one.end
                continue
            times.append(written)
            ends.append(one.end)
        for place in range(len(times) - 2, -1, -1):
            if times[place].zone is None and times[place + 1].zone is not None:
                between = self._scan.text[times[place].span[1] : times[place + 1].span[0]].strip().lower()
                if between and self._words.joins.match(Scan(between[:20]), 0) and len(between) < 8:
                    times[place] = replace(times[place], zone=times[place + 1].zone)
        return times

    def _between(self, end: int, start: int) -> str | None:
        """What joins two times that follow each other."""
        at, kind = end, None
        while at < start and at < end + 3:
            found = self._words.joins.match(self._scan, at)
            if found is None and self._scan.words[at] not in {")", ";"}:
                return None
            kind, at = (found[0] if kind in {None, "same"} else kind, found[1]) if found else (kind or ";", at + 1)
        if at < start:
            return None
        return kind or "same"

    @staticmethod
    def _same_moment(before: WrittenTime, after: WrittenTime, kind: str) -> bool:
        zones = {zone.text.upper() for zone in (before.zone, *(zone for _, zone in before.elsewhere)) if zone}
        new = after.zone is not None and after.zone.text.upper() not in zones
        return new and kind != "to" and len(before.elsewhere) < _MOST and after.until is None

    def _written(self, one: _Range) -> WrittenTime:
        span = (self._scan.starts[one.start], self._scan.ends[one.end - 1])
        last = one.last
        return WrittenTime(
            text=self._scan.text[slice(*span)],
            span=span,
            clock=time(one.first.hour % 24, one.first.minute),
            until=None if last is None else time(last.hour % 24, last.minute),
            midnight=one.first.midnight,
            end_only=one.end_only,
            assumed=one.first.open and not (8 <= one.first.hour <= 12 and (one.first.certain or one.first.dotted)),
            zone=one.zone,
        )
