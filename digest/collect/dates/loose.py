"""Expressions that name no certain day: "end of May", "the week of 4 May", "spring 2026"; "this Friday", "tomorrow"."""

from dataclasses import replace
from datetime import date, timedelta

from digest.collect.dates.pieces import PieceReader
from digest.collect.dates.series import SeriesReader
from digest.collect.dates.written import LEAP, WrittenDate

_SIGNS = frozenset({",", "(", "-", "–", "—", ":"})


class LooseReader:
    """Reads vague and relative dates."""

    def __init__(self, pieces: PieceReader, series: SeriesReader, published: date | None) -> None:
        self._pieces = pieces
        self._series = series
        self._scan = pieces.scan
        self._words = pieces.words
        self._published = published

    def vague(self, place: int) -> tuple[WrittenDate, int] | None:
        """The vague date that begins at a place, and the place behind it."""
        return self._week(place) or self._part(place) or self._season(place)

    def _week(self, place: int) -> tuple[WrittenDate, int] | None:
        scan = self._scan
        at = self._words.week.skip(scan, place)
        if at == place:
            return None
        dates, end = self._series.read(self._words.the.skip(scan, at))
        if len(dates) != 1 or dates[0].last_day is not None:
            return None
        first = dates[0]
        last = date(first.year or LEAP, first.month, first.day) + timedelta(days=6)
        week = self._spanning(place, end, first.year, (first.month, last.month), (first.day, last.day))
        return replace(week, numeric=first.numeric), end

    def _part(self, place: int) -> tuple[WrittenDate, int] | None:
        """The days of "early June", "mid-March 2026", "in May" and "May 2026"."""
        scan = self._scan
        found = self._words.parts.match(scan, place)
        if found is None and scan.words[place] not in self._words.months:
            return None
        days, at = found or ((1, 31), place)
        at += scan.words[at] in {"-", "–"}
        month = self._pieces.month(at)
        if month is None or scan.parted(at):
            return None
        number, end, sure = month
        year = self._pieces.year(end, short=False)
        if year is None and (found is None or not sure or scan.words[end] in self._words.months):
            return None
        if year is None and self._pieces.read(at) is not None:
            return None
        end = end if year is None else year[1]
        return self._spanning(place, end, year[0] if year else None, (number, number), days), end

    def _season(self, place: int) -> tuple[WrittenDate, int] | None:
        found = self._words.seasons.match(self._scan, place)
        if found is None:
            return None
        months, at = found
        year = self._pieces.year(at, short=False)
        if year is None:
            return None
        return self._spanning(place, year[1], year[0], months, (1, 31)), year[1]

    def _spanning(
        self, place: int, end: int, year: int | None, months: tuple[int, int], days: tuple[int, int]
    ) -> WrittenDate:
        span = self._scan.span(place, end)
        return WrittenDate(
            text=self._scan.text[slice(*span)].rstrip(" .,"),
            span=span,
            day=days[0],
            month=months[0],
            year=year,
            last_day=days[1],
            last_month=months[1],
            vague=True,
        )

    def relative(self, place: int) -> tuple[WrittenDate, int] | None:
        """The date that is counted from the day of publication, and the place behind it."""
        published = self._published
        if published is None:
            return None
        found = (
            self._days_on(place, published)
            or self._weekday_of(place, published)
            or self._day_of_month(place, published)
        )
        if found is None:
            return None
        day, instead, end = found
        at = end
        at += self._scan.words[at] in _SIGNS
        if self._scan.parted(at) or not self._series.read(at)[0]:
            span = self._scan.span(place, end)
            written = WrittenDate(
                text=self._scan.text[slice(*span)],
                span=span,
                day=day.day,
                month=day.month,
                year=day.year,
                counted_from=published,
                instead=instead,
            )
            return written, end
        return None

    def _days_on(self, place: int, published: date) -> tuple[date, date | None, int] | None:
        found = self._words.from_today.match(self._scan, place)
        return None if found is None else (published + timedelta(days=found[0]), None, found[1])

    def _weekday_of(self, place: int, published: date) -> tuple[date, date | None, int] | None:
        scan = self._scan
        kind, at = self._words.this_or_next.match(scan, place) or (None, place)
        named = self._words.weekdays.match(scan, at)
        if named is None or not scan.capital(at) or scan.parted(at):
            return None
        weekday, end = named
        behind = self._words.behind.match(scan, end)
        if behind is not None:
            kind, end = behind
        coming = published + timedelta(days=(weekday - published.weekday()) % 7)
        if scan.words[end] in self._words.a_week_later and kind != "next":
            return coming + timedelta(days=7), None, end + 1
        following = self._words.the.skip(scan, end)
        if scan.words[end] == "," and scan.words[end + 1] in self._words.weekdays:
            return None  # several days of the week are of every week
        whole = self._pieces.read(at)
        dated = self._pieces.day(following) is not None or (whole is not None and whole.month is not None)
        if kind is None or scan.words[end] in self._words.not_after or dated:
            return None
        if kind != "next":
            return coming, None, end
        next_week = published + timedelta(days=7 - published.weekday() + weekday)
        return next_week, coming if published < coming < next_week else None, end

    def _day_of_month(self, place: int, published: date) -> tuple[date, date | None, int] | None:
        """The next day of the month that "on the 3rd" names."""
        kind, at = self._words.this_or_next.match(self._scan, place) or (None, place)
        the = self._words.the.skip(self._scan, at)
        found = self._pieces.day(the) if kind == "on" and the > at else None
        whole = self._pieces.read(the)
        if found is None or not found[2] or whole is None or whole.month is not None:
            return None
        number, end, _ = found
        behind = self._scan.words[end]
        if behind[:1].isalnum() and not self._scan.breaks[end] and behind not in self._words.after_day:
            return None
        days = (published + timedelta(days=ahead) for ahead in range(62))
        coming = next((day for day in days if day.day == number), None)
        return None if coming is None else (coming, None, end)
