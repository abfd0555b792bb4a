"""Single times of day as written, of which ranges are made: "7.30pm", "half past six", "19h30", "noon"."""

from dataclasses import dataclass, replace

from digest.collect.dates.scan import Scan
from digest.collect.dates.vocabulary import ClockWords

_BEFORE = frozenset("/£$€.:#_+")  # a number behind these is no time of day
_BEHIND = frozenset({"%", "_", "°", "°c"})


@dataclass(frozen=True, slots=True)
class Clock:
    """An hour and a minute as written."""

    start: int  # the first word
    end: int  # behind the last
    hour: int
    minute: int = 0
    half: str | None = None  # "am" or "pm"
    exact: bool = False  # a time of the 24 hour clock, or named
    certain: bool = False  # whether it is a time of day by itself, whatever stands around it
    dotted: bool = False  # "7.30", which may be a sum
    midnight: bool = False  # by name

    @property
    def open(self) -> bool:
        """Whether the half of the day is still to be told."""
        return self.half is None and not self.exact


class ClockReader:
    """Reads times of day of one text."""

    def __init__(self, scan: Scan, words: ClockWords) -> None:
        self._scan = scan
        self._words = words

    def read(self, place: int) -> Clock | None:
        """The time of day that begins at a place."""
        clock = self._named(place) or self._beside(place) or self._digits(place) or self._spelt(place)
        return None if clock is None else self._with_half(clock)

    def _named(self, place: int) -> Clock | None:
        found = self._words.named.match(self._scan, place)
        if found is None or self._scan.words[place - 1 if place else -1] in {"'", "-"}:
            return None
        midnight = found[0] == "midnight"
        return Clock(place, found[1], 0 if midnight else 12, exact=True, certain=True, midnight=midnight)

    def _beside(self, place: int) -> Clock | None:
        """"half past six", "quarter to 8", "ten past 7", "half six"."""
        found = self._words.beside_hour.match(self._scan, place)
        sure = True
        if found is None and self._scan.words[place] in self._words.half:
            found, sure = (30, place + 1), False
        if found is None:
            minutes = self._number(place)
            if minutes is None or not (sign := self._words.minutes.match(self._scan, minutes[1])):
                return None
            if minutes[0] not in {5, 10, 20, 25} or self._scan.words[place].isdecimal():
                return None
            found, sure = (sign[0] * minutes[0], sign[1]), sign[0] > 0
        add, at = found
        hour = self._number(at)
        if hour is None or hour[0] > 12 or self._scan.parted(at):
            return None
        total = hour[0] * 60 + add
        return Clock(place, hour[1], total // 60 or 12, total % 60, certain=sure)

    def _number(self, place: int) -> tuple[int, int] | None:
        number = self._scan.number(place)
        if number is not None:
            end = place + 1
            glued = self._scan.glued(end) and (self._scan.words[end].isalnum() or self._scan.words[end] in _BEHIND)
            half = self._words.halves.match(self._scan, end) is not None
            return (number, end) if number and (half or not glued) else None
        return self._words.numbers.match(self._scan, place)

    def _spelt(self, place: int) -> Clock | None:
        """"seven", "seven o'clock"."""
        found = self._words.numbers.match(self._scan, place)
        return Clock(place, found[1], found[0]) if found and found[0] <= 12 else None

    def _digits(self, place: int) -> Clock | None:
        scan = self._scan
        word = scan.words[place]
        iso = scan.glued(place) and scan.words[place - 1] == "t" and scan.glued(place - 1)
        if scan.glued(place) and not iso:
            if scan.words[place - 1] in _BEFORE or scan.words[place - 1].isalnum():
                return None
            if scan.words[place - 1] == "," and scan.glued(place - 1):
                return None
        hour = scan.number(place)
        if hour is None:
            return self._four(place)
        mark = scan.words[place + 1]
        minute = scan.number(place + 2)
        split = scan.glued(place + 1) and scan.glued(place + 2) and len(scan.words[place + 2]) == 2
        if hour > 24 or (hour == 24 and minute):
            return None
        if split and minute is not None and mark in {":", ".", "h"}:
            end = place + 3
            if minute > 59:
                return None
            if mark == ":" and scan.words[end] == ":" and scan.glued(end) and scan.number(end + 1) is not None:
                end += 2
                if scan.words[end] == "." and scan.glued(end) and scan.glued(end + 1) and scan.words[end + 1].isdecimal():
                    end += 2
            if self._runs_on(end):
                return None
            end += scan.glued(end) and scan.words[end] in self._words.hours and mark != "h"
            exact = len(word) == 2 and (word[0] == "0" or hour > 12 or mark == "h") or hour == 0
            if hour == 24:
                return Clock(place, end, 0, exact=True, certain=mark != ".", midnight=True)
            return Clock(place, end, hour, minute, exact=exact, certain=mark != ".", dotted=mark == ".")
        if scan.glued(place + 1) and mark and (mark.isalnum() or mark in _BEHIND):
            if self._words.halves.match(scan, place + 1) or self._words.named.match(scan, place):
                return Clock(place, place + 1, hour)
            return None
        if split and mark in {":", "."} or hour == 24 or (word[0] == "0"):
            return None
        runs = scan.glued(place + 1) and mark in {".", ":", "/", ","} and scan.glued(place + 2)
        return None if runs and scan.words[place + 2].isdecimal() else Clock(place, place + 1, hour, exact=hour > 12)

    def _four(self, place: int) -> Clock | None:
        """"1900 hrs", "0930"."""
        scan = self._scan
        word = scan.words[place]
        number = scan.number(place, 4)
        if number is None or len(word) != 4 or number // 100 > 23 or number % 100 > 59:
            return None
        end = place + 1
        hours = scan.words[end] in self._words.hours and not scan.breaks(end)
        if not hours and scan.glued(end) and (scan.words[end].isalnum() or self._runs_on(end)):
            return None
        return Clock(place, end + hours, number // 100, number % 100, exact=True, certain=hours)

    def _runs_on(self, end: int) -> bool:
        scan = self._scan
        if not scan.glued(end):
            return False
        behind = scan.words[end]
        if behind in _BEHIND or behind.isdecimal():
            return True
        return behind in {":", ".", "/"} and scan.glued(end + 1) and scan.words[end + 1].isdecimal()

    def _with_half(self, clock: Clock) -> Clock | None:
        """The time with the "pm", "o'clock" or "in the evening" behind it."""
        scan, end = self._scan, clock.end
        if scan.parted(end):
            return clock
        if oclock := self._words.oclock.match(scan, end):
            clock, end = replace(clock, end=oclock[1], certain=True), oclock[1]
        half = self._words.halves.match(scan, end) or self._words.parts_of_day.match(scan, end)
        if half is None or clock.midnight:
            return clock
        if scan.breaks(end) or (scan.words[end] == "am" and scan.words[half[1]][:1].isdecimal() and not scan.glued(end)):
            return clock  # Welsh "am 7" is "at 7"
        if clock.exact:  # "19:00pm" says it twice; "09.30am" is no time of the night
            wrong = clock.hour > 12 or (clock.hour == 0 and clock.minute == 0 and not clock.certain)
            if wrong:
                return replace(clock, end=half[1]) if half[0] == "pm" and clock.certain else None
            if clock.hour == 12 and not clock.dotted and not scan.words[clock.start].isdecimal():
                return clock
        if clock.hour == 0 or clock.hour > 12:
            return None if not clock.certain else clock
        hour = clock.hour % 12 + (12 if half[0] == "pm" else 0)
        return replace(clock, end=half[1], hour=hour, half=half[0], exact=False, certain=True)
