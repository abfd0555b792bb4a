"""What holds of any text: what is formatted is read back, nothing fails, spans keep apart, and the work is linear."""

from datetime import date, time
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slowness import cost

from digest.collect.dates import find_dates, find_times, find_zones, heading_year, read_date, read_time
from digest.collect.languages import tables

LONDON = ZoneInfo("Europe/London")
REFERENCE = date(2026, 3, 2)
SIZE = 60_000  # characters
SECONDS = 1.0  # of CPU; half of it is usual, and work in the square of the size takes minutes
EN, CY = tables()["en"], tables()["cy"]
WHOLE_DAYS = st.dates(min_value=date(1950, 1, 1), max_value=date(2090, 12, 31))
STYLES = (
    *("{A} {d} {B} {Y}", "{A}, {d} {B}, {Y}", "{a} {d}{nth} {b} '{y}", "{A} the {d}{nth} of {B} {Y}", "{d} {B} ({Y})"),
    *("{B} {d}, {Y}", "{A}, {B} {d}{nth}, {Y}", "{d} {B} {Y} ({A})", "{d} {B} {Y}: {A}", "the {first} of {B} {Y}"),
    *("{Y}-{m:02}-{d:02}", "{Y}/{m:02}/{d:02}", "{d}/{m}/{Y}", "{d:02}.{m:02}.{Y}", "{d}-{m}-{Y}", "{a} {d}.{m}.{Y}"),
    *("{A}, {d}. {B} {Y}", "{d}. {B} {Y}"),
    *("{cy_A} {d} {cy_B} {Y}", "{d} {cy_B} {Y}", "{cy_first} o {cy_B} {Y}", "{cy_A}, {d} {cy_B}, {Y}"),
)


def nth(day):
    return "th" if 11 <= day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def written(day, style):
    parts = {"d": day.day, "m": day.month, "Y": day.year, "y": f"{day:%y}", "nth": nth(day.day)}
    names = {"A": f"{day:%A}", "a": f"{day:%a}", "B": f"{day:%B}", "b": f"{day:%b}"}
    words = {
        "first": EN["ordinals"][str(day.day)][0],
        "cy_first": CY["ordinals"][str(day.day)][0],
        "cy_A": CY["weekdays"][str(day.isoweekday())][0].capitalize(),
        "cy_B": CY["months"][str(day.month)][0].capitalize(),
    }
    return style.format(**parts, **names, **words)


@pytest.mark.parametrize("code", tables())
def test_every_language_has_the_words_of_a_whole_year(code):
    told = tables()[code]
    assert [key for key in told["months"] if told["months"][key]] == [str(month) for month in range(1, 13)]
    assert [key for key in told["weekdays"] if told["weekdays"][key]] == [str(day) for day in range(1, 8)]
    assert {str(day) for day in range(1, 32)} <= told["ordinals"].keys()


@given(day=WHOLE_DAYS.filter(lambda day: day.year >= 2000), style=st.sampled_from(STYLES))
def test_a_whole_date_is_read_in_any_style(day, style):
    (found,) = find_dates(f"It is on {written(day, style)}.", numeric=True)
    read = read_date(found, reference=REFERENCE)
    assert (read.first, read.last, read.doubts) == (day, day, ())


@given(
    first=WHOLE_DAYS,
    length=st.integers(1, 400),
    style=st.sampled_from(("{d} {B} {Y}", "{B} {d}, {Y}", "{a} {d} {b} {Y}", "{Y}-{m:02}-{d:02}", "{d} {cy_B} {Y}")),
    to=st.sampled_from((" - ", "–", " to ", " until ", " i ")),
)
def test_a_whole_range_is_read_in_any_style(first, length, style, to):
    last = date.fromordinal(first.toordinal() + length)
    (found,) = find_dates(f"{written(first, style)}{to}{written(last, style)}")
    read = read_date(found, reference=REFERENCE)
    assert (read.first, read.last, read.doubts) == (first, last, ())


@given(month=st.integers(1, 12), days=st.lists(st.integers(1, 28), min_size=3, max_size=8, unique=True).map(sorted))
def test_a_list_of_days_gives_every_day(month, days):
    text = f"{', '.join(map(str, days[:-1]))} and {days[-1]} {date(2026, month, 1):%B} 2026"
    reads = [read_date(one, reference=REFERENCE) for one in find_dates(text)]
    consecutive = days[-1] - days[0] == len(days) - 1
    told = [(days[0], days[-1])] if consecutive else [(day, day) for day in days]
    assert [(one.first.day, one.last.day) for one in reads] == told


@given(
    clock=st.times().map(lambda clock: clock.replace(second=0, microsecond=0)),
    style=st.sampled_from(("%I:%M%p", "%I.%M %p", "%H:%M", "%H:%M:%S", "%Hh%M", "%H%M hrs", "2026-05-08T%H:%M")),
)
def test_a_time_of_day_is_read_in_any_style(clock, style):
    (found,) = find_times(f"It is at {clock.strftime(style)}.")
    assert (found.clock, found.until, found.assumed) == (clock, None, False)


@given(start=st.integers(0, 23 * 4), length=st.integers(1, 47))
def test_a_range_of_hours_shares_the_half_that_is_written_at_its_end(start, length):
    def told(quarters):
        return time(quarters // 4 % 24, quarters % 4 * 15)

    first, last = told(start), told(start + length)
    text = f"{first.hour % 12 or 12}.{first.minute:02}-{last.hour % 12 or 12}.{last.minute:02}{last:%p}".lower()
    (found,) = find_times(text)
    assert (found.clock, found.until) == (first, last)


FRAGMENTS = (
    *(
        "8 May ",
        "May 8",
        ", 2026",
        "31 April ",
        "29 February ",
        "Friday ",
        "this ",
        "next ",
        "on ",
        "the ",
        "first of ",
    ),
    *(
        "- ",
        "–",
        " and ",
        ", ",
        "/",
        ".",
        ":",
        "(",
        ")",
        "\n",
        "\n\n",
        "'26",
        "2026-05-08",
        "T",
        "19:00",
        "7pm",
        "at 7 ",
    ),
    *("half past ", "six ", "till ", "noon ", "midnight ", "UTC", "+2 ", "ET ", "Sydney time ", "end of ", "mid-"),
    *(
        "week of ",
        "spring ",
        "Mawrth ",
        "Dydd ",
        "hanner ",
        "awr ",
        "wedi ",
        "yr ",
        "am ",
        "24:00",
        "9999 ",
        "99 ",
        "0",
    ),
)
TEXTS = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=6), max_size=30).map("".join)


@given(text=TEXTS, day=st.dates(min_value=date(1901, 1, 1), max_value=date(9000, 1, 1)), month_first=st.booleans())
def test_no_text_makes_reading_fail_and_spans_keep_apart(text, day, month_first):
    dates = find_dates(text, numeric=True, month_first=month_first, vague=True, published=day)
    times, zones = find_times(text), find_zones(text)
    assert heading_year(text) is None or 1900 <= heading_year(text) < 2100
    for found in (dates, times, zones):
        assert all(0 <= one.span[0] < one.span[1] <= len(text) for one in found)
        assert all(one.span[1] <= behind.span[0] for one, behind in pairwise(found))
    for one in dates:
        read = read_date(one, reference=day)
        assert read is None or read.first <= read.last
    for one in times:
        read = read_time(one, day=day, zone=LONDON)
        assert read.ends is None or read.starts < read.ends


@pytest.mark.parametrize(
    "fragment",
    [
        *("9-", "3, ", "3 and ", "1/", "24th/25th/", "Dec 4 ", "4 Dec ", "Friday ", "Dydd Mawrth 3 ", "May ", "5\n"),
        *("week of 4 May ", "end of ", "on the 3rd ", "next ", "2026-", "2026-05-08T", "twenty-", "the first ", "'26 "),
        *("7pm ", "7.30 - ", "half past six ", "ten past ", "10 till ", "7 for 7.30 ", "12:30:", "from 9 to ", "at 7 "),
        *("7pm ET / ", "(UTC", "UTC+2 ", "New York ", "America/", "Sydney time ", "\n", " ", "a", "1", "a.", "(", "’"),
    ],
)
def test_the_work_grows_with_the_text_and_no_faster(fragment):
    text = (fragment * SIZE)[:SIZE]
    assert _cost(lambda: find_dates(text, numeric=True, vague=True, published=REFERENCE)) <= SECONDS
    assert _cost(lambda: find_times(text)) <= SECONDS


def _cost(find):
    """Seconds of CPU; the quietest of some runs tells."""
    costs = []
    while len(costs) < 4 and min(costs, default=SECONDS + 1) > SECONDS:
        costs.append(cost(find))
    return min(costs)
