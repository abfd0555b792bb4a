"""Expressions that name no certain day: "end of May", "the week of 4 May", "spring 2026"; "this Friday", "tomorrow"."""

import calendar
import re
from dataclasses import replace
from datetime import MAXYEAR, date, timedelta

from digest.collect.dates.pieces import PieceReader
from digest.collect.dates.series import SeriesReader
from digest.collect.dates.written import LEAP, WrittenDate

_SIGNS = frozenset({",", "(", "-", "–", "—", ":"})
_WEEKS = 5  # in which a weekday of a month may be
_NEAR = 40  # characters between a vague date and the day that it is told to be
_STOP = re.compile(r"[.;!?]\s")
_LATEST = frozenset({"at"})  # "the 30th at the latest"


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
            return self._weekday_of_month(place, published)
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

    def day_within(self, place: int, vague: WrittenDate) -> tuple[WrittenDate, int] | None:
        """The day that a vague date right before is told to be: "by the end of June, the 30th at the latest"."""
        scan, words = self._scan, self._words
        if scan.starts[place] - vague.span[1] > _NEAR:
            return None
        at = words.this_or_next.skip(scan, place)
        at = words.the.skip(scan, at)
        found = self._pieces.day(at)
        alone = found is not None and (not scan.words[found[1]][:1].isalpha() or scan.words[found[1]] in _LATEST)
        between = scan.text[vague.span[1] : scan.starts[place]]
        if found is None or not found[2] or not alone or _STOP.search(between):
            return None
        number, end, _ = found
        if not vague.day <= number <= (vague.last_day or 0) or vague.last_month not in {None, vague.month}:
            return None
        year = self._pieces.year(end, short=False)
        span = scan.span(place, end)
        text = scan.text[slice(*span)]
        written = WrittenDate(text=text, span=span, day=number, month=vague.month, year=year[0] if year else vague.year)
        return written, end

    def _weekday_of_month(self, place: int, published: date) -> tuple[WrittenDate, int] | None:
        """The day of "the last Friday in May" and "the first Saturday of June 2026"."""
        scan, words = self._scan, self._words
        nth = -1 if scan.words[place] in words.last else None
        day = None if nth else self._pieces.day(place)
        nth, at = (nth, place + 1) if nth else (day[0], day[1]) if day and day[2] else (None, place)
        named = words.weekdays.match(scan, at) if nth else None
        if nth is None or nth > _WEEKS or named is None:
            return None
        weekday, at = named
        behind = max(words.of.skip(scan, at), words.within.skip(scan, at))
        month = None if behind == at or scan.parted(behind) else self._pieces.month(behind)
        if month is None:
            return None
        year = self._pieces.year(month[1], short=False)
        end = year[1] if year else month[1]
        years = (year[0],) if year else (published.year, min(published.year + 1, MAXYEAR))
        days = [one for several in years if (one := _nth(several, month[0], weekday, nth)) is not None]
        coming = next((one for one in days if year or one >= published), None)
        if coming is None:
            return None
        span = scan.span(place, end)
        text, stated = scan.text[slice(*span)], year[0] if year else None
        return WrittenDate(text=text, span=span, day=coming.day, month=coming.month, year=stated, weekday=weekday), end

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
        if kind == "on" and self._week_before(place):
            coming += timedelta(days=7)
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

    def _week_before(self, place: int) -> bool:
        """Whether "a week" stands before "on Wednesday"."""
        return place > 1 and self._scan.words[place - 1] in self._words.a_week_later and not self._scan.breaks[place]

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


def _nth(year: int, month: int, weekday: int, nth: int) -> date | None:
    """The first, second ... weekday of a month, or its last (-1)."""
    days = [week[weekday] for week in calendar.monthcalendar(year, month) if week[weekday]]
    return date(year, month, days[nth - (nth > 0)]) if nth <= len(days) else None
