import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_edition import MONDAY, ZONE, event

from digest.collect import Document, Fetched, parse
from digest.collect.resolve import resolve
from digest.config import SourceConfig
from digest.model import Event
from digest.render.ics import event_file, event_file_name
from digest.render.plain import printable
from digest.text.markup import one_line

SOURCE = SourceConfig(name="diary", kind="calendar", url="https://example.org/diary.ics")
PAGE = "https://growers.example.org/meeting"


def file_of(shown, *, url=PAGE, stamped_at=MONDAY, network="Allotment & Growing Network"):
    return event_file(shown, network=network, domain="growers.example.org", zone=ZONE, url=url, stamped_at=stamped_at)


def read_by_the_library(content):
    (entry,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    return entry


def read_by_us(content):
    (found,) = parse(SOURCE, Fetched(documents=(Document(name="event.ics", content=content),)), around=MONDAY).found
    read = resolve(found, source=SOURCE, first_seen_at=MONDAY, zone=ZONE)
    assert isinstance(read, Event)
    return read


def test_a_meeting_is_written_as_rfc_5545_wants_it():
    shown = event(
        title="Seeds, soup; and talk",
        ends_at=datetime(2026, 11, 26, 20, 30, tzinfo=ZONE),
        location="Weavers' Hall, Hexby",
        geo=(54.97, -0.00001),
        summary="How neighbouring sites share what falls on their roofs.",
    )
    assert file_of(shown).decode().split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Allotment & Growing Network//digest//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        r"SUMMARY:Seeds\, soup\; and talk",
        "DTSTART:20261126T183000Z",
        "DTEND:20261126T203000Z",
        "DTSTAMP:20261123T080000Z",
        "UID:436d2da925b910c29ad7e8c3501370f5@growers.example.org",
        r"DESCRIPTION:How neighbouring sites share what falls on their roofs.\n\nhtt",
        " ps://growers.example.org/meeting",
        "GEO:54.970000;-0.000010",
        r"LOCATION:Weavers' Hall\, Hexby",
        "STATUS:CONFIRMED",
        "URL:https://growers.example.org/meeting",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_whole_days_are_dates_with_an_exclusive_end():
    starts_at, ends_at = datetime(2027, 1, 16, tzinfo=ZONE), datetime(2027, 1, 18, tzinfo=ZONE)
    content = file_of(event(starts_at=starts_at, ends_at=ends_at, all_day=True))
    assert b"DTSTART;VALUE=DATE:20270116\r\n" in content
    assert b"DTEND;VALUE=DATE:20270118\r\n" in content


@pytest.mark.parametrize("hours", [None, 0, -2], ids=["unknown", "at the start", "before the start"])
def test_an_end_that_makes_no_sense_is_left_out(hours):
    starts_at = datetime(2026, 11, 26, 18, 30, tzinfo=ZONE)
    ends_at = None if hours is None else starts_at + timedelta(hours=hours)
    assert "DTEND" not in read_by_the_library(file_of(event(starts_at=starts_at, ends_at=ends_at)))


def test_a_cancelled_event_says_so():
    assert b"STATUS:CANCELLED\r\n" in file_of(event(cancelled=True))


def test_an_event_that_moved_keeps_its_uid_and_bears_a_later_stamp():
    before, after = event(), event(title="Spring meeting", starts_at=MONDAY + timedelta(days=90))
    old, new = (
        read_by_the_library(file_of(shown, stamped_at=stamped_at))
        for shown, stamped_at in ((before, MONDAY), (after, MONDAY + timedelta(days=1)))
    )
    assert old["UID"] == new["UID"]
    assert old["DTSTAMP"].dt < new["DTSTAMP"].dt


@pytest.mark.parametrize("other", [{"key": "f"}, {"source": "diary"}])
def test_another_event_has_another_uid(other):
    uids = {str(read_by_the_library(file_of(shown))["UID"]) for shown in (event(), replace(event(), **other))}
    assert len(uids) == 2


def test_an_event_without_a_page_or_place_has_none():
    entry = read_by_the_library(file_of(event(), url=None))
    assert not {"URL", "LOCATION", "GEO", "DESCRIPTION"} & set(entry)


MINUTES = st.integers(0, 600 * 24 * 60).map(
    lambda minutes: datetime(2026, 11, 24, tzinfo=UTC) + timedelta(0, 60 * minutes)
)
LINES = st.text(min_size=1, max_size=200).map(printable).map(one_line).filter(bool)
GEO = st.tuples(st.floats(-90, 90).map(lambda n: round(n, 6)), st.floats(-180, 180).map(lambda n: round(n, 6)))


@st.composite
def events(draw):
    all_day = draw(st.booleans())
    if all_day:
        first = draw(st.dates(MONDAY.date(), date(2028, 1, 1)))
        last = first + timedelta(draw(st.integers(0, 30)))
        starts_at = datetime(first.year, first.month, first.day, tzinfo=ZONE)
        ends_at = datetime(last.year, last.month, last.day, tzinfo=ZONE) + timedelta(1) if last > first else None
    else:
        starts_at = draw(MINUTES)
        ends_at = draw(st.none() | st.timedeltas(timedelta(seconds=1), timedelta(days=9)).map(starts_at.__add__))
        ends_at = ends_at and ends_at.replace(microsecond=0)
    return event(
        title=draw(LINES),
        key=draw(st.text(max_size=20)),
        starts_at=starts_at,
        ends_at=ends_at,
        all_day=all_day,
        location=draw(st.none() | LINES),
        geo=draw(st.none() | GEO),
        cancelled=draw(st.booleans()),
        summary=draw(st.text(max_size=300)),
    )


@given(shown=events(), network=st.text(max_size=60))
def test_what_is_written_is_read_again_by_the_library_and_by_our_own_calendar_source(shown, network):
    content = file_of(shown, network=network)
    entry = read_by_the_library(content)
    assert entry["SUMMARY"] == shown.title
    assert entry["DTSTART"].dt == (shown.starts_at.astimezone(ZONE).date() if shown.all_day else shown.starts_at)
    assert entry.get("LOCATION") == shown.location
    read = read_by_us(content)
    for name in ("title", "starts_at", "ends_at", "all_day", "location", "geo", "cancelled"):
        assert getattr(read, name) == getattr(shown, name), name
    assert read.url == PAGE


@given(shown=events(), network=st.text(max_size=60))
def test_lines_end_in_crlf_and_hold_at_most_75_octets_without_a_control_character(shown, network):
    lines = file_of(shown, network=network).split(b"\r\n")
    assert lines.pop() == b""
    assert max(map(len, lines)) <= 75
    assert not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", b"".join(lines))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Seed swap & soup", "seed-swap-soup.ics"),
        ("Café: été", "cafe-ete.ics"),
        ('"; filename="x.exe', "filename-x-exe.ics"),
        ("Весенний обмен", "event.ics"),
        ("a\r\nSet-Cookie: b", "a-set-cookie-b.ics"),
    ],
)
def test_the_file_is_named_after_its_title_in_plain_letters(title, name):
    assert event_file_name(event(title)) == name


@given(st.text())
def test_any_title_gives_a_name_that_is_safe_in_a_header_and_on_a_disk(title):
    assert re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?\.ics", event_file_name(event(title)))
