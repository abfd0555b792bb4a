import json
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collect import Document, Fetched, Found, parse
from digest.collect.calendar.recurrence import Allowance, read_rule
from digest.collect.calendar.timezones import find_zone
from digest.collect.resolve import resolve
from digest.config import SourceConfig
from digest.errors import SourceError
from digest.model import Event

CASES = Path(__file__).parents[1] / "cases" / "calendar"
LONDON = ZoneInfo("Europe/London")
SOURCE = SourceConfig(name="diary", kind="calendar", url="https://example.org/diary.ics")
NOW = datetime(2026, 11, 23, 8, tzinfo=LONDON)
DEFAULTS = Found(key="", title="")
KNOWN = {"kind", "series", "rhythm", "moved_from"}  # what is told of series has tests of its own


def read(content, *, around=NOW, source=SOURCE):
    content = content.encode() if isinstance(content, str) else content
    return parse(source, Fetched(documents=(Document(name="diary.ics", content=content),)), around=around)


def calendar(content, **more):
    return read(content, **more).found


def vevents(*events):
    """A calendar of events, each told as lines."""
    lines = [line for event in events for line in ("BEGIN:VEVENT", *event, "END:VEVENT")]
    return "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *lines, "END:VCALENDAR", ""])


def told(found):
    """Everything that differs from an empty item, as JSON has it."""
    values = {field.name: getattr(found, field.name) for field in fields(found)}
    shown = {name: value for name, value in values.items() if value != getattr(DEFAULTS, name) and name not in KNOWN}
    return json.loads(json.dumps(shown, default=lambda moment: moment.isoformat()))


@pytest.mark.parametrize("case", sorted(path.stem for path in CASES.glob("*.ics")))
def test_a_calendar_is_read_event_by_event(case):
    expected = json.loads((CASES / f"{case}.json").read_text(encoding="utf-8"))
    assert [told(found) for found in calendar((CASES / f"{case}.ics").read_bytes())] == expected


def test_every_occurrence_names_its_series():
    found = calendar((CASES / "weekly.ics").read_bytes())
    assert len(found) > 1
    assert all(one.series and one.key.startswith(one.series) for one in found)


def test_what_is_broken_beside_good_is_told_by_its_name():
    assert read((CASES / "broken-beside-good.ics").read_bytes()).unreadable == (
        'event "Good": its rule FREQ=SOMETIMES is malformed',
        'event "No start": it has no readable DTSTART',
        'event "Bad start": it has no readable DTSTART',
        'event "Cut o": it breaks off before END:VEVENT',
    )


def test_a_series_whose_rule_cannot_be_followed_is_complained_of_so_that_nothing_of_it_counts_as_gone():
    told = read((CASES / "bombs.ics").read_bytes()).unreadable
    assert [line.split(": bysetpos")[0] for line in told if "Since the year 1" not in line] == [
        'event "Every second": it recurs more often than a calendar of events would',
        'event "Thirty times a day": it recurs more often than a calendar of events would',
        'event "An interval of nothing": its rule FREQ=DAILY;INTERVAL=0 is malformed',
        'event "A rule that dateutil refuses": its rule FREQ=MONTHLY;BYSETPOS=999 cannot be followed',
    ]


@pytest.mark.parametrize("case", sorted({path.stem for path in CASES.glob("*.ics")} - {"broken-beside-good", "bombs"}))
def test_nothing_else_is_complained_of(case):
    assert read((CASES / f"{case}.ics").read_bytes()).unreadable == ()


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["SUMMARY;LANGUAGE=en:Bread\\, and jam", "UID:u"], 'event "Bread, and jam"'),
        (["UID:u"], 'event "u"'),
        (["SUMMARY:", "LOCATION:Barn"], "an event without a name"),
    ],
)
def test_a_broken_event_is_called_by_what_it_has(lines, told):
    parsed = read(vevents(["UID:g", "DTSTART:20261203T190000Z", "SUMMARY:Good"], lines))
    assert [one.title for one in parsed.found] == ["Good"]
    assert parsed.unreadable == (f"{told}: it has no readable DTSTART",)


def test_a_broken_private_event_stays_private():
    parsed = read(vevents(["DTSTART:20261203T190000Z", "SUMMARY:Good"], ["CLASS:PRIVATE", "SUMMARY:Secret"]))
    assert (len(parsed.found), parsed.unreadable) == (1, ())


def test_a_calendar_that_breaks_off_between_events_says_so():
    whole = vevents(["DTSTART:20261203T190000Z", "SUMMARY:Good"])
    parsed = read(whole.removesuffix("END:VCALENDAR\n"))
    assert [one.title for one in parsed.found] == ["Good"]
    assert parsed.unreadable == ("the calendar: it breaks off before END:VCALENDAR (export it again)",)


def test_an_event_is_an_event_with_its_place_and_picture():
    found = calendar((CASES / "everything-told.ics").read_bytes())[0]
    event = resolve(found, source=SOURCE, first_seen_at=NOW, zone=LONDON)
    assert isinstance(event, Event)
    assert (event.geo, event.image_url) == ((51.7457, -2.2178), "https://example.org/grafting.jpg")
    assert event.ends_at == datetime(2026, 12, 12, 16, tzinfo=LONDON)
    assert event.doubts == ("its calendar marks it as tentative",)


def test_the_exclusive_end_of_whole_days_is_the_midnight_after_the_last():
    found = {one.key: one for one in calendar((CASES / "whole-days.ics").read_bytes())}
    event = resolve(found["three-days"], source=SOURCE, first_seen_at=NOW, zone=LONDON)
    assert isinstance(event, Event)
    assert event.all_day
    assert (event.starts_at.date(), event.ends_at) == (date(2026, 12, 4), datetime(2026, 12, 7, tzinfo=LONDON))
    event = resolve(found["one-day"], source=SOURCE, first_seen_at=NOW, zone=LONDON)
    assert isinstance(event, Event)
    assert event.ends_at is None


def test_a_floating_time_is_the_networks_wherever_it_is_read():
    content = vevents(["UID:f", "DTSTART:20261202T193000", "SUMMARY:Supper"])
    for zone in (LONDON, ZoneInfo("Asia/Tokyo")):
        (found,) = calendar(content, around=NOW.astimezone(zone))
        event = resolve(found, source=SOURCE, first_seen_at=NOW, zone=zone)
        assert isinstance(event, Event)
        assert event.starts_at == datetime(2026, 12, 2, 19, 30, tzinfo=zone)


def test_an_event_keeps_its_key_when_it_is_moved_and_an_occurrence_too():
    single = ["UID:s", "SUMMARY:Single"]
    series = ["UID:w", "DTSTART:20261124T190000Z", "RRULE:FREQ=WEEKLY", "SUMMARY:Weekly"]
    change = ["UID:w", "RECURRENCE-ID:20261201T190000Z", "DTSTART:20261203T180000Z", "SUMMARY:Weekly"]
    before = calendar(vevents([*single, "DTSTART:20261202T190000Z"], series))
    after = calendar(vevents([*single, "DTSTART:20261209T190000Z"], series, change))
    assert [one.key for one in before] == [one.key for one in after]
    moved = {now.key for now, then in zip(after, before, strict=True) if now.starts_at != then.starts_at}
    assert moved == {"s", "w/20261201T190000Z"}


def test_as_time_goes_on_the_next_occurrences_follow_with_the_same_keys():
    content = vevents(["UID:w", "DTSTART;VALUE=DATE:20260106", "RRULE:FREQ=WEEKLY", "SUMMARY:Weekly"])
    keys = [[one.key for one in calendar(content, around=NOW + timedelta(weeks=week))] for week in range(3)]
    assert keys[0] == ["w/20261124", "w/20261201", "w/20261208"]
    assert keys[0][1:] == keys[1][:2]
    assert keys[1][1:] == keys[2][:2]


def test_nothing_lies_beyond_the_horizon_or_more_than_a_day_back():
    near = SourceConfig(name="diary", kind="calendar", url="https://example.org/d", horizon="10 days")
    series = ["UID:w", "DTSTART:20261124T190000Z", "RRULE:FREQ=WEEKLY", "SUMMARY:Weekly"]
    over = ["UID:o", "DTSTART:20261120T190000Z", "DTEND:20261121T070000Z", "SUMMARY:Over"]
    fresh = ["UID:y", "DTSTART:20261122T190000Z", "SUMMARY:Last night"]
    assert [one.key for one in calendar(vevents(series, over, fresh), source=near)] == [
        "w/20261124T190000Z",
        "w/20261201T190000Z",
        "y",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("<!doctype html><title>x</title>", "HTML where a calendar was promised"),
        ("hello", "no calendar in it"),
        ("", "no calendar in it"),
        (vevents(["UID:a", "SUMMARY:x"]), "its only event cannot be read: it has no readable DTSTART"),
        (vevents(["DTSTART:soon"], ["DTSTART:later"]), "none of its 2 events can be read"),
        (vevents(["DTSTART:20261201T190000Z"])[:-30], "it breaks off before END:VEVENT"),
        (b"BEGIN:VCALENDAR\nSUMMARY:\xff\nEND:VCALENDAR", "line 2: this is not utf-8"),
    ],
)
def test_what_is_no_calendar_is_refused_with_its_reason(content, message):
    with pytest.raises(SourceError, match=message) as caught:
        calendar(content)
    assert str(caught.value).startswith("source diary: diary.ics")


def test_a_calendar_without_events_holds_nothing():
    assert calendar("BEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR\n") == ()


def test_one_calendars_zones_are_not_anothers():
    rule = ["BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0300", "TZOFFSETTO:+0300", "END:STANDARD"]
    zone = "\n".join(["BEGIN:VTIMEZONE", "TZID:Ours", *rule, "END:VTIMEZONE", "BEGIN:VEVENT"])
    event = vevents(["UID:a", "DTSTART;TZID=Ours:20261201T190000", "SUMMARY:x"])
    (defined,) = calendar(event.replace("BEGIN:VEVENT", zone, 1))
    (undefined,) = calendar(event)
    assert defined.starts_at == datetime(2026, 12, 1, 16, tzinfo=UTC)
    assert "Ours" in undefined.doubts[0]


def test_thousands_of_rules_that_never_match_are_not_followed_to_their_end():
    never = ["DTSTART:20261130T190000Z", "RRULE:FREQ=DAILY;COUNT=9;BYMONTH=2;BYMONTHDAY=30", "SUMMARY:x"]
    found = calendar(vevents(*([f"UID:{number}", *never] for number in range(2500))))
    assert len(found) == 1500
    assert "would take too long to follow" in found[-1].doubts[0]


def test_long_lists_of_days_are_refused():
    days = ",".join(f"20261201T{number // 60 % 24:02}{number % 60:02}00Z" for number in range(400))
    many = ["UID:a", "DTSTART:20261201T190000Z", *[f"RDATE:{days}"] * 6000, "SUMMARY:x"]
    with pytest.raises(SourceError, match="more than 5000 lines"):
        calendar(vevents(many))
    with pytest.raises(SourceError, match="thousands of days"):
        calendar(vevents(["UID:a", "DTSTART:20261201T190000", f"EXDATE:{days},{days},{days},{days}"]))


def test_thousands_of_past_changes_do_not_hide_the_next():
    change = ["UID:w", "SUMMARY:Weekly"]
    past = [
        [*change, f"RECURRENCE-ID:20060103T{n // 60 % 24:02}{n % 60:02}00Z", "DTSTART:20060103T190000Z"]
        for n in range(9000)
    ]
    series = [*change, "DTSTART:20060103T190000Z", "RRULE:FREQ=WEEKLY"]
    moved = [*change, "RECURRENCE-ID:20261124T190000Z", "DTSTART:20261125T190000Z"]
    found = calendar(vevents(*past, series, moved))
    assert [f"{one.starts_at:%d %b}" for one in found] == ["25 Nov", "01 Dec", "08 Dec"]


def test_a_rule_costs_what_its_periods_cost():
    allowance = Allowance(seconds=0.01)
    rule = read_rule("FREQ=DAILY")
    first, until = datetime(1990, 1, 1), datetime(2027, 11, 23)  # noqa: DTZ001
    since = datetime(2026, 11, 22)  # noqa: DTZ001
    starts = [*rule.starts(first, since=since, until=until, allowance=allowance)]
    assert (starts[0], starts[-1], len(starts)) == (since, until, 367)


@pytest.mark.parametrize("name", ["localtime", "", "../zone", "Europe", "a" * 5000, "x\0y"])
def test_a_zone_that_nobody_defined_is_none(name):
    assert find_zone(name) is None


SAMPLES = sorted(CASES.glob("*.ics"))


@given(st.sampled_from(SAMPLES), st.integers(0, 1500), st.integers(0, 40), st.binary(max_size=20))
def test_a_damaged_calendar_is_read_or_refused(path, cut, length, junk):
    content = path.read_bytes()
    read_or_refused(content[:cut] + junk + content[cut + length :])


PROPERTY = st.sampled_from(
    ["DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "GEO", "SEQUENCE", "STATUS", "ATTACH"]
)
VALUE = st.text(max_size=12) | st.sampled_from(
    [
        "00010101",
        "99991231T235959Z",
        "20261201T190000",
        "P99999999W",
        "-P1D",
        "20261201T190000/P1D",
        "FREQ=DAILY",
        "1;2",
    ]
)


@given(st.lists(st.tuples(PROPERTY, VALUE), max_size=8))
def test_any_values_are_read_or_refused(properties):
    read_or_refused(vevents([f"{name}:{value}" for name, value in properties]).encode("utf-8", "replace"))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content):
    read_or_refused(content)
    read_or_refused(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n" + content + b"\nEND:VEVENT\nEND:VCALENDAR")


def read_or_refused(content):
    try:
        found = calendar(content)
    except SourceError as error:
        assert str(error).startswith("source diary: ")  # noqa: PT017
        return
    for one in found:
        resolve(one, source=SOURCE, first_seen_at=NOW, zone=LONDON)
