"""Dates as members read them, in the network's zone and language; pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton, format_time

from digest.model import Event, Vacancy
from digest.render.phrases import Phrases

_INSTANT = timedelta(microseconds=1)
_SMALL_HOURS = time(6)  # an evening that ends by then is still one evening
_SAME_YEAR = 330  # days; a date further off needs its year
_COUNTED_DAYS = 14  # further off than this, a date says more than a number of days

_AMERICAN = Locale("en", "US")
# Weekday, and month of a closing date, of the languages in which CLDR's own "Fri, 15 Nov" would read as a list of
# three together with the time.
_STYLES = {"en": ("EEE", "MMM"), "cy": ("EEEE", "MMMM")}


@dataclass(frozen=True, kw_only=True, slots=True)
class DateBlock:
    """An event's first day as a small calendar leaf."""

    weekday: str
    day: str
    month: str


def day_and_month(day: date, locale: Locale, *, with_year: bool = False) -> str:
    """A day as in "26 March", in the order of the language."""
    if _style(locale):
        return format_date(day, "d MMMM y" if with_year else "d MMMM", locale)
    return format_skeleton("yMMMMd" if with_year else "MMMMd", day, locale=locale)


def _style(locale: Locale) -> tuple[str, str] | None:
    return None if locale == _AMERICAN else _STYLES.get(locale.language)


class Calendar:
    """Writes dates as seen from one day: the day on which the edition was composed."""

    def __init__(self, *, phrases: Phrases, zone: ZoneInfo, composed_at: datetime) -> None:
        self._say, self._listed, self._locale, self._zone = phrases.say, phrases.listed, phrases.locale, zone
        self._today = composed_at.astimezone(zone).date()
        self._style = _style(self._locale)

    @property
    def today(self) -> str:
        """The day of the edition, as in "23 November 2026"."""
        return format_date(self._today, "long", self._locale)

    def days_left(self, vacancy: Vacancy) -> int | None:
        """Calendar days until the closing day; 0 is today, None without a closing date."""
        if vacancy.closes_at is None:
            return None
        return (self._closing(vacancy.closes_at)[0] - self._today).days

    def closes_this_week(self, vacancy: Vacancy) -> bool:
        """Whether the closing day lies no later than the last day of the present week, as weeks are counted there."""
        days = self.days_left(vacancy)
        return days is not None and days <= 6 - (self._today.weekday() - self._locale.first_week_day) % 7

    def closing(self, vacancy: Vacancy) -> str:
        """When to apply by, as in "Closes in 3 days – Fri 15 Nov, 5 pm"."""
        days = self.days_left(vacancy)
        if days is None or not 0 <= days <= _COUNTED_DAYS:
            return self.closing_date(vacancy)
        phrase = {0: "closes_today", 1: "closes_tomorrow"}.get(days, "closes_in_days")
        return self._say(phrase, days, date=self._closing_moment(vacancy))

    def closing_date(self, vacancy: Vacancy) -> str:
        """When to apply by, uncounted, as in "Closes Fri 15 Nov, 5 pm"."""
        days = self.days_left(vacancy)
        if days is None:
            return self._say("no_closing_date")
        return self._say("closed" if days < 0 else "closes", date=self._closing_moment(vacancy))

    def deadlines(self, event: Event) -> tuple[str, ...]:
        """What has to be done before it and is not past, as in "Book by Tue 17 March", "Abstracts by Tue 3 March"."""
        wanted = (("book_by", event.book_by), ("abstracts_by", event.abstracts_by))
        return tuple(told for phrase, until in wanted if until is not None and (told := self._until(phrase, until)))

    def _until(self, phrase: str, until: datetime) -> str:
        day = self._closing(until)[0]
        if day < self._today:
            return ""
        local = until.astimezone(self._zone).time()
        date_ = self._day(day, month="MMMM")
        told = date_ if local == time() else self._say("date_and_time", date=date_, time=self._clock(local))
        return self._say(phrase, date=told)

    def event(self, event: Event) -> str:
        """When to be there, as in "Thu 26 March, 6–8 pm" or "12–14 June"."""
        starts = event.starts_at.astimezone(self._zone)
        ends = event.ends_at.astimezone(self._zone) if event.ends_at else None
        last = self._last_day(event)
        if last > starts.date():
            span = self._span(starts.date(), last)
            return span if event.all_day else self._say("date_and_time", date=span, time=self._clock(starts.time()))
        day = self._day(starts.date(), month="MMMM")
        if event.all_day:
            return day
        clock = self._clock(starts.time())
        if ends is not None and ends > starts:
            clock = self._clocks(clock, self._clock(ends.time()))
        return self._say("date_and_time", date=day, time=clock)

    def event_days(self, event: Event) -> tuple[str, str]:
        """The first day for a subject line, long and short: "26 March" and "26 Mar"."""
        day = event.starts_at.astimezone(self._zone).date()
        if self._style:
            return day_and_month(day, self._locale), format_date(day, "d MMM", self._locale)
        return day_and_month(day, self._locale), format_skeleton("MMMd", day, locale=self._locale)

    def days(self, events: Iterable[Event]) -> str:
        """The first days of several events, as in "8 and 15 December" or "1 December and 5 January"."""
        days = list(dict.fromkeys(event.starts_at.astimezone(self._zone).date() for event in events))
        months = {(day.year, day.month) for day in days}
        if self._style and len(months) == 1 and not self._is_far(days[-1]):
            *others, last = days
            return self._listed([*(str(day.day) for day in others), day_and_month(last, self._locale)])
        return self._listed([day_and_month(day, self._locale, with_year=self._is_far(day)) for day in days])

    def planned(self, event: Event) -> str:
        """When an occurrence that was moved alone would have been: its day, or, on the same day, its time too."""
        if event.moved_from is None:
            return ""
        before, now = event.moved_from.astimezone(self._zone), event.starts_at.astimezone(self._zone)
        day = self._day(before.date(), month="MMMM")
        if before.date() != now.date() or event.all_day:
            return day
        return self._say("date_and_time", date=day, time=self._clock(before.time()))

    def block(self, event: Event) -> DateBlock:
        """The first day of an event as a calendar leaf."""
        day = event.starts_at.astimezone(self._zone).date()
        weekday, month = (format_date(day, pattern, self._locale).rstrip(".") for pattern in ("EEE", "LLL"))
        return DateBlock(weekday=weekday, day=str(day.day), month=month)

    def _is_far(self, day: date) -> bool:
        """Whether a day and month alone would be taken for those of another year."""
        return not 0 <= (day - self._today).days <= _SAME_YEAR

    def _closing_moment(self, vacancy: Vacancy) -> str:
        if vacancy.closes_at is None:
            return ""
        day, clock = self._closing(vacancy.closes_at)
        if vacancy.all_day:
            return self._day(day)
        return self._say("date_and_time", date=self._day(day), time=self._clock(clock))

    def _closing(self, closes_at: datetime) -> tuple[date, time]:
        # A vacancy that closes at midnight closes at the end of the day before: nobody reads "closes Tuesday,
        # midnight" as Monday night.
        local = closes_at.astimezone(self._zone)
        return (local - _INSTANT).date() if local.time() == time() else local.date(), local.time()

    def _last_day(self, event: Event) -> date:
        starts = event.starts_at.astimezone(self._zone)
        if event.ends_at is None or event.ends_at <= event.starts_at:
            return starts.date()
        ends = event.ends_at.astimezone(self._zone)
        if not event.all_day and ends.date() - starts.date() == timedelta(days=1) and ends.time() <= _SMALL_HOURS:
            return starts.date()
        return (ends - _INSTANT).date()

    def _day(self, day: date, month: str | None = None) -> str:
        year = "" if day.year == self._today.year else "y"
        if self._style:
            weekday, usual_month = self._style
            return format_date(day, f"{weekday} d {month or usual_month}" + (" y" if year else ""), self._locale)
        return format_skeleton(f"{year}{month or 'MMM'}Ed", day, locale=self._locale)

    def _span(self, first: date, last: date) -> str:
        year = "" if first.year == last.year == self._today.year else "y"
        if not self._style:
            return format_interval(first, last, f"{year}MMMd", locale=self._locale)
        end = format_date(last, "d MMMM" + (" y" if year else ""), self._locale)
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day}–{end}"
        start = format_date(first, "d MMMM" + ("" if first.year == last.year else " y"), self._locale)
        return self._say("from_to", start=start, end=end)

    def _clocks(self, start: str, end: str) -> str:
        """From one time to another, as in "6:30–8:30 pm" or "11 am – 1 pm"."""
        for half in (" am", " pm"):
            if self._locale.language == "en" and start.endswith(half) and end.endswith(half):
                return f"{start.removesuffix(half)}–{end}"
        return self._say("from_to", start=start, end=end)

    def _clock(self, clock: time) -> str:
        if (clock.hour, clock.minute) == (0, 0):
            return self._say("midnight")  # "26 November, 00:00" is read as the wrong end of that day
        if self._locale.language != "en":
            return format_time(clock, "short", locale=self._locale)
        if (clock.hour, clock.minute) == (12, 0):
            return self._say("noon")
        return format_time(clock, "h:mm a" if clock.minute else "h a", locale=self._locale).lower()
