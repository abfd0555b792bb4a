"""Ranges and lists of days: "29 June - 1 July 2026", "3, 10 and 17 March", "Tuesday 3 and Wednesday 4 March"."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from digest.collect.dates.numbers import Piece
from digest.collect.dates.pieces import PieceReader
from digest.collect.dates.written import LEAP, WrittenDate, in_year

_MOST = 12  # days in a list
_NEAR = 8  # words between "moved" and "from"


class SeriesReader:
    """Reads the days that one expression names."""

    def __init__(self, pieces: PieceReader) -> None:
        self._pieces = pieces
        self._scan = pieces.scan
        self._words = pieces.words

    def read(self, place: int) -> tuple[tuple[WrittenDate, ...], int]:
        """The dates that begin at a place, none where there is no whole one, and the place to read on."""
        pieces, joins = self._joined(place)
        if not pieces:
            return (), place + 1
        if all(piece.month is None for piece in pieces):
            return (), max(place + 1, pieces[-1].start)
        between = place > 0 and self._scan.words[place - 1] in self._words.between
        for last in range(len(pieces), 0, -1):
            dates, end = self._dates(pieces[:last], joins[: last - 1], between=between and last == 2)
            if dates:
                return dates, end
        return (), pieces[1].start if len(pieces) > 1 else pieces[0].end

    def _joined(self, place: int) -> tuple[list[Piece], list[str]]:
        pieces: list[Piece] = []
        joins: list[str] = []
        piece = self._pieces.read(place)
        moved = piece is not None and self._is_left(place)
        while piece is not None:
            pieces.append(piece)
            join = self._join(piece.end) if len(pieces) < _MOST else None
            if join is None or (moved and join[0] == "to"):
                break
            piece = self._pieces.read(join[1])
            if piece is not None:
                joins.append(join[0])
        return pieces, joins

    def _is_left(self, place: int) -> bool:
        """Whether something is moved from the date that begins at a place: what follows is no end but the new date."""
        at = self._words.the.skip(self._scan, place - 1) == place and place > 1
        before = place - 1 - at
        if before < 0 or self._scan.words[before] not in self._words.origin:
            return False
        return any(self._words.moved.match(self._scan, near) for near in range(max(0, before - _NEAR), before))

    def _join(self, place: int) -> tuple[str, int] | None:
        """Whether the next day ends a range or goes on with a list ("to", "and", ","), and its place."""
        scan = self._scan
        found = self._words.joins.match(scan, place)
        if found is None or scan.breaks[place]:
            return None
        kind, end = found
        if kind == "," and (more := self._words.joins.match(scan, end)) and more[0] == "and":
            kind, end = more
        return None if scan.breaks[end] else (kind, end)

    def _dates(
        self, pieces: Sequence[Piece], joins: Sequence[str], *, between: bool
    ) -> tuple[tuple[WrittenDate, ...], int]:
        """What the pieces say together, nothing where they do not make sense; and the place behind them."""
        days = self._with_years(self._with_months(pieces, joins), joins)
        if not days or not all(day.sure for day in days):
            return (), 0
        if between or (joins and "to" not in joins and _consecutive(days)):
            joins = ("to",) if between else ("and",) * len(joins)
            ranges = [(days[0], days[-1])]
        else:
            ranges = self._ranges(days, joins)
        whole = self._scan.text[slice(*self._scan.span(days[0].start, days[-1].end))]
        dates = tuple(self._date(first, last, whole if len(ranges) > 1 else None) for first, last in ranges)
        return (dates, days[-1].end) if all(in_year(date, date.year or LEAP) for date in dates) else ((), 0)

    def _ranges(self, days: Sequence[Piece], joins: Sequence[str]) -> list[tuple[Piece, Piece]]:
        ranges = [(days[0], days[0])]
        for join, day in zip(joins, days[1:], strict=True):
            if join == "to":
                if ranges[-1][0] is not ranges[-1][1]:
                    return []
                ranges[-1] = (ranges[-1][0], day)
            else:
                ranges.append((day, day))
        return ranges

    def _with_months(self, pieces: Sequence[Piece], joins: Sequence[str]) -> list[Piece]:
        """The pieces, each with its month; nothing where one has none, or a list of numbers is none of days."""
        filled = list(pieces)
        if len(filled) == 1 and filled[0].month is not None:
            return filled
        for place in range(len(filled) - 2, -1, -1):
            behind = filled[place + 1]
            if filled[place].month is None and behind.month is not None and self._shares(filled[place], behind):
                filled[place] = replace(filled[place], month=behind.month, sure=True)
        for place in range(1, len(filled)):
            before = filled[place - 1]
            if filled[place].month is None and before.month_first:
                if not self._ends_day(filled[place]):
                    return []
                filled[place] = replace(filled[place], month=before.month, month_first=True, sure=True)
        last = filled[-1]
        if pieces[-1].month is None and (year := self._pieces.year(last.end, short=False)):
            filled[-1] = replace(last, year=year[0], end=year[1])
        bare = [piece for piece, whole in zip(filled, pieces, strict=True) if whole.month is None]
        if any(piece.month is None for piece in filled) or not _ascending(filled, pieces):
            return []
        if (
            bare
            and "," in joins
            and (len(pieces) < 3 and not (pieces[0].weekday is not None and pieces[-1].weekday is not None))
        ):
            return []
        return [] if bare and joins[-1:] == [","] and pieces[0].month_first and len(pieces) < 4 else filled

    def _shares(self, day: Piece, behind: Piece) -> bool:
        """Whether a number is a day of the month behind it: in "16-19 until 30.9." it is an hour."""
        bare = self._scan.words[day.end - 1] != "."
        return not behind.month_first and not (bare and behind.numeric and behind.year is None)

    def _ends_day(self, piece: Piece) -> bool:
        """Whether a number behind "March 3 and" is a day: "March 3 and 10 people" has one day alone."""
        scan = self._scan
        behind = scan.words[piece.end]
        return (
            not behind[:1].isalpha()
            or scan.breaks[piece.end]
            or behind in self._words.after_day
            or behind in self._words.weekdays
            or self._words.of.match(scan, piece.end) is not None
        )

    @staticmethod
    def _with_years(days: list[Piece], joins: Sequence[str]) -> list[Piece]:
        """A year at the end of a list or range is that of the days before it, or of the year before over New Year."""
        for place in range(len(days) - 2, -1, -1):
            day, behind = days[place], days[place + 1]
            if day.year is None and behind.year is not None and (not day.numeric or joins[place] == "to"):
                over = (day.month or 0) > (behind.month or 0)
                days[place] = replace(day, year=behind.year - over, sure=True)
        return days

    def _date(self, first: Piece, last: Piece, whole: str | None) -> WrittenDate:
        ranging = first is not last
        span = self._scan.span(first.start, last.end)
        return WrittenDate(
            text=(whole or self._scan.text[slice(*span)]).rstrip(" ."),
            span=span,
            day=first.day,
            month=first.month or 0,
            year=first.year,
            weekday=first.weekday,
            last_day=last.day if ranging else None,
            last_month=last.month if ranging and last.month != first.month else None,
            last_year=last.year if ranging and last.year != first.year else None,
            numeric=first.numeric,
        )


def _ascending(filled: Sequence[Piece], pieces: Sequence[Piece]) -> bool:
    """Whether days that share a month's name follow each other."""
    return all(
        before.day < behind.day
        for (before, behind), (one, two) in zip(pairwise(filled), pairwise(pieces), strict=True)
        if before.month == behind.month and (one.month is None or two.month is None)
    )


def _consecutive(days: Sequence[Piece]) -> bool:
    return all(
        before.month == behind.month and before.year == behind.year and before.day + 1 == behind.day
        for before, behind in pairwise(days)
    )
