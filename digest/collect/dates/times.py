"""All times of day of a text, with their ends and their zones."""

from dataclasses import dataclass, replace
from datetime import time, timedelta

from digest.collect.dates.clocks import Clock, ClockReader
from digest.collect.dates.hours import after, assumed, both_told, told
from digest.collect.dates.moments import WrittenTime
from digest.collect.dates.scan import Scan, scan_of
from digest.collect.dates.surroundings import Surroundings
from digest.collect.dates.vocabulary import clock_words
from digest.collect.dates.zones import WrittenZone, read_city, read_zone, zone_of_place
from digest.collect.languages import of_all_languages

_MOST = 6  # zones for one moment


def find_times(text: str) -> list[WrittenTime]:
    """All times of day in the order they stand, none within another.

    A bare hour is one behind a word such as "at" or "from", 7.30 there or beside a date; "2-3.30pm" is one time with
    its end; "15:00 UTC / 11:00 EDT" is one moment.
    """
    return _Times(scan_of(text)).all()


@dataclass(frozen=True, slots=True)
class _Span:
    """One time or a range of two, and the zone beside them."""

    start: int
    end: int
    first: Clock
    last: Clock | None
    zone: WrittenZone | None
    end_only: bool = False


@of_all_languages
def _starts() -> frozenset[str]:
    return clock_words().starts


class _Times:
    def __init__(self, scan: Scan) -> None:
        self._scan = scan
        self._words = clock_words()
        self._clocks = ClockReader(scan, self._words)
        self._around = Surroundings(scan, self._words)
        self._found = False  # a time already
        self._last: tuple[int, Clock | None] = (-1, None)  # read last, often the end of a range that is none

    def all(self) -> list[WrittenTime]:
        spans: list[_Span] = []
        place = 0
        starts, words = _starts(), self._scan.words
        while place < self._scan.size:
            one = self._span(place) if words[place].isdecimal() or words[place] in starts else None
            if one is None:
                place += 1
                continue
            if one.end_only and one.first.open and spans:  # the next such hour behind the one before
                before = spans[-1].last or spans[-1].first
                one = replace(one, first=after(before, one.first))
            spans.append(one)
            self._found = True
            place = one.end
        return self._together(spans)

    def _span(self, place: int) -> _Span | None:
        """A time, or two with a word or sign between them, that begin at a place."""
        first = self._read(place)
        if first is None:
            return None
        zone, end = self._zone(first)
        kind, last = self._joined(place, end)
        if last is not None and kind == "for" and self._around.doors(first, last):
            further, end = self._zone(last)
            begins = after(first, last) if last.open and first.half is not None else told(last)
            return _Span(place, end, begins, None, further)
        if last is not None and kind == "to" and not self._is_year(first, last):
            further, end = self._zone(last)
            if self._around.ranges(first, last, zoned=further is not None):
                return _Span(place, end, *both_told(*_of_day(further or zone, first, last)), further or zone)
            if not (first.certain or first.dotted):
                return None
        if not self._around.stands(first, zoned=zone is not None, further=self._found):
            return None
        if first.open and 6 <= first.hour < 12 and self._around.till(first):
            first = replace(first, hour=first.hour + 12, half="pm")
        return _Span(place, end, told(*_of_day(zone, first)), None, zone, end_only=self._around.until(place))

    def _is_year(self, first: Clock, last: Clock) -> bool:
        """Whether "2007 to 12:00 AM" begins with no time: one in four digits ends with one such."""
        word = self._scan.words[first.start]
        return word.isdecimal() and len(word) == 4 > len(self._scan.words[last.start])

    def _read(self, place: int) -> Clock | None:
        if place >= self._scan.size or self._around.dated(place, place + 1):
            return None
        if place != self._last[0]:
            self._last = (place, self._clocks.read(place))
        clock = self._last[1]
        return None if clock is None or self._around.dated(place, clock.end) else clock

    def _joined(self, place: int, end: int) -> tuple[str, Clock | None]:
        """What joins a time with the next one, "to" or "for", and that one."""
        join = self._words.joins.match(self._scan, end)
        if join is None or self._scan.breaks[end] or self._scan.breaks[join[1]]:
            return "", None
        kind, at = join
        if kind == "and" and self._scan.words[end] != "," and self._around.between(place):
            kind = "to"
        if kind not in {"to", "for"}:
            return kind, None
        return kind, self._read(self._words.roughly.skip(self._scan, at))

    def _zone(self, clock: Clock) -> tuple[WrittenZone | None, int]:
        """The zone behind a time, and the place behind both; "NZST (UTC+12)" is what is in brackets."""
        end = clock.end
        if self._scan.breaks[end]:
            return None, end
        iso = self._scan.glued[clock.start] and self._scan.words[clock.start - 1] == "t"
        found = read_zone(self._scan, end, bare=True, iso=iso) or self._listed(clock)
        if found is None:
            return None, end
        zone, end = found
        if (placed := zone_of_place(self._scan, end, zone.places)) is not None:
            return replace(zone, places=(placed[0],), abbreviation=None), placed[1]
        again = read_zone(self._scan, end) if self._scan.words[end] == "(" and not self._scan.breaks[end] else None
        if again is None:
            return zone, end
        return (again[0] if zone.offset is None and again[0].offset is not None else zone), again[1]

    def _listed(self, clock: Clock) -> tuple[WrittenZone, int] | None:
        """The city alone of "3pm New York / 8pm London": without a slash beside it, it may be where something is."""
        before = self._scan.words[clock.start - 1] if clock.start else ""
        found = read_city(self._scan, clock.end) if clock.certain else None
        return found if found is not None and "/" in {before, self._scan.words[found[1]]} else None

    def _together(self, spans: list[_Span]) -> list[WrittenTime]:
        """Times as they are told: one moment in several zones is one, a zone serves those before it in its list."""
        times: list[WrittenTime] = []
        joins: list[str | None] = []  # what joins each with the one before it
        end = 0
        for one in spans:
            written = self._written(one)
            kind = self._between(end, one.start) if times else None
            end = one.end
            if kind in {"and", "same"} and _same_moment(times[-1], written):
                times[-1] = self._with_elsewhere(times[-1], written)
            else:
                times.append(written)
                joins.append(kind)
            if not (times[-1].until or times[-1].end_only) and (minutes := self._around.lasting(one.end)):
                times[-1] = replace(times[-1], until=_later(times[-1].clock, minutes))
        for place in range(len(times) - 2, -1, -1):
            behind = times[place + 1]
            if times[place].zone is None and behind.zone is not None and joins[place + 1] in {"and", "to"}:
                times[place] = replace(times[place], zone=behind.zone)
        return times

    def _between(self, end: int, start: int) -> str | None:
        """What joins two times that follow each other: "and", "to", or "same" where only signs do."""
        at, kind = end, "same"
        while at < start:
            found = self._words.joins.match(self._scan, at)
            if found is None and self._scan.words[at] not in {")", ";"}:
                return None
            if found is not None and kind == "same":
                kind = found[0]
            at = found[1] if found else at + 1
            if at > end + 3:
                return None
        return kind if start - end <= 3 else None

    def _with_elsewhere(self, before: WrittenTime, written: WrittenTime) -> WrittenTime:
        span = (before.span[0], written.span[1])
        more = () if written.zone is None else ((written.clock, written.zone),)
        return replace(before, span=span, text=self._scan.text[slice(*span)], elsewhere=before.elsewhere + more)

    def _written(self, one: _Span) -> WrittenTime:
        span = self._scan.span(one.start, one.end)
        return WrittenTime(
            text=self._scan.text[slice(*span)],
            span=span,
            clock=time(one.first.hour % 24, one.first.minute),
            until=None if one.last is None else time(one.last.hour % 24, one.last.minute),
            midnight=one.first.midnight,
            end_only=one.end_only,
            assumed=assumed(one.first),
            zone=one.zone,
        )


def _of_day(zone: WrittenZone | None, *clocks: Clock) -> tuple[Clock, ...]:
    """Bare hours in UTC are those of a day, "1-3 UTC", as nobody tells halves of a day in it."""
    in_utc = zone is not None and zone.offset == timedelta(0) and zone.text.upper().startswith("UTC")
    return tuple(replace(one, exact=in_utc or one.exact) if one.open else one for one in clocks)


def _later(clock: time, minutes: int) -> time:
    hour, minute = divmod(clock.hour * 60 + clock.minute + minutes, 60)
    return time(hour % 24, minute)


def _same_moment(before: WrittenTime, after: WrittenTime) -> bool:
    """Whether a time in another zone is the one before it again."""
    if before.zone is None or after.zone is None or after.until is not None or len(before.elsewhere) >= _MOST:
        return False
    zones = {before.zone.text.upper(), *(zone.text.upper() for _, zone in before.elsewhere)}
    return after.zone.text.upper() not in zones
