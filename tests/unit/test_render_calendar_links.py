from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_edition import ZONE, event

from digest.render.calendar_links import LINK_LENGTH, DaySpan, calendar_links, span_of
from digest.render.plain import one_line

ICS = "https://mail.example.org/item/e.ics"
PAGE = "https://growers.example.org/meeting"


def links(url=PAGE, **fields):
    return calendar_links(event(**fields), ics=ICS, url=url, zone=ZONE)


def query(link):
    return {name: value for name, (value,) in parse_qs(urlsplit(link).query, strict_parsing=True).items()}


def at(*when):
    return datetime(*when, tzinfo=ZONE)


def test_an_evening_is_given_in_utc_with_its_place_and_page():
    made = links(starts_at=at(2026, 6, 4, 18, 30), ends_at=at(2026, 6, 4, 20), location="Weavers' Hall, Hexby")
    assert made.google == (
        "https://calendar.google.com/calendar/render?action=TEMPLATE&text=Winter%20meeting"
        "&dates=20260604T173000Z/20260604T190000Z&ctz=Europe/London"
        "&location=Weavers%27%20Hall%2C%20Hexby&details=https%3A//growers.example.org/meeting"
    )
    assert made.outlook == (
        "https://outlook.live.com/calendar/0/deeplink/compose?path=/calendar/action/compose&rru=addevent"
        "&subject=Winter%20meeting&startdt=2026-06-04T17:30:00Z&enddt=2026-06-04T19:00:00Z"
        "&location=Weavers%27%20Hall%2C%20Hexby&body=https%3A//growers.example.org/meeting"
    )
    assert made.ics == ICS


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "dates"),
    [
        (at(2026, 6, 4), None, ("20260604/20260605", "2026-06-04", "2026-06-05")),
        (at(2026, 6, 4), at(2026, 6, 5), ("20260604/20260605", "2026-06-04", "2026-06-05")),
        (at(2026, 10, 24), at(2026, 10, 27), ("20261024/20261027", "2026-10-24", "2026-10-27")),
    ],
    ids=["one day", "one day with its end", "three days, the clocks going back"],
)
def test_whole_days_end_on_the_day_after_the_last(starts_at, ends_at, dates):
    made = links(starts_at=starts_at.astimezone(UTC), ends_at=ends_at and ends_at.astimezone(UTC), all_day=True)
    google, outlook = query(made.google), query(made.outlook)
    assert (google["dates"], outlook["startdt"], outlook["enddt"]) == dates
    assert "ctz" not in google
    assert outlook["allday"] == "true"


def test_an_event_of_several_days_keeps_its_hours():
    made = links(starts_at=at(2026, 12, 4, 17), ends_at=at(2026, 12, 6, 15))
    assert query(made.google)["dates"] == "20261204T170000Z/20261206T150000Z"
    assert query(made.outlook)["enddt"] == "2026-12-06T15:00:00Z"
    assert "allday" not in query(made.outlook)


@pytest.mark.parametrize("ends_at", [None, at(2026, 12, 4, 9)], ids=["unknown", "before the start"])
def test_without_an_end_that_makes_sense_the_start_stands_for_it(ends_at):
    made = links(starts_at=at(2026, 12, 4, 17), ends_at=ends_at)
    assert query(made.google)["dates"] == "20261204T170000Z/20261204T170000Z"
    assert query(made.outlook)["enddt"] == "2026-12-04T17:00:00Z"


def test_a_page_whose_address_is_too_long_is_left_out_whole():
    made = links(url=f"{PAGE}?{'x' * LINK_LENGTH}")
    assert "details" not in query(made.google)
    assert "body" not in query(made.outlook)


MOMENTS = st.integers(0, 3_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(
    shown=st.builds(
        event,
        title=st.text(max_size=300),
        location=st.text(max_size=300),
        starts_at=MOMENTS,
        ends_at=MOMENTS,
        all_day=st.booleans(),
    ),
    zone=st.sampled_from(["Europe/London", "America/Argentina/ComodRivadavia", "Pacific/Apia"]).map(ZoneInfo),
)
def test_every_link_is_short_and_says_how_the_title_begins(shown, zone):
    made = calendar_links(shown, ics=ICS, url=PAGE, zone=zone)
    for link, name in ((made.google, "text"), (made.outlook, "subject")):
        assert len(link.encode("ascii")) <= LINK_LENGTH
        values = parse_qs(urlsplit(link).query, keep_blank_values=True)
        assert one_line(shown.title).startswith(values[name][0])
        assert one_line(shown.location).startswith(values.get("location", [""])[0])


@given(day=st.dates(date(2000, 1, 1), date(2100, 1, 1)), days=st.integers(1, 40))
def test_whole_days_are_the_days_of_the_networks_zone(day, days):
    zone = ZoneInfo("Pacific/Auckland")
    starts_at, ends_at = (
        datetime(one.year, one.month, one.day, tzinfo=zone).astimezone(UTC) for one in (day, day + timedelta(days))
    )
    span = span_of(event(starts_at=starts_at, ends_at=ends_at, all_day=True), zone)
    assert span == DaySpan(first=day, end=day + timedelta(days))
