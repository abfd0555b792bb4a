"""Single times of day as written, of which ranges are made: "7.30pm", "half past six", "19h30", "noon"."""

from dataclasses import dataclass, replace

from digest.collect.dates.scan import Scan
from digest.collect.dates.vocabulary import ClockWords
from digest.collect.dates.zones import read_zone

_BEFORE = frozenset("/£$€.:#_+")  # a number behind these is no time of day
_BEHIND = frozenset({"%", "_", "°"})
_SPELT_MINUTES = frozenset({5, 10, 20, 25})
QUARTERS = frozenset({15, 30, 45})


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
    dotted: bool = False  # "7.30", which may be a sum, or "17h", which may be how long
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
        clock = self._named(place)
        if clock is None and not self._scan.words[place].isdecimal():
            clock = self._beside(place) or self._spelt(place)
        elif clock is None and not self._belongs_before(place):
            clock = self._split(place) or self._bare(place) or self._four(place)
        return None if clock is None else self._with_half(clock)

    def _named(self, place: int) -> Clock | None:
        found = self._words.named.match(self._scan, place)
        before = self._scan.words[place - 1] if place else ""
        if found is None or before == "'" or (before == "-" and not self._ends_clock(place - 2)):
            return None
        midnight = found[0] == "midnight"
        return Clock(place, found[1], 0 if midnight else 12, exact=True, certain=True, midnight=midnight)

    def _ends_clock(self, place: int) -> bool:
        """Whether a word is the last of a time of day, as of "10 a.m.-noon"; "mid-noon" is no time."""
        word = self._scan.words[place] if place >= 0 else ""
        starts = [place - back for back in (0, 1) if place >= back]
        return word.isdecimal() or any(self._words.halves.skip(self._scan, at) == place + 1 for at in starts)

    def _beside(self, place: int) -> Clock | None:
        """The time of "half past six", "quarter to 8", "ten past 7" and "half six"."""
        told = self._minutes_beside(place)
        hour = None if told is None or self._scan.parted(told[1]) else self._number(told[1])
        if told is None or hour is None or hour[0] > 12:
            return None
        total = hour[0] * 60 + told[0]
        return Clock(place, hour[1], total // 60 or 12, total % 60, certain=told[2])

    def _minutes_beside(self, place: int) -> tuple[int, int, bool] | None:
        """Minutes past or before the hour that follows, its place, and whether they can be nothing else."""
        if phrase := self._words.beside_hour.match(self._scan, place):
            return (*phrase, True)
        if self._scan.words[place] in self._words.half:
            return 30, place + 1, False
        minutes = self._words.numbers.match(self._scan, place)
        sign = self._words.minutes.match(self._scan, minutes[1]) if minutes else None
        if minutes is None or sign is None or minutes[0] not in _SPELT_MINUTES:
            return None
        return sign[0] * minutes[0], sign[1], sign[0] > 0

    def _number(self, place: int) -> tuple[int, int] | None:
        """An hour in figures or in words."""
        number, end = self._scan.number(place), place + 1
        if number is None:
            return self._words.numbers.match(self._scan, place)
        fused = self._scan.glued[end] and (self._scan.words[end].isalnum() or self._scan.words[end] in _BEHIND)
        half = self._words.halves.match(self._scan, end) is not None
        return (number, end) if number and (half or not fused) else None

    def _spelt(self, place: int) -> Clock | None:
        """The time of "seven" and "seven thirty"."""
        hour = self._words.numbers.match(self._scan, place)
        if hour is None or hour[0] > 12:
            return None
        minute = None if self._scan.parted(hour[1]) else self._words.numbers.match(self._scan, hour[1])
        if minute is None or minute[0] not in QUARTERS:
            return Clock(place, hour[1], hour[0])
        return Clock(place, minute[1], hour[0], minute[0])

    def _belongs_before(self, place: int) -> bool:
        """Whether a number is the end of something else: "£8", "v1.8", "1,500"."""
        scan = self._scan
        if not scan.glued[place]:
            return False
        before = scan.words[place - 1]
        if before == "t" and scan.glued[place - 1]:  # of ISO 8601
            return False
        return before in _BEFORE or before.isalnum() or (before == "," and scan.glued[place - 1])

    def _split(self, place: int) -> Clock | None:
        """The time of "7:30", "7.30", "19h30" and "19:30:00"."""
        scan = self._scan
        mark = scan.words[place + 1]
        if mark not in {":", ".", "h"} or not self._two_digits_glued(place):
            return None
        hour, minute = scan.number(place), scan.number(place + 2)
        if hour is None or minute is None:
            return None
        end = place + 3
        if mark == ":" and scan.words[end] == ":" and self._two_digits_glued(place + 2):
            end += 2
            end += 2 * (scan.words[end] == "." and scan.glued[end + 1] and scan.words[end + 1].isdecimal())
        if minute > 59 or hour > 24 or (hour == 24 and minute) or self._runs_on(end):
            return None
        padded = len(scan.words[place]) == 2 and (hour > 12 or scan.words[place][0] == "0")
        hours = mark != "h" and self._hours(end, padded=padded)
        return Clock(
            place,
            end + hours,
            hour % 24,
            minute,
            exact=padded or hour == 0 or mark == "h",
            certain=mark != "." or (padded and hours),
            dotted=mark == ".",
            midnight=hour == 24,
        )

    def _hours(self, end: int, *, padded: bool) -> bool:
        """Whether the "hrs" of "15.00 hrs" is behind a time, and not how many they are, as in "20.00 hours a week"."""
        scan, words = self._scan, self._words
        if scan.words[end] not in words.hours or scan.breaks[end]:
            return False
        behind = scan.words[end + 1]
        ended = scan.breaks[end + 1] or not behind[:1].isalnum() or behind in words.follows
        return scan.glued[end] or (padded and ended)

    def _two_digits_glued(self, place: int) -> bool:
        scan = self._scan
        return scan.glued[place + 1] and scan.glued[place + 2] and len(scan.words[place + 2]) == 2

    def _runs_on(self, end: int) -> bool:
        scan = self._scan
        if not scan.glued[end]:
            return False
        behind = scan.words[end]
        decimal = behind in {":", ".", "/"} and scan.glued[end + 1] and scan.words[end + 1].isdecimal()
        return behind in _BEHIND or behind.isdecimal() or decimal

    def _bare(self, place: int) -> Clock | None:
        """The hour of "7pm", "7ish", "7ET" and "17h", or of "7" where what stands around it lets it be one."""
        scan, end = self._scan, place + 1
        hour = scan.number(place)
        if hour is None or hour > 23 or scan.words[place][0] == "0":
            return None
        mark = scan.words[end]
        if scan.glued[end]:
            if mark == "h" and hour > 12 and not (scan.glued[end + 1] and scan.words[end + 1].isalnum()):
                return Clock(place, end + 1, hour, exact=True, dotted=True)
            if mark.isalnum() or mark in _BEHIND:
                words = self._words
                fits = words.halves.match(scan, end) or words.oclock.match(scan, end) or read_zone(scan, end)
                return Clock(place, end, hour) if fits else None
            if mark in {".", ":", "/", ","} and scan.glued[end + 1] and scan.words[end + 1].isdecimal():
                return None
        return Clock(place, end, hour, exact=hour > 12)

    def _four(self, place: int) -> Clock | None:
        """The time of "1900 hrs" and "0930"."""
        scan, end = self._scan, place + 1
        number = scan.number(place, 4)
        if number is None or len(scan.words[place]) != 4 or number // 100 > 23 or number % 100 > 59:
            return None
        hours = scan.words[end] in self._words.hours and not scan.breaks[end]
        if not hours and (self._runs_on(end) or (scan.glued[end] and scan.words[end].isalpha())):
            return None
        return Clock(place, end + hours, number // 100, number % 100, exact=True, certain=hours)

    def _with_half(self, clock: Clock) -> Clock | None:
        """The time with the "pm", "o'clock" or "in the evening" behind it; nothing where they contradict each other."""
        scan = self._scan
        if scan.parted(clock.end):
            return clock
        if oclock := self._words.oclock.match(scan, clock.end):
            clock = replace(clock, end=oclock[1], certain=True)
        end = clock.end
        half = self._words.halves.match(scan, end) or self._words.parts_of_day.match(scan, end)
        if half is None or clock.midnight or scan.breaks[end] or self._at_in_welsh(clock, half[1]):
            return clock
        if not scan.words[clock.start].isdecimal() and clock.exact:
            return clock  # "noon"
        if clock.hour == 0 or clock.hour > 12:  # "19:00pm" says it twice
            return replace(clock, end=half[1]) if clock.certain else None
        hour = clock.hour % 12 + (12 if half[0] == "pm" else 0)
        return replace(clock, end=half[1], hour=hour, half=half[0], exact=False, certain=True)

    def _at_in_welsh(self, clock: Clock, behind: int) -> bool:
        """Whether an "am" is the Welsh "at", as in "Sadwrn 7 am 10"."""
        scan, end = self._scan, clock.end
        bare = not (clock.certain or clock.dotted or scan.glued[end])
        return bare and scan.words[end] == "am" and scan.words[behind][:1].isdecimal()
