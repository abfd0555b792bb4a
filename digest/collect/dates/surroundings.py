"""What stands around a number that may be an hour: a cue, a date, a unit."""

from bisect import bisect_left, bisect_right
from functools import cached_property

from digest.collect.dates.clocks import QUARTERS, Clock
from digest.collect.dates.finding import scan_dates
from digest.collect.dates.hours import told
from digest.collect.dates.scan import Scan
from digest.collect.dates.vocabulary import ClockWords, date_words

_SIGNS = frozenset({",", ":", ";", "-", "–", "—", "|", "(", "@", "•", "·", "/"})
_BEFORE = _SIGNS | {"at", "from", "am", "o"}
_BEHIND = _SIGNS | {"on", "the", "every", "bank", "holiday", "ar"}
_NO_HOUR = frozenset({"%", "£", "$", "€", "+", "°", "'"})
_STOPS = frozenset({",", ";", "(", ")"})  # between which a time stands alone: "The Malthouse, 7.45 (bar from 7)"
_LONGEST = 8 * 60  # minutes of an event
_ENDS = _STOPS | {".", "!", "|"}
_OF_PROGRAMME = QUARTERS | {0}  # "10.45 Service begins" at the beginning of a line


class Surroundings:
    """Tells of one text where a time of day may stand."""

    def __init__(self, scan: Scan, words: ClockWords) -> None:
        self._scan = scan
        self._words = words
        self._weekdays = date_words().weekdays
        self._the = date_words().the
        self._many = date_words().many_weekdays

    @cached_property
    def _dated(self) -> bytearray:
        """Which words belong to a date."""
        scan, place = self._scan, 0
        dated = bytearray(scan.size + 1)
        for written in scan_dates(scan, numeric=True):
            place = bisect_left(scan.starts, written.span[0], place)
            end = bisect_right(scan.ends, written.span[1], place, scan.size)
            dated[place:end] = b"\x01" * (end - place)
            place = end
        return dated

    def dated(self, start: int, end: int) -> bool:
        """Whether a word from one place up to another belongs to a date."""
        return any(self._dated[start:end])

    def between(self, place: int) -> bool:
        """Whether "between" stands before a place."""
        return place > 0 and self._scan.words[place - 1] in self._words.between

    def until(self, place: int) -> bool:
        """Whether "until" stands before a place."""
        return any(self._words.until.skip(self._scan, place - back) == place for back in (1, 2) if place >= back)

    def cued(self, place: int) -> bool:
        """Whether a word that promises a time of day stands before a place."""
        at = place
        while at > max(0, place - 2) and self._scan.words[at - 1] in {":", "("}:
            at -= 1
        return any(self._words.cues.skip(self._scan, at - back) == at for back in (1, 2, 3) if at >= back)

    def ranges(self, first: Clock, last: Clock, *, zoned: bool = False) -> bool:
        """Whether two times with a word or sign between them are a range of hours."""
        scan = self._scan
        sure = first.certain or last.certain or (zoned and last.exact)
        if (self._year(first) or self._year(last)) and not sure:
            return False
        if self._both_of_four(first, last):
            return True
        if not (last.certain or zoned) and not self._may_end(last):
            return False
        if first.hour > 12 and not (first.certain or first.dotted or len(scan.words[first.start]) == 4):
            return False
        return (
            sure
            or (first.dotted and last.dotted)
            or self.cued(first.start)
            or self._words.until.match(scan, first.end) is not None
            or self._like_hours(first, last)
            or self._beside_date(first.start, last.end)
        )

    def _may_end(self, last: Clock) -> bool:
        """Whether what stands behind an end lets it be one."""
        return self._scan.words[last.end] not in self._words.units if last.dotted else self._follows(last.end)

    def _like_hours(self, first: Clock, last: Clock) -> bool:
        """Whether two numbers look like hours: "10.30 to 4", and ", 11-2" as no score or sum does."""
        if first.dotted and first.minute % 15 == 0:
            return last.hour <= 12
        opens = self._scan.breaks[first.start]
        opening = opens or self._scan.words[first.start - 1] in {",", "|", "(", ":"}
        if opens and 9 <= first.hour < last.hour <= 12:
            return self._ended(last.end)  # "9 to 12, outside the leisure centre"
        return opening and 9 <= first.hour <= 12 and 1 <= last.hour <= 6

    def _both_of_four(self, first: Clock, last: Clock) -> bool:
        """Whether it is "0930-1300"; "0845-1300-200" is a number to ring."""
        scan = self._scan
        if not all(len(scan.words[one.start]) == 4 and one.exact and one.minute % 5 == 0 for one in (first, last)):
            return False
        runs_on = scan.glued[last.end] and scan.words[last.end] == "-"
        ahead = (first.hour, first.minute) < (last.hour, last.minute)
        padded = scan.words[first.start][0] == "0"
        return ahead and not runs_on and (padded or self._beside_date(first.start, last.end))

    def lasting(self, end: int) -> int:
        """The minutes of ", one hour," behind a time; none where no length stands there."""
        scan, at = self._scan, end
        if scan.breaks[at] or scan.words[at] not in {",", "("}:
            return 0
        at = self._words.roughly.skip(scan, at + 1)
        if (whole := self._words.an_hour.match(scan, at)) is not None:
            return 60 if self._ended(whole[1]) else 0
        number = scan.number(at)
        told = (number, at + 1) if number is not None else self._words.numbers.match(scan, at)
        unit = self._words.lasting.match(scan, told[1]) if told else None
        minutes = told[0] * unit[0] if told and unit and self._ended(unit[1]) else 0
        return minutes if minutes <= _LONGEST else 0

    def _ended(self, end: int) -> bool:
        """Whether a line or a part of a sentence ends at a place."""
        scan = self._scan
        return end >= scan.size or scan.breaks[end] or scan.words[end] in _ENDS

    def till(self, clock: Clock) -> bool | None:
        """Whether "till late" stands behind a time, or else till something that is no time: "8 till the last dance"."""
        found = self._words.until.match(self._scan, clock.end)
        if found is None or self._scan.breaks[clock.end] or self._scan.breaks[found[1]]:
            return None
        if self._words.late.match(self._scan, found[1]):
            return True
        return None if self._scan.words[found[1]].isdecimal() or self._dated[found[1]] else False

    def stands(self, clock: Clock, *, zoned: bool, further: bool = False) -> bool:
        """Whether a time that stands alone is one.

        Args:
            clock: as written.
            zoned: a zone stands behind it.
            further: another time stands before it in the text.
        """
        if clock.certain or self._on_the_dot(clock):
            return True
        cued = self.cued(clock.start)
        if clock.dotted:
            return zoned or self._dotted_stands(clock, cued=cued, further=further)
        if clock.exact:
            return self._four_stands(clock, cued=cued or zoned) or (zoned and not self._year(clock))
        beside = not cued and clock.minute and self._beside_date(clock.start, clock.end)  # "half six"
        ended = clock.hour > 1 or self._scan.words[clock.end] in {".", ""}  # "half one, half the other" is none
        half = clock.minute and ended and self._ended(clock.end)
        return (
            bool(half)
            or (zoned and cued)
            or bool((cued or beside) and self._follows(clock.end))
            or self._till_something(clock)
        )

    def _on_the_dot(self, clock: Clock) -> bool:
        """Whether it is "7.30 sharp" or "half nine start"."""
        if clock.minute not in QUARTERS or self._scan.breaks[clock.end]:
            return False
        return self._words.on_the_dot.match(self._scan, clock.end) is not None

    def _till_something(self, clock: Clock) -> bool:
        late, scan = self.till(clock), self._scan
        opening = scan.breaks[clock.start] or scan.words[clock.start - 1] in {",", "|", "(", ":"}
        dated = opening or self._beside_date(clock.start, clock.start)
        return clock.hour <= 12 and (late is True or (late is False and dated))

    def _leaves(self, clock: Clock) -> bool:
        """Whether it is "the 11.15 to Stornoway"."""
        scan = self._scan
        to = self._words.joins.match(scan, clock.end)
        named = to is not None and to[0] == "to" and scan.capital(to[1]) and not scan.breaks[to[1]]
        return named and clock.start > 0 and self._the.skip(scan, clock.start - 1) == clock.start

    def _dotted_stands(self, clock: Clock, *, cued: bool, further: bool) -> bool:
        whole = clock.exact or len(self._scan.words[clock.start]) == 2
        hours = cued and whole and clock.minute in _OF_PROGRAMME  # "at 17.00 hours"
        if self._scan.words[clock.end] in self._words.units - (self._words.hours if hours else frozenset()):
            return False
        if self._leaves(clock):
            return True
        ended = clock.minute in QUARTERS and self._ended(clock.end)
        if ended and (further or self._scan.breaks[clock.start]):  # "doors 7pm, film 7.30"
            return True
        before = self._scan.words[clock.start - 1] if clock.start else ""
        promised = clock.minute in QUARTERS and (before == ":" or before in self._words.coming)
        promised |= clock.minute in _OF_PROGRAMME and self._behind_dot(clock)
        opens = (
            clock.minute in _OF_PROGRAMME
            and self._scan.breaks[clock.start]
            and self._scan.words[clock.end][:1].isalpha()
        )
        alone = clock.minute in QUARTERS and before in _STOPS and self._scan.words[clock.end] in _STOPS
        return cued or promised or opens or alone or self._beside_date(clock.start, clock.end)

    def _behind_dot(self, clock: Clock) -> bool:
        """Whether it stands between dots behind a date: "Wednesday, 14 October. 7.15. Whitlow Rooms"."""
        scan, before = self._scan, clock.start - 2
        return before >= 0 and scan.words[before + 1] == "." == scan.words[clock.end] and bool(self._dated[before])

    def _four_stands(self, clock: Clock, *, cued: bool) -> bool:
        word = self._scan.words[clock.start]
        if len(word) != 4:
            return False
        return (cued and word[0] == "0") or (not self._year(clock) and self._beside_date(clock.start, clock.end))

    def _year(self, clock: Clock) -> bool:
        """Whether four digits may as well be a year."""
        word = self._scan.words[clock.start]
        return len(word) == 4 and clock.end == clock.start + 1 and word.isdecimal() and 1900 <= int(word) < 2100

    def _follows(self, end: int) -> bool:
        """Whether what stands behind a bare hour lets it be one: "at 10 Downing Street" does not."""
        scan = self._scan
        behind = scan.words[end]
        if end >= scan.size or scan.breaks[end] or self._dated[end]:
            return True
        if scan.glued[end] and scan.glued[end + 1] and behind in {"-", "/", "."}:
            return False
        if not behind[:1].isalnum():
            return behind not in _NO_HOUR
        return behind in self._words.follows or behind in self._weekdays or behind in self._many

    def _beside_date(self, start: int, end: int) -> bool:
        """Whether a date or a weekday stands right before or behind, with nothing but signs between."""
        scan = self._scan
        at = start - 1
        while at > max(0, start - 4) and scan.words[at] in _BEFORE:
            at -= 1
        if at >= 0 and (self._dated[at] or scan.words[at] in self._weekdays or scan.words[at] in self._many):
            return True
        at = end
        while at < end + 4 and scan.words[at] in _BEHIND:
            at += 1
        behind = scan.words[at]
        return at < scan.size and bool(
            self._dated[at] or (behind in self._weekdays and scan.capital(at)) or behind in self._many
        )

    def doors(self, first: Clock, second: Clock) -> bool:
        """Whether "6 for 6.30" is meant: people come at the first, it begins at the second."""
        bare = (first.certain or first.dotted) and second.open and self._follows(second.end)  # "6.30pm for 7"
        sure = second.certain or second.dotted or bare
        if not sure or second.midnight or not (first.open or first.certain):
            return False
        begins, come = told(second), told(first)
        return 0 < (begins.hour * 60 + begins.minute - come.hour * 60 - come.minute) % 720 <= 60
