from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collect import Document, Fetched, parse
from digest.collect.calendar.rhythm import read_rhythm
from digest.collect.resolve import resolve
from digest.config import SourceConfig
from digest.model import Frequency, Rhythm

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 23, 8, tzinfo=LONDON)
SOURCE = SourceConfig(name="diary", kind="calendar", url="https://example.org/diary.ics")
FIRST = datetime(2026, 12, 1, 19)  # noqa: DTZ001  (wall-clock time; the first Tuesday of December)
SEVEN = time(19)
DAILY, WEEKLY, MONTHLY, YEARLY = Frequency


def rhythm(frequency, **more):
    return Rhythm(frequency=frequency, clock=SEVEN, **more)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=DAILY", rhythm(DAILY)),
        ("FREQ=DAILY;INTERVAL=3", rhythm(DAILY, interval=3)),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", rhythm(WEEKLY, weekdays=tuple((day, 0) for day in range(5)))),
        ("FREQ=DAILY;INTERVAL=14", rhythm(WEEKLY, interval=2, weekdays=((1, 0),))),
        ("FREQ=WEEKLY", rhythm(WEEKLY, weekdays=((1, 0),))),
        ("freq=weekly;wkst=mo;byday=th,mo", rhythm(WEEKLY, weekdays=((0, 0), (3, 0)))),
        ("FREQ=WEEKLY;BYDAY=SU,MO,TU,WE,TH,FR,SA", rhythm(DAILY)),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=6", rhythm(WEEKLY, interval=2, weekdays=((1, 0),))),
        ("FREQ=MONTHLY;BYDAY=1TU;UNTIL=20301231", rhythm(MONTHLY, weekdays=((1, 1),))),
        ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=1", rhythm(MONTHLY, weekdays=((1, 1),))),
        ("FREQ=MONTHLY;BYDAY=-1TU,+1TU", rhythm(MONTHLY, weekdays=((1, 1), (1, -1)))),
        ("FREQ=MONTHLY", rhythm(MONTHLY, month_days=(1,))),
        ("FREQ=MONTHLY;BYMONTHDAY=-1,15", rhythm(MONTHLY, month_days=(15, -1))),
        ("FREQ=MONTHLY;BYDAY=TU", rhythm(WEEKLY, weekdays=((1, 0),))),
        ("FREQ=MONTHLY;INTERVAL=3;BYDAY=1TU", rhythm(MONTHLY, interval=3, weekdays=((1, 1),))),
        ("FREQ=MONTHLY;BYDAY=1TU;BYMONTH=3,12", rhythm(MONTHLY, weekdays=((1, 1),), months=(3, 12))),
        ("FREQ=MONTHLY;INTERVAL=12", rhythm(YEARLY, month_days=(1,), months=(12,))),
        ("FREQ=YEARLY", rhythm(YEARLY, month_days=(1,), months=(12,))),
        ("FREQ=YEARLY;BYMONTH=12;BYDAY=1TU", rhythm(YEARLY, weekdays=((1, 1),), months=(12,))),
        ("FREQ=YEARLY;BYMONTH=3,12;BYDAY=1TU", rhythm(MONTHLY, weekdays=((1, 1),), months=(3, 12))),
        ("FREQ=YEARLY;BYMONTHDAY=1", rhythm(MONTHLY, month_days=(1,))),
        ("FREQ=YEARLY;INTERVAL=2", rhythm(YEARLY, interval=2, month_days=(1,), months=(12,))),
    ],
)
def test_a_rule_says_its_rhythm_whichever_way_it_is_written(rule, expected):
    assert read_rhythm(rule, FIRST) == expected


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=HOURLY",
        "FREQ=YEARLY;BYDAY=20MO",
        "FREQ=YEARLY;BYWEEKNO=20",
        "FREQ=YEARLY;BYYEARDAY=100",
        "FREQ=YEARLY;INTERVAL=2;BYMONTH=3,12",
        "FREQ=YEARLY;BYMONTH=12;BYDAY=TU",
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=MONTHLY;BYDAY=1TU,1WE",
        "FREQ=MONTHLY;BYDAY=-2TU",
        "FREQ=MONTHLY;BYMONTHDAY=-2",
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
        "FREQ=MONTHLY;INTERVAL=2;BYMONTH=1,2,3",
        "FREQ=WEEKLY;BYHOUR=9,17",
        "FREQ=WEEKLY;BYDAY=1TU",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;INTERVAL=0",
        "FREQ=WEEKLY;INTERVAL=many",
        "FREQ=DAILY;INTERVAL=2;BYDAY=MO,TU",
        "FREQ=DAILY;BYMONTHDAY=1,2,3",
        "FREQ=WEEKLY;BYDAY=" + ",".join(["TU"] * 200),
    ],
)
def test_what_is_too_odd_for_a_few_words_has_no_rhythm(rule):
    assert read_rhythm(rule, FIRST) is None


def test_whole_days_have_no_clock():
    assert read_rhythm("FREQ=WEEKLY", FIRST, all_day=True).clock is None


@given(st.text("FREQ=DAILYWKMON;,1234567890-+BYSPTU\n ٣", max_size=80))
def test_whatever_a_rule_says_it_is_read_or_left(rule):
    read_rhythm(rule, FIRST)


def events(*components):
    """The items of a calendar of these components, each given as lines."""
    lines = [line for one in components for line in ("BEGIN:VEVENT", "UID:choir", *one, "END:VEVENT")]
    content = "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *lines, "END:VCALENDAR", ""]).encode()
    fetched = Fetched(documents=(Document(name="diary.ics", content=content),))
    found = parse(SOURCE, fetched, around=NOW).found
    return [resolve(one, source=SOURCE, first_seen_at=NOW, zone=LONDON) for one in found]


CHOIR = ("SUMMARY:Choir", "DTSTART;TZID=Europe/London:20261201T190000", "RRULE:FREQ=MONTHLY;BYDAY=1TU")


def test_every_occurrence_carries_the_rhythm_of_its_series():
    expected = Rhythm(frequency=MONTHLY, weekdays=((1, 1),), clock=SEVEN)
    assert [event.rhythm for event in events(CHOIR)] == [expected] * 3


def test_an_event_of_its_own_has_no_rhythm():
    (event,) = events(CHOIR[:2])
    assert (event.rhythm, event.moved_from) == (None, None)


def test_an_occurrence_that_was_moved_alone_tells_from_where():
    moved = ("RECURRENCE-ID;TZID=Europe/London:20270105T190000", "DTSTART;TZID=Europe/London:20270106T190000")
    first, second, third = events(CHOIR, moved)
    assert (first.moved_from, third.moved_from) == (None, None)
    assert second.moved_from == datetime(2027, 1, 5, 19, tzinfo=LONDON)
    assert second.rhythm == first.rhythm


def test_an_occurrence_that_is_only_told_of_in_other_words_has_not_moved():
    told = ("RECURRENCE-ID;TZID=Europe/London:20270105T190000", "DTSTART:20270105T190000Z", "LOCATION:Barn")
    assert [event.moved_from for event in events(CHOIR, told)] == [None, None, None]


def test_with_a_change_of_all_that_follows_the_rule_says_the_rhythm_no_more():
    later = ("RECURRENCE-ID;RANGE=THISANDFUTURE:20270105T190000Z", "DTSTART:20270106T190000Z")
    assert [(event.rhythm, event.moved_from) for event in events(CHOIR, later)] == [(None, None)] * 3


def test_a_weekday_of_another_zone_is_not_said():
    far = ("DTSTART;TZID=America/Los_Angeles:20261201T190000", "RRULE:FREQ=WEEKLY;BYDAY=TU")  # Wednesday in London
    assert {event.rhythm for event in events(far)} == {None}


def test_of_several_rules_none_is_the_rhythm():
    assert {event.rhythm for event in events((*CHOIR, "RRULE:FREQ=WEEKLY"))} == {None}
