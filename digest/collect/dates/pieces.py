"""Single days as written, of which lists and ranges are made: a weekday, a day, a month and a year, or part of them."""

from dataclasses import replace

from digest.collect.dates.numbers import (
    BEFORE,
    DASHES,
    SHORT_YEARS,
    YEARS,
    Piece,
    day_and_month,
    dotted_day_and_month,
    iso_date,
    numeric_date,
)
from digest.collect.dates.scan import Scan
from digest.collect.dates.vocabulary import DateWords

_BEHIND_YEAR = frozenset(".,;:!?)]}>|-–—/*\"'”")  # what may be glued to a year
_ENDS = frozenset({",", ".", ";", ")"})
_HOURS = frozenset({"hrs", "hours", "hr"})
_MAY = 5


class PieceReader:
    """Reads pieces of one text."""

    def __init__(self, scan: Scan, words: DateWords, *, numeric: bool, month_first: bool) -> None:
        self.scan = scan
        self.words = words
        self._numeric = numeric
        self._month_first = month_first

    def read(self, place: int) -> Piece | None:
        """The piece that begins at a place, the longest reading first."""
        named = self.words.weekdays.match(self.scan, place)
        if named is not None:
            weekday, at = named
            at += self.scan.words[at] == "."
            at += self.scan.words[at] == ","
            piece = None if self.scan.parted(at) else self._any(at, weekday)
            if piece is not None:
                sure = piece.sure or piece.month is not None
                return replace(piece, start=place, weekday=weekday, sure=sure)
        piece = self._any(place, None)
        if piece is None:
            return None
        return self._with_weekday(piece if piece.start == place else replace(piece, start=place))

    def _any(self, place: int, weekday: int | None) -> Piece | None:
        at = self.words.the.skip(self.scan, place)
        if not self.scan.words[at].isdecimal():
            return self._day_month(at) or self._month_day(at)
        return iso_date(self.scan, at) or self._numbers(at, weekday) or self._day_month(at)

    def _with_weekday(self, piece: Piece) -> Piece:
        """The piece with the weekday behind it, as in "8 May (Friday)" and "8 May 2026, Friday"."""
        scan = self.scan
        sign = scan.words[piece.end]
        if piece.month is None or sign not in {"(", ","} or scan.breaks[piece.end + 1]:
            return piece
        named = self.words.weekdays.match(scan, piece.end + 1)
        if named is None or not scan.capital(piece.end + 1):
            return piece
        weekday, end = named
        behind = scan.words[end]
        if sign == "(":
            return replace(piece, end=end + 1, weekday=weekday, sure=True) if behind == ")" else piece
        if behind.isdecimal() or self.words.the.match(scan, end) or self.words.joins.match(scan, end):
            return piece  # it belongs to what follows
        return replace(piece, end=end, weekday=weekday, sure=True)

    def _numbers(self, place: int, weekday: int | None) -> Piece | None:
        if not self._numeric:
            return None
        named = weekday is not None
        before_time, month_first = self.words.before_time, self._month_first
        behind = self.words.weekdays.match(self.scan, place + 4) if self.scan.words[place + 3] == "(" else None
        if behind is not None and self.scan.words[behind[1]] == ")":  # "03.12 (Thursday)"
            return day_and_month(self.scan, place, promised=True, before_time=before_time, month_first=month_first)
        if self.scan.words[place + 1] != "/" or self.scan.words[place + 3] == "/":
            whole = numeric_date(self.scan, place, named=named, month_first=self._month_first)
            return whole or dotted_day_and_month(self.scan, place, named=named, cued=self._cued(place))
        before = self.scan.words[place - 1] if place else ""
        promised = named or before == ":" or (place > 0 and self.words.this_or_next.skip(self.scan, place - 1) == place)
        return day_and_month(self.scan, place, promised=promised, before_time=before_time, month_first=month_first)

    def _cued(self, place: int) -> bool:
        """Whether a small word that stands before dates is before a place."""
        return place > 0 and self.scan.words[place - 1] in self.words.beside

    def day(self, place: int) -> tuple[int, int, bool] | None:
        """A day of the month at a place, the place behind it, and whether it is written as an ordinal."""
        scan = self.scan
        if not scan.words[place].isdecimal():
            spelt = self.words.ordinals.match(scan, place)
            return (*spelt, True) if spelt else None
        number = scan.number(place)
        if number is None or not 1 <= number <= 31 or self._belongs_before(place):
            return None
        end = place + 1
        if scan.words[end] in self.words.suffixes and not scan.breaks[end]:
            return number, end + 1, True
        if self._dotted(end):
            return number, end + 1, False
        return None if self._goes_on(end) else (number, end, False)

    def _dotted(self, end: int) -> bool:
        """Whether a dot makes a number an ordinal, as in "24. September" and "17.–19. September"."""
        scan, behind = self.scan, end + 1
        if scan.words[end] != "." or not scan.glued[end] or scan.breaks[behind]:
            return False
        if scan.words[behind] in DASHES:
            return scan.words[behind + 1].isdecimal() and not scan.breaks[behind + 1]
        return scan.capital(behind) and self.words.months.match(scan, behind) is not None

    def _belongs_before(self, place: int) -> bool:
        """Whether a number is the end of something else: "£8", "v1.8"."""
        if not self.scan.glued[place]:
            return False
        before = self.scan.words[place - 1]
        return (before in BEFORE or before.isalnum()) and not self._slash_list(place - 1)

    def _goes_on(self, end: int) -> bool:
        """Whether a number is the beginning of something else: "8pm", "8.30", "8%"."""
        behind = self.scan.words[end]
        if not self.scan.glued[end]:
            return behind in self.words.of_clock
        if behind in {".", ":", "/"}:
            return self.scan.glued[end + 1] and not self._slash_list(end)
        return behind.isalpha() or behind in {"%", "_"}

    def _slash_list(self, place: int) -> bool:
        """Whether a slash stands between days, as in "24/25 October" and "24th/25th October"."""
        scan = self.scan
        if scan.words[place] != "/" or scan.number(place + 1) is None:
            return False
        before = scan.words[place - 1]
        end = place + 2
        end += scan.words[end] in self.words.suffixes
        runs = scan.words[end] == "/" or (scan.words[place - 2] == "/" and before.isdecimal())
        return not runs or before in self.words.suffixes

    def month(self, place: int) -> tuple[int, int, bool] | None:
        """A month's name at a place, the place behind it, and whether the word can mean nothing else."""
        named = self.words.months.match(self.scan, place)
        if named is None:
            return None
        month, end = named
        word = self.scan.words[place]
        sure = word not in self.words.also_words or self.scan.capital(place)
        end += self.scan.words[end] == "." and self.scan.glued[end] and len(word) <= 5
        return month, end, sure

    def year(self, place: int, *, short: bool = True) -> tuple[int, int] | None:
        """A year behind a day and a month, as 2026, '26 or (2026), and the place behind it."""
        scan = self.scan
        comma = scan.words[place] == "," and not scan.breaks[place + 1]
        place += comma
        if scan.parted(place):
            return None
        if scan.words[place] == "(":
            inner = self._four_digits(place + 1)
            return (inner, place + 3) if inner and scan.words[place + 2] == ")" else None
        if scan.words[place] in {"'", "‘", "’"}:
            two = scan.number(place + 1) if scan.glued[place + 1] and len(scan.words[place + 1]) == 2 else None
            return None if two is None else (2000 + two, place + 2)
        year = self._four_digits(place)
        if year is None and short and not comma:
            year = self._two_digits(place)
        return None if year is None else (year, place + 1)

    def _four_digits(self, place: int) -> int | None:
        scan = self.scan
        number, end = scan.number(place, 4), place + 1
        behind = scan.words[end]
        if number is None or number not in YEARS or behind in _HOURS:
            return None
        decimal = behind in {".", ":"} and scan.glued[end + 1] and scan.words[end + 1].isdecimal()
        return None if scan.glued[end] and (decimal or behind not in _BEHIND_YEAR) else number

    def _two_digits(self, place: int) -> int | None:
        """The year of "5 Dec 26" where nothing follows that could be counted."""
        scan, end = self.scan, place + 1
        number = scan.number(place)
        if (
            number is None
            or number not in SHORT_YEARS
            or not (end >= scan.size or scan.breaks[end] or scan.words[end] in _ENDS)
        ):
            return None
        return 2000 + number

    def _day_month(self, place: int) -> Piece | None:
        """The day of "8 May 2026" or "the first of May", or one alone whose month is said later."""
        scan = self.scan
        found = self.day(place)
        if found is None:
            return None
        day, end, ordinal = found
        at = self.words.of.skip(scan, end)
        of = at > end
        at += not of and scan.words[at] in {"-", "/"} and scan.glued[at] and scan.glued[at + 1]  # "8-May-2026"
        month = None if scan.parted(at) else self.month(at)
        spelt = not scan.words[place].isdecimal()
        if spelt and (month is None or at == end):
            return None
        if month is None:
            return Piece(start=place, end=end, day=day, sure=False)
        sure = month[2] and (scan.words[end - 1] != "." or self._no_end_before(place))
        return self._dated(place, (day, month[0]), month[1], sure=sure or (ordinal and of), ordinal=ordinal)

    def _no_end_before(self, place: int) -> bool:
        """Whether "24. March" is a day by what stands before it, and not an end of a sentence or a number in a list."""
        return not self.scan.breaks[place] and (self._cued(place) or self.scan.words[place - 1] in DASHES)

    def _month_day(self, place: int) -> Piece | None:
        """The day of "May 8, 2026" and "May the 8th"."""
        scan = self.scan
        month = self.month(place)
        if month is None or scan.parted(month[1]):
            return None
        the = self.words.the.skip(scan, month[1])
        found = self.day(the)
        if found is None or (the == month[1] and not scan.words[the].isdecimal()):
            return None
        day, end, ordinal = found
        loose = place > 0 and not ordinal and self.words.within.match(scan, place - 1) is not None
        return self._dated(place, (day, month[0]), end, sure=month[2] and not loose, ordinal=ordinal, month_first=True)

    def _dated(
        self, place: int, days: tuple[int, int], end: int, *, sure: bool, ordinal: bool, month_first: bool = False
    ) -> Piece:
        """A day and a month with the year behind them; a year makes it sure, a line's end between makes it doubtful."""
        scan = self.scan
        dashed = scan.words[end] in {"-", "/"} and scan.glued[end]
        joined = dashed and scan.words[end - 2] == scan.words[end]  # "8-May-26"
        year = self.year(end, short=not month_first) or (self.year(end + 1, short=joined) if dashed else None)
        broken = any(scan.breaks[one] for one in range(place + 1, end))
        told = sure or (ordinal and days[1] != _MAY)
        return Piece(
            start=place,
            end=year[1] if year else end,
            day=days[0],
            month=days[1],
            year=year[0] if year else None,
            month_first=month_first,
            sure=year is not None or (told and not broken),
        )
