from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from sample_edition import MONDAY, ZONE, event, vacancy

from digest.render.catalogs import load_phrases
from digest.render.dates import Calendar
from digest.resources import bundled


def calendar(language="en_GB", now=MONDAY, zone=ZONE):
    phrases = load_phrases(Locale.parse(language), [bundled("templates") / "locales"])
    return Calendar(phrases=phrases, zone=zone, composed_at=now)


@pytest.mark.parametrize(
    ("closes_at", "all_day", "expected"),
    [
        ((2026, 11, 26, 17), False, "Closes in 3 days – Thu 26 Nov, 5 pm"),
        ((2026, 11, 26, 17, 30), False, "Closes in 3 days – Thu 26 Nov, 5:30 pm"),
        ((2026, 11, 23, 12), False, "Closes today – Mon 23 Nov, noon"),
        ((2026, 11, 24, 9), False, "Closes tomorrow – Tue 24 Nov, 9 am"),
        ((2026, 11, 27), True, "Closes in 3 days – Thu 26 Nov"),  # the midnight that ends the closing day
        ((2026, 11, 24), True, "Closes today – Mon 23 Nov"),
        ((2026, 11, 25), False, "Closes tomorrow – Tue 24 Nov, midnight"),
        ((2026, 12, 13, 17), False, "Closes Sun 13 Dec, 5 pm"),
        ((2027, 1, 8), True, "Closes Thu 7 Jan 2027"),
        ((2026, 11, 20, 17), False, "Closed Fri 20 Nov, 5 pm"),
    ],
)
def test_a_closing_date_says_how_long_there_is(closes_at, all_day, expected):
    item = vacancy(closes_at=datetime(*closes_at, tzinfo=ZONE), all_day=all_day)
    assert calendar().closing(item) == expected


def test_a_vacancy_without_a_closing_date_says_so():
    assert calendar().closing(vacancy()) == "No closing date given"


def test_days_are_counted_in_the_network_s_zone():
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # already Tuesday in Auckland
    closing = datetime(2026, 11, 24, 4, tzinfo=UTC)  # Tuesday afternoon there
    auckland = calendar(now=late, zone=ZoneInfo("Pacific/Auckland"))
    assert auckland.closing(vacancy(closes_at=closing)) == "Closes today – Tue 24 Nov, 5 pm"


@pytest.mark.parametrize(
    ("starts", "ends", "all_day", "expected"),
    [
        ((2026, 11, 26, 18, 30), None, False, "Thu 26 November, 6:30 pm"),
        ((2026, 11, 26, 18, 30), (2026, 11, 26, 20, 30), False, "Thu 26 November, 6:30–8:30 pm"),
        ((2026, 11, 26, 11), (2026, 11, 26, 13), False, "Thu 26 November, 11 am – 1 pm"),
        ((2026, 11, 26, 19), (2026, 11, 27, 1), False, "Thu 26 November, 7 pm – 1 am"),
        ((2026, 11, 26), None, True, "Thu 26 November"),
        ((2026, 11, 26), (2026, 11, 27), True, "Thu 26 November"),
        ((2026, 12, 12), (2026, 12, 15), True, "12–14 December"),
        ((2026, 11, 29), (2026, 12, 2), True, "29 November – 1 December"),
        ((2026, 12, 31), (2027, 1, 2), True, "31 December 2026 – 1 January 2027"),
        ((2026, 12, 12, 9), (2026, 12, 14, 16), False, "12–14 December, 9 am"),
    ],
)
def test_an_event_says_when_it_is(starts, ends, all_day, expected):
    item = event(
        starts_at=datetime(*starts, tzinfo=ZONE), ends_at=ends and datetime(*ends, tzinfo=ZONE), all_day=all_day
    )
    assert calendar().event(item) == expected


def test_dates_follow_the_network_s_language():
    german = calendar("de")
    item = event(
        starts_at=datetime(2026, 12, 12, tzinfo=ZONE), ends_at=datetime(2026, 12, 15, tzinfo=ZONE), all_day=True
    )
    assert german.event(item) == "12.–14. Dez."
    assert german.block(item).weekday == "Sa"
    assert german.today == "23. November 2026"


@pytest.mark.parametrize(
    ("language", "closes_at", "expected"),
    [
        ("cy", (2026, 11, 26, 17), "Yn cau ymhen 3 diwrnod – Dydd Iau 26 Tachwedd, 17:00"),
        ("cy", (2026, 11, 25, 12), "Yn cau ymhen 2 ddiwrnod – Dydd Mercher 25 Tachwedd, 12:00"),
        ("cy", (2026, 11, 25), "Yn cau yfory – Dydd Mawrth 24 Tachwedd, hanner nos"),
        ("cy", (2027, 1, 8, 9), "Dyddiad cau: Dydd Gwener 8 Ionawr 2027, 09:00"),
        ("de", (2026, 11, 26, 17), "Closes in 3 days – Do., 26. Nov., 17:00"),
        ("en_US", (2026, 11, 26, 17), "Closes in 3 days – Thu, Nov 26, 5 pm"),
    ],
)
def test_a_closing_date_is_written_in_the_network_s_language(language, closes_at, expected):
    assert calendar(language).closing(vacancy(closes_at=datetime(*closes_at, tzinfo=ZONE))) == expected


def test_an_event_is_dated_in_welsh():
    welsh = calendar("cy")
    evening = {"starts_at": datetime(2026, 11, 26, 18, 30, tzinfo=ZONE)}
    weekend = {"starts_at": datetime(2026, 11, 28, tzinfo=ZONE), "ends_at": datetime(2026, 11, 30, tzinfo=ZONE)}
    assert welsh.event(event(**evening)) == "Dydd Iau 26 Tachwedd, 18:30"
    assert welsh.event(event(**weekend, all_day=True)) == "28–29 Tachwedd"
    assert welsh.event_days(event(**evening)) == ("26 Tachwedd", "26 Tach")
    assert welsh.today == "23 Tachwedd 2026"
    leaf = welsh.block(event(**evening))
    assert (leaf.weekday, leaf.day, leaf.month) == ("Iau", "26", "Tach")


def test_a_calendar_leaf_shows_the_first_day():
    leaf = calendar().block(event())
    assert (leaf.weekday, leaf.day, leaf.month) == ("Thu", "26", "Nov")
