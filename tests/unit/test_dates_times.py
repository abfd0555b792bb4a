"""Times of day as people write them: each expression with the hours that are meant."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from digest.collect.dates import find_times, find_zones, read_time

LONDON = ZoneInfo("Europe/London")
WINTER, SUMMER = date(2026, 1, 20), date(2026, 7, 1)


def hours(text):
    """Each time as 14:00, or 14:00-15:30 with its end."""
    return [f"{one.clock:%H:%M}" + (f"-{one.until:%H:%M}" if one.until is not None else "") for one in find_times(text)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2:00 - 3:30pm", "14:00-15:30"),
        ("10-11.30am", "10:00-11:30"),
        ("11am-1pm", "11:00-13:00"),
        ("11-1pm", "11:00-13:00"),
        ("10-12pm", "10:00-12:00"),
        ("9-5pm", "09:00-17:00"),
        ("7-9pm", "19:00-21:00"),
        ("10-2am", "22:00-02:00"),
        ("7pm-1am", "19:00-01:00"),
        ("6.30–8.30pm", "18:30-20:30"),
        ("from 1:00 to 8:00 pm", "13:00-20:00"),
        ("11:30 a.m.–1:00 p.m.", "11:30-13:00"),
        ("10.30am to 12.30", "10:30-12:30"),
        ("from 9 to 5", "09:00-17:00"),
        ("10 till 4", "10:00-16:00"),
        ("12 till 1.30", "12:00-13:30"),
        ("between 10 and 12", "10:00-12:00"),
        ("between 6 and 8pm", "18:00-20:00"),
        ("noon to 1", "12:00-13:00"),
        ("4 February 2027, 1-3 UTC", "01:00-03:00"),
        ("Summer school 2027, 10:00 to 12:00", "10:00-12:00"),
        ("10am to noon", "10:00-12:00"),
        ("10:00 a.m.-noon", "10:00-12:00"),
        ("8pm until midnight", "20:00-00:00"),
        ("six till eight", "18:00-20:00"),
        ("from 7 to half past nine", "19:00-21:30"),
        ("from eleven in the morning until four in the afternoon", "11:00-16:00"),
        ("9.30–16.00", "09:30-16:00"),
        ("10–16.30 on Friday 6 March", "10:00-16:30"),
        ("Sat 5 Dec, 10-4", "10:00-16:00"),
        ("10–4 on Saturday (5 December)", "10:00-16:00"),
        ("Hall, 10.30 to 4", "10:30-16:00"),
        ("Hall, 11–2", "11:00-14:00"),
        ("10.00 to about 11.30", "10:00-11:30"),
        ("09:30-12:30", "09:30-12:30"),
        ("0900-1700 hrs", "09:00-17:00"),
        ("1900 to 2100 hrs", "19:00-21:00"),
        ("21:45–08:00", "21:45-08:00"),
        ("from 7 to 3", "07:00-15:00"),
        ("10yb-3yp", "10:00-15:00"),
        ("o 10 tan 4", "10:00-16:00"),
        ("rhwng 2 a 4yp", "14:00-16:00"),
        ("from 14h to 17h", "14:00-17:00"),
        ("12/03/2026 0930-1300 Mess room", "09:30-13:00"),
        ("9 to 12, behind the mill", "09:00-12:00"),
        ("7pm, two hours.", "19:00-21:00"),
        ("3pm ET / 8pm GMT, an hour", "15:00-16:00"),
        ("9.30am (about 90 minutes)", "09:30-11:00"),
    ],
)
def test_a_range_is_one_time_with_its_end(text, told):
    assert hours(text) == [told]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("7pm", "19:00"),
        ("by 5 p. m. on 4 May", "17:00"),
        ("by 10.00 hrs on 12 March", "10:00"),
        ("Wednesday, 14 October. 7.15. Whitlow Rooms.", "19:15"),
        ("in the schoolroom, half one.", "13:30"),
        ("9.15 What's in the collection", "09:15"),
        ("Meet 10.00 the car park", "10:00"),
        ("7 PM", "19:00"),
        ("7 p.m.", "19:00"),
        ("7.30pm", "19:30"),
        ("12am", "00:00"),
        ("12.30am", "00:30"),
        ("12 pm", "12:00"),
        ("09.30am", "09:30"),
        ("19:30", "19:30"),
        ("00:15", "00:15"),
        ("19:30:00", "19:30"),
        ("19h30", "19:30"),
        ("1900 hrs", "19:00"),
        ("19:00hrs", "19:00"),
        ("1700 18 March 2026", "17:00"),
        ("at 14.00", "14:00"),
        ("2026-05-08T19:00", "19:00"),
        ("noon", "12:00"),
        ("12 noon", "12:00"),
        ("12noon", "12:00"),
        ("midday", "12:00"),
        ("midnight", "00:00"),
        ("7 o'clock", "19:00"),
        ("ten o’clock", "10:00"),
        ("half past six", "18:30"),
        ("Half past nine", "09:30"),
        ("at half six", "18:30"),
        ("quarter to eight", "19:45"),
        ("a quarter past 7", "19:15"),
        ("ten past seven", "19:10"),
        ("at ten to three", "14:50"),
        ("twenty-five past two", "14:25"),
        ("at 6.30 in the evening", "18:30"),
        ("9 in the morning", "09:00"),
        ("ten at night", "22:00"),
        ("6 for 6.30", "18:30"),
        ("6pm for 6.30", "18:30"),
        ("6.30 for 7pm", "19:00"),
        ("6.30pm for 7", "19:00"),
        ("7.30am for 8, in the yard", "08:00"),
        ("6.30 for a 7.15 start", "19:15"),
        ("8ish", "20:00"),
        ("7.30ish", "19:30"),
        ("Kick-off half ten, at the rec", "10:30"),
        ("Friday 12 June, 8 till late", "20:00"),
        ("9 till late", "21:00"),
        ("Old Forge, 8 till the last dance", "20:00"),
        ("7.15.", "19:15"),
        ("We go on the 11.05 to Stornoway", "11:05"),
        ("23:59 anywhere on earth", "23:59"),
        ("come for 6.15", "18:15"),
        ("starts at 7", "19:00"),
        ("by 5 on Friday", "17:00"),
        ("doors 7", "19:00"),
        ("at 8", "20:00"),
        ("at eight", "20:00"),
        ("at 8.30", "08:30"),
        ("from 10", "10:00"),
        ("@ 7.30", "19:30"),
        ("Thursday 29 January, 6.30, the hall", "18:30"),
        ("until 4", "16:00"),
        ("7yh", "19:00"),
        ("7.30 yh", "19:30"),
        ("10yb", "10:00"),
        ("am 7 o'r gloch", "19:00"),
        ("am 7 yr hwyr", "19:00"),
        ("hanner awr wedi chwech", "18:30"),
        ("chwarter i wyth", "19:45"),
        ("chwarter wedi 2", "14:15"),
        ("hanner dydd", "12:00"),
        ("hanner nos", "00:00"),
        ("Sadwrn 7 Mawrth am 10", "10:00"),
        ("at 17.00 hours in Brno", "17:00"),
        ("with a drink, 15.00 - 17.00 hrs, in the yard", "15:00-17:00"),
        ("the tour, 15.00 hrs", "15:00"),
        ("Chapel hall, 7.30 as ever", "19:30"),
        ("Half nine start", "09:30"),
        ("Strawberries, 13 June, two thirty", "14:30"),
        ("at seven fifteen, in the barn", "19:15"),
        ("Friday, 18 Uhr, at my office", "18:00"),
        ("1800 UTC", "18:00"),
        ("at 2ET", "14:00"),
        ("at 6 UTC", "06:00"),
        ("Summer of Code 2027 to 12:30 AM", "00:30"),
    ],
)
def test_a_time_of_day_is_read(text, told):
    assert hours(text) == [told]


@pytest.mark.parametrize(
    "text",
    [
        "£5.30",
        "it costs 10.00 hrs",
        "a post of 15.00 hrs per week",
        "twelve thirty metre ropes",
        "two thirty-year-olds",
        "mid-noon",
        "Section 4. 7.15. The committee",
        "25:10",
        "12:60",
        "13pm",
        "0pm",
        "1.5 litres",
        "10:5",
        "room 12",
        "http://x.example:80/5pm",
        "at 13.50 each",
        "at 17.20 per hour",
        "at 10 Downing Street",
        "at 5 Rose Lane",
        "from 9 to 12 participants",
        "from 2010 to 2016",
        "between the two",
        "version 1.10.2",
        "1,500 at 2%",
        "half of us",
        "they lost 5-2",
        "4 May",
        "8.5.2026",
        "in 2030",
        "a dozen",
        "from 7+ guests",
        "at 5 % interest",
        "20h per week",
        "at 22.40 hours a week",
        "Sunday 22.11. and after",
        "ring 0845-1300-200",
        "the line 0800-1111",
        "9 to 12 year olds",
        "half one, half the other",
        "open 8 until further notice",
        "soup 2.15, cake 3.45",
        "the 3.15 to one majority",
        "a 2pt screw",
    ],
)
def test_what_is_no_time_of_day_is_not_read_as_one(text):
    assert find_times(text) == []


@pytest.mark.parametrize(
    ("text", "assumed"),
    [
        *(("from 9 to 5", True), ("at 7", True), ("by 5", True), ("half past six", True), ("7:30", True)),
        *(("7pm", False), ("2-3pm", False), ("19:30", False), ("07:30", False), ("10:30", False), ("noon", False)),
        ("0:15", False),
    ],
)
def test_a_half_of_the_day_that_is_not_written_is_told(text, assumed):
    assert [one.assumed for one in find_times(text)] == [assumed]


def test_a_time_that_ends_its_part_of_a_sentence_stands_behind_another():
    assert hours("doors 7pm, film 7.30") == ["19:00", "19:30"]
    assert hours("Arrivals from 9.45, first talk 10.15, carriages at 4") == ["09:45", "10:15", "16:00"]
    assert hours("doors 7pm, tickets 8.50") == ["19:00"]


def test_anywhere_on_earth_is_twelve_hours_behind_utc():
    (written,) = find_times("23:59 Anywhere on Earth")
    assert read_time(written, day=WINTER, zone=LONDON).starts == datetime(2026, 1, 21, 11, 59, tzinfo=LONDON)


def test_friends_in_the_pacific_are_no_zone():
    assert find_zones("If the time zone is no good for our friends in Asia and the Pacific, tell us.") == []


def test_an_end_without_a_beginning_is_the_next_such_hour():
    begin, end = find_times("Supper at 6. Dancing until 9.")
    assert (begin.end_only, f"{end.clock:%H:%M}", end.end_only) == (False, "21:00", True)


def test_midnight_by_name_ends_the_day_it_is_said_of():
    (named,) = find_times("midnight")
    (until,) = find_times("9pm until midnight")
    (small,) = find_times("00:00")
    assert read_time(named, day=WINTER, zone=LONDON).starts == datetime(2026, 1, 21, tzinfo=LONDON)
    assert read_time(until, day=WINTER, zone=LONDON).ends == datetime(2026, 1, 21, tzinfo=LONDON)
    assert read_time(small, day=WINTER, zone=LONDON).starts == datetime(2026, 1, 20, tzinfo=LONDON)


def test_an_end_before_its_beginning_is_a_doubt():
    (written,) = find_times("18:00-16:00")
    read = read_time(written, day=WINTER, zone=LONDON)
    assert (read.ends, read.doubts) == (None, ("'18:00-16:00' ends before it begins",))


@pytest.mark.parametrize(
    ("text", "winter", "summer"),
    [
        ("7pm", "19:00+00:00", "19:00+01:00"),
        ("15:00 UTC", "15:00+00:00", "15:00+00:00"),
        ("15:00Z", "15:00+00:00", "15:00+00:00"),
        ("3pm IST (India)", "15:00+05:30", "15:00+05:30"),
        ("3pm CST (Shanghai)", "15:00+08:00", "15:00+08:00"),
        ("3pm ET", "15:00-05:00", "15:00-04:00"),
        ("3pm Eastern", "15:00-05:00", "15:00-04:00"),
        ("3pm US Eastern", "15:00-05:00", "15:00-04:00"),
        ("3pm Eastern Standard Time", "15:00-05:00", "15:00-04:00"),
        ("3pm CT", "15:00-06:00", "15:00-05:00"),
        ("3pm MT", "15:00-07:00", "15:00-06:00"),
        ("3pm PT", "15:00-08:00", "15:00-07:00"),
        ("3pm Pacific", "15:00-08:00", "15:00-07:00"),
        ("3pm EST/EDT", "15:00-05:00", "15:00-04:00"),
        ("3pm UTC+2", "15:00+02:00", "15:00+02:00"),
        ("3pm (GMT-5)", "15:00-05:00", "15:00-05:00"),
        ("15:00+01:00", "15:00+01:00", "15:00+01:00"),
        ("2026-05-08T15:00-05:00", "15:00-05:00", "15:00-05:00"),
        ("15:00 (UTC+05:30)", "15:00+05:30", "15:00+05:30"),
        ("3pm Sydney time", "15:00+11:00", "15:00+10:00"),
        ("3pm New York time", "15:00-05:00", "15:00-04:00"),
        ("3pm UK time", "15:00+00:00", "15:00+01:00"),
        ("3pm London time (BST)", "15:00+00:00", "15:00+01:00"),
        ("3pm Central European Time", "15:00+01:00", "15:00+02:00"),
        ("15:00 Europe/Paris", "15:00+01:00", "15:00+02:00"),
        ("3pm America/New_York", "15:00-05:00", "15:00-04:00"),
        ("23:59 AoE", "23:59-12:00", "23:59-12:00"),
        ("3yp amser Llundain", "15:00+00:00", "15:00+01:00"),
        ("3pm NZST (UTC+12)", "15:00+12:00", "15:00+12:00"),
        ("17:00 East Africa Time", "17:00+03:00", "17:00+03:00"),
        ("17:00 EAT", "17:00+03:00", "17:00+03:00"),
        ("5pm SGT", "17:00+08:00", "17:00+08:00"),
        ("5pm New Zealand time", "17:00+13:00", "17:00+12:00"),
    ],
)
def test_a_zone_beside_a_time_has_the_rule_of_the_day(text, winter, summer):
    (written,) = find_times(text)
    read = [read_time(written, day=day, zone=LONDON) for day in (WINTER, SUMMER)]
    assert [one.starts.isoformat(timespec="minutes")[11:] for one in read] == [winter, summer]
    assert [one.doubts for one in read] == [(), ()]


@pytest.mark.parametrize(
    ("text", "day", "offset", "doubt"),
    [
        ("noon EST", SUMMER, "-04:00", "'EST' does not hold on 1 July 2026, when it is EDT there; read as EDT"),
        ("noon PDT", WINTER, "-08:00", "'PDT' does not hold on 20 January 2026, when it is PST there; read as PST"),
        ("noon BST", WINTER, "+00:00", "'BST' does not hold on 20 January 2026, when it is GMT there; read as GMT"),
        ("noon CEST", WINTER, "+01:00", "'CEST' does not hold on 20 January 2026, when it is CET there; read as CET"),
        ("noon AEST", WINTER, "+11:00", "'AEST' does not hold on 20 January 2026, when it is AEDT there; read as AEDT"),
        ("noon NZDT", SUMMER, "+12:00", "'NZDT' does not hold on 1 July 2026, when it is NZST there; read as NZST"),
        ("noon GMT", SUMMER, "+00:00", "'GMT' on a day of BST: read as GMT, an hour behind BST"),
    ],
)
def test_a_zone_of_the_other_half_of_the_year_is_a_doubt(text, day, offset, doubt):
    (written,) = find_times(text)
    read = read_time(written, day=day, zone=LONDON)
    assert (read.starts.isoformat()[-6:], read.doubts) == (offset, (doubt,))


@pytest.mark.parametrize(
    ("network", "text", "offset", "doubts"),
    [
        ("Europe/Dublin", "noon IST", "+01:00", 0),
        ("Asia/Kolkata", "noon IST", "+05:30", 0),
        ("Europe/London", "noon IST", "+01:00", 1),
        ("Australia/Brisbane", "noon AEST", "+10:00", 0),
        ("Asia/Shanghai", "noon CST", "+08:00", 0),
        ("Europe/London", "noon CDT", "-05:00", 0),
    ],
)
def test_the_networks_own_zone_tells_what_an_abbreviation_means(network, text, offset, doubts):
    (written,) = find_times(text)
    read = read_time(written, day=SUMMER, zone=ZoneInfo(network))
    assert (read.starts.isoformat()[-6:], len(read.doubts)) == (offset, doubts)


@pytest.mark.parametrize(
    "text",
    [
        "15:00 UTC / 11:00 EDT / 17:00 CEST",
        "11:00 EDT / 15:00 UTC / 17:00 CEST",
        "8am PDT, 11am EDT, 4pm BST",
        "11am EDT (15:00 UTC)",
        "11am EDT | 1am AEST (next day)",
        "11am New York / 4pm London / 1am Sydney",
        "at 11ET/8PT",
    ],
)
def test_one_moment_in_several_zones_is_one_time(text):
    (written,) = find_times(text)
    read = read_time(written, day=SUMMER, zone=LONDON)
    assert (read.starts, read.doubts) == (datetime.fromisoformat("2026-07-01T15:00+00:00"), ())


def test_zones_that_contradict_each_other_are_a_doubt_and_utc_tells():
    (written,) = find_times("12:00 EDT / 15:00 UTC")
    read = read_time(written, day=SUMMER, zone=LONDON)
    assert read.starts == datetime.fromisoformat("2026-07-01T15:00+00:00")
    assert read.doubts == ("'12:00 EDT / 15:00 UTC' contradicts itself: 12:00 EDT would be 11:00",)


@pytest.mark.parametrize("text", ["10am and 7pm Eastern time", "10am or 7pm ET", "10am, 7pm ET"])
def test_a_zone_serves_the_times_before_it(text):
    assert [one.zone.places for one in find_times(text)] == [("America/New_York",)] * 2


@pytest.mark.parametrize(
    "text", ["7pm Central Hall", "7pm Perth Museum", "7pm, Sydney Street", "7pm et al", "7pm +1", "7pm The Mountain"]
)
def test_what_is_no_zone_is_not_read_as_one(text):
    (written,) = find_times(text)
    assert written.zone is None


def test_an_abbreviation_that_may_mean_several_is_the_networks_own_in_winter_too():
    (written,) = find_times("noon IST")
    read = read_time(written, day=WINTER, zone=ZoneInfo("Europe/Dublin"))
    assert read.doubts == ("'IST' does not hold on 20 January 2026, when it is GMT there; read as GMT",)


def test_zones_are_found_apart_from_times():
    found = find_zones("All times are in BST or Eastern time, some UTC+2; ring +1 555 0100 in London Road.")
    assert [one.text for one in found] == ["BST", "Eastern time", "UTC+2"]
    assert find_zones("COME AND EAT WITH US") == []
