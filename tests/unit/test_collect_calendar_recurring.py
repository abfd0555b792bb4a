"""Recurring calendars as programs write them, and rules made by chance, against recurring-ical-events."""

import warnings
from collections import defaultdict
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.collect import Document, Fetched, parse
from digest.config import SourceConfig

CASES = Path(__file__).parents[1] / "cases" / "recurring"
FILES = sorted(path.stem for path in CASES.glob("*.ics"))
LONDON = ZoneInfo("Europe/London")
SOURCE = SourceConfig(name="diary", kind="calendar", url="https://example.org/diary.ics")
NOW = datetime(2026, 11, 23, 8, tzinfo=LONDON)
INSTANTS = (NOW, datetime(2026, 7, 15, 8, tzinfo=LONDON), datetime(2027, 3, 20, 8, tzinfo=LONDON))


def next_starts(content, *, now=NOW):
    """UID -> the starts of what takes place next, as we read it."""
    documents = (Document(name="diary.ics", content=content),)
    starts = defaultdict(list)
    for one in parse(SOURCE, Fetched(documents=documents), around=now).found:
        if not one.cancelled:
            starts[one.series or one.key].append(instant(one.starts_at))
    return {uid: sorted(series) for uid, series in starts.items()}


def reference_starts(content, *, now=NOW):
    """UID -> all starts within the horizon, as the reference reads it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of zones whose names it guesses, as we do
        query = recurring_ical_events.of(icalendar.Calendar.from_ical(content))
        events = query.between(now, now + timedelta(days=365))
    starts = defaultdict(set)
    for event in events:
        if str(event.get("STATUS", "")) != "CANCELLED":
            starts[str(event["UID"])].add(instant(event["DTSTART"].dt))
    return {uid: sorted(series) for uid, series in starts.items()}


def instant(moment):
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time(0), LONDON)
    return moment if moment.tzinfo else moment.replace(tzinfo=LONDON)


def calendar(*lines, head=()):
    """One VEVENT in a calendar."""
    return "\r\n".join(["BEGIN:VCALENDAR", *head, "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR", ""]).encode()


def test_there_are_96_calendars_and_something_is_next_in_each():
    assert len(FILES) == 96
    assert [case for case in FILES if not next_starts((CASES / f"{case}.ics").read_bytes())] == []


@pytest.mark.parametrize("case", FILES)
@pytest.mark.parametrize("now", INSTANTS, ids=str)
def test_the_next_occurrences_are_those_of_the_reference(case, now):
    content = (CASES / f"{case}.ics").read_bytes()
    ours, theirs = next_starts(content, now=now), reference_starts(content, now=now)
    assert ours == {uid: starts[: len(ours.get(uid, starts))] for uid, starts in theirs.items()}
    assert {uid: len(starts) for uid, starts in ours.items()} == {
        uid: min(3, len(all_)) for uid, all_ in theirs.items()
    }


# Where the reference is wrong by RFC 5545 or RFC 5546, or has no answer: ours, and theirs.
TIMED = ("UID:a", "SUMMARY:x", "DTSTART;TZID=Europe/London:20261123T190000")
CHANGE = ("END:VEVENT", "BEGIN:VEVENT", "UID:a", "SUMMARY:x", "SEQUENCE:1", "RECURRENCE-ID:20261223T190000Z")
OTHERWISE = {
    # A day as the end of a series with a time of day is not allowed (RFC 5545 section 3.3.10). Those who write it mean
    # the whole day, as it is meant where whole days recur; the reference ends at its first midnight.
    "until a day": (calendar(*TIMED, "RRULE:FREQ=DAILY;UNTIL=20261124"), ["23 19:00", "24 19:00"], ["23 19:00"]),
    # Local time as the end is not allowed either, and is meant in the start's zone; the reference takes it for UTC.
    "until a local time": (
        calendar(
            "UID:a",
            "SUMMARY:x",
            "DTSTART;TZID=America/New_York:20261123T110000",
            "RRULE:FREQ=DAILY;UNTIL=20261124T120000",
        ),
        ["23 16:00", "24 16:00"],
        ["23 16:00"],
    ),
    # The end MUST be later than the start (section 3.8.2.2); the reference takes the one for the other.
    "ends before it starts": (calendar(*TIMED, "DTEND;TZID=Europe/London:20261123T180000"), ["23 19:00"], ["23 18:00"]),
    # An occurrence is referred to by UID and RECURRENCE-ID, and a higher SEQUENCE makes lower ones obsolete (RFC 5546
    # section 2.1.5): of a series that ends before, the older change is of nothing. The reference keeps it, save where
    # it has a rule of its own.
    "changed, then cut short": (
        calendar(*TIMED, "SEQUENCE:2", "RRULE:FREQ=DAILY;UNTIL=20261123T190000Z", *CHANGE, "DTSTART:20261124T200000Z"),
        ["23 19:00"],
        ["23 19:00", "24 20:00"],
    ),
}


@pytest.mark.parametrize("case", OTHERWISE)
def test_where_the_reference_is_not_followed(case):
    content, ours, theirs = OTHERWISE[case]
    for starts, expected in ((next_starts(content), ours), (reference_starts(content), theirs)):
        assert [f"{start.astimezone(LONDON):%d %H:%M}" for start in starts["a"]] == expected


def test_a_series_in_utc_stays_in_utc_whatever_zone_its_calendar_is_shown_in():
    """RFC 5545 section 3.3.5, form 2; the reference has it recur in the clock time of X-WR-TIMEZONE."""
    lines = ("UID:a", "SUMMARY:x", "DTSTART:20260107T190000Z", "RRULE:FREQ=WEEKLY")
    content, july = calendar(*lines, head=["X-WR-TIMEZONE:Europe/London"]), INSTANTS[1]
    assert f"{next_starts(content, now=july)['a'][0].astimezone(LONDON):%H:%M}" == "20:00"
    assert f"{reference_starts(content, now=july)['a'][0].astimezone(LONDON):%H:%M}" == "19:00"


DAYS = st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU", "MO,TH", "TU,WE,FR", "SA,SU", "MO,TU,WE,TH,FR"])
NTH = st.sampled_from(["1MO", "2TU", "3WE", "4TH", "-1FR", "-1SU", "-2SA", "1MO,3MO", "2SA,-1SA", "1SU,1WE"])
PARTS = {
    "DAILY": st.one_of(
        st.just(""),
        st.builds(";BYDAY={}".format, DAYS),
        st.builds(";BYMONTH={}".format, st.sampled_from(["12", "1,7", "3,4,11"])),
        st.just(";BYHOUR=9,18"),
    ),
    "WEEKLY": st.one_of(
        st.just(""),
        st.builds(";BYDAY={};WKST={}".format, DAYS, st.sampled_from(["MO", "SU"])),
        st.just(";BYDAY=SU;BYHOUR=9,18"),
        st.just(";BYMONTH=12,3"),
    ),
    "MONTHLY": st.one_of(
        st.just(""),
        st.builds(";BYDAY={}".format, NTH),
        st.builds(";BYDAY={};BYSETPOS={}".format, DAYS, st.sampled_from(["1", "-1", "2", "1,-1"])),
        st.builds(";BYMONTHDAY={}".format, st.sampled_from(["1", "15", "28", "31", "-1", "-2", "1,15,31"])),
        st.just(";BYDAY=FR;BYMONTHDAY=13"),
        st.just(";BYDAY=SU;BYMONTHDAY=8,9,10,11,12,13,14"),
    ),
    "YEARLY": st.one_of(
        st.just(""),
        st.builds(";BYMONTH={};BYDAY={}".format, st.sampled_from(["1", "2", "10", "12"]), NTH),
        st.builds(
            ";BYMONTH={};BYMONTHDAY={}".format, st.sampled_from(["1", "3", "12"]), st.sampled_from(["1", "31", "-1"])
        ),
        st.just(";BYMONTH=2;BYMONTHDAY=29"),
        st.builds(";BYYEARDAY={}".format, st.sampled_from(["1", "100", "366", "-1", "1,200"])),
        st.builds(";BYWEEKNO={};BYDAY={}".format, st.sampled_from(["1", "20", "52", "53"]), DAYS),
        st.builds(";BYDAY={};BYSETPOS={}".format, DAYS, st.sampled_from(["1", "-1", "10"])),
    ),
}
RULES = st.sampled_from([*PARTS]).flatmap(
    lambda frequency: st.builds(
        f"FREQ={frequency};INTERVAL={{}}{{}}{{}}".format, st.integers(1, 4), PARTS[frequency], ENDS
    )
)
ENDS = st.sampled_from(["", "", ";COUNT=3", ";COUNT=40", ";UNTIL=20261224T180000Z", ";UNTIL=20260101T000000Z"])
ZONES = ["Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Sydney"]


@settings(max_examples=200, deadline=None)
@given(
    rule=RULES,
    zone=st.sampled_from([*ZONES, "Z", "", "DATE"]),
    begin=st.tuples(st.dates(date(2021, 1, 1), date(2027, 3, 1)), st.integers(4, 22)),
    dropped=st.lists(st.integers(0, 40), max_size=3),
    more=st.lists(st.integers(1, 600), max_size=2),
)
def test_series_are_followed_as_the_reference_follows_them(rule, zone, begin, dropped, more):
    day, hour = begin

    def stated(name, day):
        if zone == "DATE":
            return f"{name};VALUE=DATE:{day:%Y%m%d}"
        return f"{name}{f';TZID={zone}' if '/' in zone else ''}:{day:%Y%m%d}T{hour:02}0000{zone if zone == 'Z' else ''}"

    if zone in {"", "DATE"}:  # whose UNTIL is of their own form
        rule = rule.replace("T180000Z" if zone else "Z", "").replace("T000000Z", "")
    if zone == "DATE":
        rule = rule.replace(";BYHOUR=9,18", "")
    lines = [stated("DTSTART", day), f"RRULE:{rule}"]
    lines += [stated("EXDATE", day + timedelta(days=7 * week)) for week in dropped]
    lines += [stated("RDATE", day + timedelta(days=days)) for days in more]
    content = calendar("UID:r", "SUMMARY:x", *lines)
    ours, theirs = next_starts(content).get("r", []), reference_starts(content).get("r", [])
    ours, theirs = ([start for start in starts if start >= NOW] for starts in (ours, theirs))  # not what has begun
    assert ours == theirs[: len(ours)]
    found = parse(SOURCE, Fetched(documents=(Document(name="diary.ics", content=content),)), around=NOW).found
    whole = len(found) == 12 or sum(not one.cancelled for one in found) == 3
    assert whole or ours == theirs
