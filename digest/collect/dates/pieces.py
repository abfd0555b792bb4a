"""Single days as written, of which lists and ranges are made: a weekday, a day, a month and a year, or part of them."""

from dataclasses import dataclass

from digest.collect.dates.scan import Scan
from digest.collect.dates.vocabulary import DateWords

_BEFORE = frozenset("/£$€.:#_")  # a number behind these is none of a date
_YEARS = range(1900, 2100)


@dataclass(frozen=True, slots=True)
class Piece:
    """One day; `month` is missing where a later or earlier piece of the list says it."""

    start: int  # the first word
    end: int  # behind the last
    day: int
    month: int | None = None
    year: int | None = None
    weekday: int | None = None
    month_first: bool = False
    numeric: bool = False
    sure: bool = True  # whether more than a word that may mean something else makes it a date


class PieceReader:
    """Reads pieces of one text."""

    def __init__(self, scan: Scan, words: DateWords, *, numeric: bool, month_first: bool) -> None:
        self.scan = scan
        self.words = words
        self._numeric = numeric
        self._month_first = month_first

    def read(self, place: int) -> Piece | None:
        """The piece that begins at a place, the longest reading first."""
        scan = self.scan
        at, weekday = place, None
        named = self.words.weekdays.match(scan, place)
        if named is not None:
            weekday, at = named
            at += scan.words[at] == "."
            at += scan.words[at] == ","
            if scan.parted(at):
                return None
        at = self.words.the.skip(scan, at)
        piece = self._iso(at) or self._numbers(at, weekday) or self._day_month(at, weekday) or self._month_day(at)
        if piece is None and weekday is not None:  # which is a month's name, too
            at, weekday = place, None
            piece = self._month_day(place)
        if piece is None:
            return None
        piece_end = piece.end
        if weekday is None:
            weekday, piece_end = self._weekday_behind(piece)
        sure = piece.sure or weekday is not None
        return Piece(
            start=place,
            end=piece_end,
            day=piece.day,
            month=piece.month,
            year=piece.year,
            weekday=weekday,
            month_first=piece.month_first,
            numeric=piece.numeric,
            sure=sure,
        )

    def _weekday_behind(self, piece: Piece) -> tuple[int | None, int]:
        """"8 May (Friday)" and "8 May 2026, Friday": the weekday, and the place behind it."""
        scan = self.scan
        sign = scan.words[piece.end]
        if piece.month is None or sign not in {"(", ","} or scan.breaks(piece.end + 1):
            return None, piece.end
        named = self.words.weekdays.match(scan, piece.end + 1)
        if named is None or not scan.capital(piece.end + 1):
            return None, piece.end
        weekday, end = named
        if sign == "(":
            return (weekday, end + 1) if scan.words[end] == ")" else (None, piece.end)
        behind = self.words.the.skip(scan, end)
        if scan.words[behind].isdecimal() or behind != end or scan.words[end] in {"-", "–", "—", "and"}:
            return None, piece.end  # it belongs to what follows
        return weekday, end

    def day(self, place: int) -> tuple[int, int, bool] | None:
        """A day of the month at a place, the place behind it, and whether it is written as an ordinal."""
        scan = self.scan
        word = scan.words[place]
        if not word.isdecimal():
            spelt = self.words.ordinals.match(scan, place)
            return (*spelt, True) if spelt else None
        number = scan.number(place)
        if number is None or not 1 <= number <= 31:
            return None
        if scan.glued(place) and (scan.words[place - 1] in _BEFORE or scan.words[place - 1].isalnum()):
            return None
        end = place + 1
        if scan.glued(end):
            behind = scan.words[end]
            if behind in self.words.suffixes:
                return number, end + 1, True
            if behind.isalpha() or behind in {"%", "_"} or (behind in ".:/" and scan.glued(end + 1)):
                return None
        elif scan.words[end] in self.words.of_clock:  # "7 pm"
            return None
        elif scan.words[end] in self.words.suffixes and not scan.breaks(end):  # "29 th May"
            return number, end + 1, True
        return number, end, False

    def month(self, place: int) -> tuple[int, int, bool] | None:
        """A month's name at a place, the place behind it, and whether the word can mean nothing else."""
        named = self.words.months.match(self.scan, place)
        if named is None:
            return None
        month, end = named
        word = self.scan.words[place]
        sure = word not in self.words.also_words or self.scan.capital(place)
        if self.scan.words[end] == "." and self.scan.glued(end) and len(word) < 5:
            end += 1
        return month, end, sure

    def year(self, place: int, *, short: bool = True) -> tuple[int, int] | None:
        """A year behind a day and a month, as 2026, '26 or (2026), and the place behind it."""
        scan = self.scan
        if scan.words[place] == "," and not scan.breaks(place + 1):
            place += 1
        if scan.words[place] == "(" and scan.words[place + 2] == ")":
            inner = self.year(place + 1, short=False)
            return None if inner is None or inner[1] != place + 2 else (inner[0], place + 3)
        if scan.parted(place):
            return None
        if scan.words[place] in {"'", "’", "‘"} and len(scan.words[place + 1]) == 2 and scan.glued(place + 1):
            number = scan.number(place + 1)
            return None if number is None else (2000 + number, place + 2)
        number, end = scan.number(place, 4), place + 1
        if number is None:
            return None
        fused = scan.glued(end) and scan.words[end] not in ".,;:!?)]}>|-–—/*\"'”’"
        decimal = scan.glued(end) and scan.words[end] in ".:-/" and scan.glued(end + 1) and scan.words[end + 1].isdecimal()
        if fused or (decimal and scan.words[end] in ".:"):
            return None
        if number in _YEARS and scan.words[end] not in {"hrs", "hours", "hr"}:
            return number, end
        ends = end >= scan.size or scan.breaks(end) or scan.words[end] in {",", ".", ";", ")"}
        if short and 20 <= number <= 39 and len(scan.words[place]) == 2 and ends and scan.words[place - 1] != ",":
            return 2000 + number, end
        return None

    def _day_month(self, place: int, weekday: int | None) -> Piece | None:
        """"8 May 2026", "the first of May", or a day alone whose month is said later."""
        found = self.day(place)
        if found is None:
            return None
        day, end, ordinal = found
        scan = self.scan
        at = self.words.of.skip(scan, end)
        at += at == end and scan.words[at] in {"-", "/"} and scan.glued(at) and scan.glued(at + 1)  # "8-May-2026"
        month = self.month(at) if not scan.parted(at) else None
        spelt = not scan.words[place].isdecimal()
        if month is None or (spelt and at == end):
            return None if spelt else Piece(start=place, end=end, day=day, sure=False)
        number, end, sure = month
        dashed = scan.words[end] in {"-", "/"} and scan.glued(end)
        year = self.year(end + dashed)
        broken = any(scan.breaks(one) for one in range(place + 1, end))
        if dashed and year is None:
            dashed = False
        return Piece(
            start=place,
            end=year[1] if year else end,
            day=day,
            month=number,
            year=year[0] if year else None,
            sure=year is not None or (not broken and (sure or (ordinal and number != 5))),
        )

    def _month_day(self, place: int) -> Piece | None:
        """"May 8, 2026", "May the 8th"."""
        month = self.month(place)
        if month is None:
            return None
        number, at, sure = month
        scan = self.scan
        the = self.words.the.skip(scan, at)
        found = self.day(the)
        if found is None or (the == at and not scan.words[the].isdecimal()) or scan.parted(at):
            return None
        day, end, ordinal = found
        year = self.year(end, short=False)
        broken = any(scan.breaks(one) for one in range(place + 1, end))
        loose = not ordinal and self.words.within.match(scan, place - 1) is not None if place else False
        return Piece(
            start=place,
            end=year[1] if year else end,
            day=day,
            month=number,
            year=year[0] if year else None,
            month_first=True,
            sure=year is not None or (not broken and not loose and (sure or (ordinal and number != 5))),
        )

    def _iso(self, place: int) -> Piece | None:
        """"2026-05-08" and "2026/05/08", also before a T and a time."""
        scan = self.scan
        words = scan.words
        mark = words[place + 1]
        if mark not in {"-", "/"} or words[place + 3] != mark or not words[place].isdecimal() or len(words[place]) != 4:
            return None
        year, month, day = scan.number(place, 4), scan.number(place + 2), scan.number(place + 4)
        whole = all(scan.glued(place + one) for one in range(1, 5)) and len(words[place + 2]) == len(words[place + 4]) == 2
        if year not in _YEARS or not month or not day or not whole or month > 12 or self._runs_on(place, place + 5):
            return None
        return Piece(start=place, end=place + 5, day=day, month=month, year=year)

    def _numbers(self, place: int, weekday: int | None) -> Piece | None:
        """"8/5/2026", "8.5.2026", "8-5-2026", "8/5/26"; which is the day, the language says."""
        scan = self.scan
        words = scan.words
        mark = words[place + 1]
        if mark not in {"/", ".", "-"} or words[place + 3] != mark:
            return None
        day, month, year = scan.number(place), scan.number(place + 2), scan.number(place + 4, 4)
        if not day or not month or year is None or not all(scan.glued(place + one) for one in range(1, 5)):
            return None
        if len(words[place + 4]) == 2 and (mark == "/" or weekday is not None):
            year += 2000
        if year not in _YEARS or len(words[place + 4]) == 3 or self._runs_on(place, place + 5) or not self._numeric:
            return None
        if (self._month_first and mark != ".") or month > 12:
            day, month = month, day
            if month > 12:
                day, month = month, day
        if month > 12 or day > 31:
            return None
        return Piece(start=place, end=place + 5, day=day, month=month, year=year, numeric=True)

    def _runs_on(self, place: int, end: int) -> bool:
        """Whether a date in numbers is part of something longer, as an address or a version."""
        scan = self.scan
        if scan.glued(place) and (scan.words[place - 1] in _BEFORE | {"-"} or scan.words[place - 1].isalnum()):
            return True
        if not scan.glued(end):
            return False
        behind = scan.words[end]
        if behind == "t":
            return False
        return behind.isalnum() or behind == "_" or (behind in "-/." and scan.glued(end + 1) and behind != ".")
