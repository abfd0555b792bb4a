"""Links that put an event into a member's calendar, each short enough for a mail that carries many; pure.

The forms are those of Google Calendar's and Outlook.com's own "add event" pages.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from digest.model import Event
from digest.render.plain import one_line

LINK_LENGTH = 400  # bytes; a mail of forty events stays under what Gmail clips
_TITLE_LENGTH = 100  # bytes as they stand in a link, three for each that is no ASCII letter or digit
_PLACE_LENGTH = 70
_GOOGLE = "https://calendar.google.com/calendar/render?"
_OUTLOOK = "https://outlook.live.com/calendar/0/deeplink/compose?"
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarLinks:
    """Where an event can be added to a calendar."""

    ics: str  # the event as a file, for every other calendar program
    google: str
    outlook: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DaySpan:
    """Whole days."""

    first: date
    end: date  # exclusive: the day after the last


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeSpan:
    """From one instant to another, in UTC and whole seconds."""

    start: datetime
    end: datetime | None  # after the start; None where no end is known


def span_of(event: Event, zone: ZoneInfo) -> DaySpan | TimeSpan:
    """When an event takes place, as calendars want it: days in the network's zone, or instants in UTC."""
    ends_at = event.ends_at if event.ends_at and event.ends_at > event.starts_at else None
    if event.all_day:
        first = event.starts_at.astimezone(zone).date()
        last = (ends_at - _INSTANT).astimezone(zone).date() if ends_at else first
        return DaySpan(first=first, end=last + timedelta(days=1))
    start, end = _instant(event.starts_at), _instant(ends_at or event.starts_at)
    return TimeSpan(start=start, end=end if end > start else None)


def calendar_links(event: Event, *, ics: str, url: str | None, zone: ZoneInfo) -> CalendarLinks:
    """The links of one event.

    Args:
        event: with its title and place cut where they are long.
        ics: the address of the event's own file.
        url: the page that tells more, left out where it is too long for a link.
        zone: the network's.
    """
    when = span_of(event, zone)
    if isinstance(when, DaySpan):
        dates = {"dates": f"{when.first:%Y%m%d}/{when.end:%Y%m%d}"}
        times = {"startdt": f"{when.first}", "enddt": f"{when.end}", "allday": "true"}
    else:
        end = when.end or when.start  # both pages want an end, and take the start for one
        dates = {"dates": f"{when.start:%Y%m%dT%H%M%SZ}/{end:%Y%m%dT%H%M%SZ}", "ctz": zone.key}
        times = {"startdt": f"{when.start:%Y-%m-%dT%H:%M:%SZ}", "enddt": f"{end:%Y-%m-%dT%H:%M:%SZ}"}
    title, place = _cut(event.title, _TITLE_LENGTH), _cut(event.location or "", _PLACE_LENGTH)
    outlook = {"path": "/calendar/action/compose", "rru": "addevent", "subject": title, **times}
    return CalendarLinks(
        ics=ics,
        google=_link(_GOOGLE, {"action": "TEMPLATE", "text": title, **dates}, location=place, details=url or ""),
        outlook=_link(_OUTLOOK, outlook, location=place, body=url or ""),
    )


def _instant(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def _link(page: str, needed: dict[str, str], **welcome: str) -> str:
    """The page's address with what it needs, and of what is welcome as much as there is room for."""
    link = page + _query(needed)
    for name, value in welcome.items():
        more = f"&{_query({name: value})}".replace("://", "%3A//")  # KMail warns of an address within another
        if value and len(link) + len(more) <= LINK_LENGTH:
            link += more
    return link


def _query(values: dict[str, str]) -> str:
    return urlencode(values, quote_via=quote, safe="/:")  # Outlook would show a "+" as a plus sign


def _cut(value: str, length: int) -> str:
    """The text on one line, at most so many bytes long as it stands in a link."""
    text = one_line(value)
    short = text[:length]
    while len(quote(short)) > length:
        short = short[:-1]
    return short.rstrip()
