"""Calendars that hold more than is read at a time: the earliest is read, and what is left out is told."""

from datetime import UTC, datetime

from hostile.calendars import events

from digest.collect import Document, Fetched, parse
from digest.config import SourceConfig

SOURCE = SourceConfig(name="diary", kind="calendar", url="https://example.org/diary.ics")
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def test_what_does_not_fit_is_told_and_the_earliest_is_read():
    content = events(3000, start="20270301T190000Z").replace("UID:2999\nDTSTART:2027", "UID:2999\nDTSTART:2026", 1)
    content = content.replace("20260301", "20261201").encode()
    parsed = parse(SOURCE, Fetched(documents=(Document(name="diary.ics", content=content),)), around=NOW)
    assert parsed.found[0].key == "2999"
    assert len(parsed.found) == 1500
    (told,) = parsed.unreadable
    assert told.startswith("the calendar: it holds more than is read at a time; 1500 of its events are left out")


def test_one_event_beyond_all_bounds_takes_the_place_of_no_other():
    huge = "BEGIN:VEVENT\nUID:huge\nDTSTART:20261124\n" + "CATEGORIES:a,b,c\n" * 4_900 * 4 + "END:VEVENT\n"
    long = "BEGIN:VEVENT\nUID:long\nDTSTART:20261124\n" + f"CATEGORIES:{'a,' * 150_000}\nEND:VEVENT\n"
    content = events(20).replace("BEGIN:VEVENT", f"{huge}{long}BEGIN:VEVENT", 1).encode()
    parsed = parse(SOURCE, Fetched(documents=(Document(name="diary.ics", content=content),)), around=NOW)
    assert len(parsed.found) == 20
    assert [line.partition(";")[0] for line in parsed.unreadable] == [
        "the calendar: it holds more than is read at a time",
        'event "huge": it has more than 5000 lines',
    ]
