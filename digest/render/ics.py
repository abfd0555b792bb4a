"""An event, or all that is coming, as a calendar file (RFC 5545) that any calendar program opens; pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from unicodedata import normalize
from zoneinfo import ZoneInfo

import icalendar
from icalendar.prop import vInline

from digest.model import Event
from digest.render.calendar_links import DaySpan, span_of
from digest.render.plain import one_line

_NAME_LENGTH = 60  # characters
_ASK_AGAIN, _AS_TEXT = timedelta(hours=1), "PT1H"


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarEntry:
    """An event in a calendar of many."""

    event: Event
    url: str | None  # ours that tells more; its own stands before it
    sequence: int  # grows with every change
    changed_at: datetime
    is_off: bool  # it will not take place


def event_file(
    event: Event, *, network: str, domain: str, zone: ZoneInfo, url: str | None, stamped_at: datetime
) -> bytes:
    """A calendar of one event, in UTF-8, with CRLF and lines of at most 75 octets.

    The event's UID stays the same when its date or place changes, so that a calendar program moves what it has
    instead of adding another; which of two files is the newer it tells from their DTSTAMP (RFC 5546 section 2.1.5).

    Args:
        event: timed events are written in UTC, whole days as days in the network's zone.
        network: its name.
        domain: the sender's, which makes the UID the network's own.
        zone: the network's.
        url: the page that tells more.
        stamped_at: when the file is made.
    """
    calendar = _calendar(network)
    calendar.add("method", "PUBLISH")
    calendar.add_component(_entry(event, domain=domain, zone=zone, url=url, stamped_at=stamped_at))
    content: bytes = calendar.to_ical()
    return content


def calendar_file(
    entries: Iterable[CalendarEntry], *, name: str, network: str, domain: str, zone: ZoneInfo, url: str
) -> bytes:
    """A calendar of many events for programs that ask for it again and again; the same events give the same bytes.

    It has no METHOD: so DTSTAMP tells when an event last changed (RFC 5545 section 3.8.7.2), not when it was asked for.

    Args:
        entries: in the order in which they are written.
        name: of the calendar.
        network: its name.
        domain: as for `event_file`.
        zone: the network's.
        url: of this file.
    """
    calendar = _calendar(network)
    calendar.add("name", name)  # RFC 7986 section 5; the others for programs that are older
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", zone.key)
    calendar.add("source", url, parameters={"VALUE": "URI"})
    calendar.add("refresh-interval", _ASK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", _AS_TEXT)
    for one in entries:
        entry = _entry(one.event, domain=domain, zone=zone, url=one.url, stamped_at=one.changed_at, off=one.is_off)
        entry.add("last-modified", one.changed_at.astimezone(UTC))
        entry.add("sequence", one.sequence)
        if one.event.categories:
            entry.add("categories", [one_line(category) for category in one.event.categories])
        calendar.add_component(entry)
    content: bytes = calendar.to_ical()
    return content


def _calendar(network: str) -> icalendar.Calendar:
    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//{one_line(network)}//digest//EN")
    calendar.add("version", "2.0")
    return calendar


def _entry(
    event: Event, *, domain: str, zone: ZoneInfo, url: str | None, stamped_at: datetime, off: bool = False
) -> icalendar.Event:
    entry = icalendar.Event()
    identity = sha256(f"{event.source}\0{event.key}".encode()).hexdigest()[:32]
    entry.add("uid", f"{identity}@{domain}")
    entry.add("dtstamp", stamped_at.astimezone(UTC))
    when = span_of(event, zone)
    entry.add("dtstart", when.first if isinstance(when, DaySpan) else when.start)
    if when.end is not None:
        entry.add("dtend", when.end)
    entry.add("summary", one_line(event.title))
    if location := one_line(event.location or ""):
        entry.add("location", location)
    if event.geo is not None:
        latitude, longitude = event.geo
        entry["geo"] = vInline(f"{latitude:.6f};{longitude:.6f}")  # the library would write 1e-05, which is no FLOAT
    if description := "\n\n".join(filter(None, (one_line(event.summary), url))):
        entry.add("description", description)
    if url:
        entry.add("url", url)
    entry.add("status", "CANCELLED" if event.cancelled or off else "CONFIRMED")
    return entry


def event_file_name(event: Event) -> str:
    """A name for the file, of letters, digits and dashes that every system and header takes: "seed-swap.ics"."""
    ascii_title = normalize("NFKD", event.title).encode("ascii", "ignore").decode("ascii").lower()
    return f"{re.sub('[^a-z0-9]+', '-', ascii_title)[:_NAME_LENGTH].strip('-') or 'event'}.ics"
