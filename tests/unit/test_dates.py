"""Dates as people write them: each expression with the days that are meant."""

from datetime import date

import pytest

from digest.collect.dates import find_dates, heading_year, read_date
from digest.model import Certainty

PUBLISHED = date(2026, 3, 2)  # a Monday


def days(text, **options):
    """The first and the last day of each date in a text, a single day once."""
    found = []
    for written in find_dates(text, numeric=True, **options):
        read = read_date(written, reference=PUBLISHED)
        assert read is not None
        found.append(read.first.isoformat() if read.first == read.last else f"{read.first}..{read.last}")
    return found


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Open day on May 8, 2026: bring boots", "2026-05-08"),
        ("May 8, 2026 - the allotments", "2026-05-08"),
        ("(May 8, 2026) the allotments", "2026-05-08"),
        ("May 8, 2026; the allotments", "2026-05-08"),
        ("8 May 2026: the allotments", "2026-05-08"),
        ("8 May 2026, 7pm", "2026-05-08"),
        ("8 May, 2026", "2026-05-08"),
        ("8 May (2026)", "2026-05-08"),
        ("8th May 2026", "2026-05-08"),
        ("the 8th of May 2026", "2026-05-08"),
        ("Friday, 8th May 2026", "2026-05-08"),
        ("Fri. 8 May 2026", "2026-05-08"),
        ("Friday the 8th of May, 2026", "2026-05-08"),
        ("8 May 2026 (Friday)", "2026-05-08"),
        ("8 May 2026, Friday", "2026-05-08"),
        ("May the 8th", "2026-05-08"),
        ("MAY 8TH", "2026-05-08"),
        ("8 MAY", "2026-05-08"),
        ("8-May-2026", "2026-05-08"),
        ("Mar. 3rd", "2026-03-03"),
        ("Sept. 4, 2026", "2026-09-04"),
        ("first of June", "2026-06-01"),
        ("the twenty-first of May", "2026-05-21"),
        ("the Twenty First of May 2027", "2027-05-21"),
        ("June the third", "2026-06-03"),
        ("Sat 5th Dec '26", "2026-12-05"),
        ("Sat 5th Dec ’26", "2026-12-05"),
        ("Sat 5 Dec 26.", "2026-12-05"),
        ("12 november", "2026-11-12"),
        ("the wed 8 april", "2026-04-08"),
        ("Friday 6\nMarch 2026", "2026-03-06"),
        ("2026-05-08", "2026-05-08"),
        ("2026-05-08T19:00", "2026-05-08"),
        ("2026/05/08", "2026-05-08"),
        ("8/5/2026", "2026-05-08"),
        ("8.5.2026", "2026-05-08"),
        ("08-05-2026", "2026-05-08"),
        ("8/5/26", "2026-05-08"),
        ("08.05.26", "2026-05-08"),
        ("Fri 8.5.26", "2026-05-08"),
        ("5/27/2026", "2026-05-27"),
        ("Closing: 27/5", "2026-05-27"),
        ("send it by 27/5.", "2026-05-27"),
        ("Sat 18/4 10-2", "2026-04-18"),
        ("Date: 18/4 at 7pm", "2026-04-18"),
        ("Thursday, 24. September 2026, at 17.00", "2026-09-24"),
        ("on 24. September we meet", "2026-09-24"),
        ("on Saturday 2. May", "2026-05-02"),
        ("until 5.10. please", "2026-10-05"),
        ("Friday 6.11. from 17 o'clock", "2026-11-06"),
        ("Sunday 22.11.", "2026-11-22"),
        ("open 16-19 until 30.9.; thanks", "2026-09-30"),
        ("by the 17th of may", "2026-05-17"),
        ("08-May-26", "2026-05-08"),
        ("until 30. 6. 2026.", "2026-06-30"),
        ("19/11, 6pm, Lecture Theatre B", "2026-11-19"),
        ("at the library, 9/5, 18:30", "2026-05-09"),
        ("a session on 03.12 (Thursday) from 9.00 am", "2026-12-03"),
        ("3/12 (Thursday)", "2026-12-03"),
    ],
)
def test_a_day_is_read(text, day):
    assert days(text) == [day]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("June 29 - July 1st, 2026", "2026-06-29", "2026-07-01"),
        ("June 29–July 1, 2026", "2026-06-29", "2026-07-01"),
        ("between June 29 and July 1, 2026", "2026-06-29", "2026-07-01"),
        ("30-31 May", "2026-05-30", "2026-05-31"),
        ("30 – 31 May 2027", "2027-05-30", "2027-05-31"),
        ("May 30-31, 2027", "2027-05-30", "2027-05-31"),
        ("13th to 15th of March 2027", "2027-03-13", "2027-03-15"),
        ("28 December 2026 - 2 January 2027", "2026-12-28", "2027-01-02"),
        ("28 December - 2 January 2027", "2026-12-28", "2027-01-02"),
        ("28 December - 2 January", "2026-12-28", "2027-01-02"),
        ("1 June 2026 to 31 August 2027", "2026-06-01", "2027-08-31"),
        ("Tuesday 3 and Wednesday 4 March", "2026-03-03", "2026-03-04"),
        ("Mon 26 to Fri 30 October 2026", "2026-10-26", "2026-10-30"),
        ("Friday 30 October – Sunday 1 November 2026", "2026-10-30", "2026-11-01"),
        ("6th and 7th December", "2026-12-06", "2026-12-07"),
        ("the 24th/25th of October", "2026-10-24", "2026-10-25"),
        ("12th/13th/14th June 2026", "2026-06-12", "2026-06-14"),
        ("1, 2 and 3 May", "2026-05-01", "2026-05-03"),
        ("from 5 until 9 May", "2026-05-05", "2026-05-09"),
        ("2026-05-05 - 2026-05-09", "2026-05-05", "2026-05-09"),
        ("5/5/2026 to 9/5/2026", "2026-05-05", "2026-05-09"),
        ("September 7-8 of September", "2026-09-07", "2026-09-08"),
        ("17.–19. September 2026", "2026-09-17", "2026-09-19"),
        ("24. - 26. September 2026", "2026-09-24", "2026-09-26"),
        ("30. May – 1. June 2026", "2026-05-30", "2026-06-01"),
        ("05.09.–06.09.2026", "2026-09-05", "2026-09-06"),
        ("30.12.-2.1.2027", "2026-12-30", "2027-01-02"),
        ("5.–6.9.2026", "2026-09-05", "2026-09-06"),
        ("24/9 - 26/9/2026", "2026-09-24", "2026-09-26"),
        ("24/9-26/9/2026", "2026-09-24", "2026-09-26"),
    ],
)
def test_a_range_is_one_date_with_its_last_day(text, first, last):
    assert days(text) == [f"{first}..{last}"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("3, 10 and 17 March 2026", ["2026-03-03", "2026-03-10", "2026-03-17"]),
        ("3, 10, 17 March 2026", ["2026-03-03", "2026-03-10", "2026-03-17"]),
        ("March 3, 10 and 17, 2026", ["2026-03-03", "2026-03-10", "2026-03-17"]),
        ("4 & 11 May", ["2026-05-04", "2026-05-11"]),
        ("Tuesday 3, Thursday 12 March", ["2026-03-03", "2026-03-12"]),
        ("3 March, 7 April and 5 May 2027", ["2027-03-03", "2027-04-07", "2027-05-05"]),
        ("14 December and 11 January 2027", ["2026-12-14", "2027-01-11"]),
        ("9-10 and 16-17 May", ["2026-05-09..2026-05-10", "2026-05-16..2026-05-17"]),
        ("3 March\n- 4 April", ["2026-03-03", "2026-04-04"]),
        ("March 3 and 10 people", ["2026-03-03"]),
        ("open 10 to 4, 5 May", ["2026-05-05"]),
        ("Dec 5, 2-4pm", ["2026-12-05"]),
        ("Dec 5 - 7 pm", ["2026-12-05"]),
        ("moved from Saturday 14 March to Saturday 18 April 2026", ["2026-03-14", "2026-04-18"]),
        ("moved the talk from 14 April to Thursday 14 May 2026", ["2026-04-14", "2026-05-14"]),
        ("wedi symud o 3 Mawrth i 10 Mawrth", ["2026-03-03", "2026-03-10"]),
    ],
)
def test_of_a_list_every_day_is_read(text, told):
    assert days(text) == told


def test_days_of_a_list_have_spans_of_their_own_and_the_lists_words():
    text = "on 3, 10 and 17 March"
    found = find_dates(text)
    assert [text[slice(*one.span)] for one in found] == ["3", "10", "17 March"]
    assert {one.text for one in found} == {"3, 10 and 17 March"}


@pytest.mark.parametrize(
    "text",
    [
        "at Xenocon'11",
        "12 march for peace",
        "the 5th may help",
        "31 April 2026",
        "0 May 2026",
        "32 May",
        "£8 May",
        "v1.8 May",
        "in March 20 of us went",
        "2026-13-01",
        "1.2.2026.4",
        "192.168.10.12",
        "24/7",
        "8/5",
        "meeting 5\nMay we ask",
        "We were 24. September is busy",
        "we need 3. May we ask you",
        "1. March",
        "fixed in 3.12.",
        "it works until 3.12. Later ones fail",
        "on 3.12 we",
        "version 5.10. is out",
        "see 1.2.3. for more",
        "Friday 7.10.",
        "a ratio of 18/4 at most",
        "won 3/4, 6 of them at home",
        "see section 3.2 (Thursday notes)",
        "see 3. 4. 5.",
        "5th floor",
        "May",
        "Friday",
    ],
)
def test_what_is_no_day_is_not_read_as_one(text):
    assert days(text) == []


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("end of May", "2026-05-21", "2026-05-31"),
        ("the end of February 2027", "2027-02-21", "2027-02-28"),
        ("late February 2028", "2028-02-21", "2028-02-29"),
        ("early June", "2026-06-01", "2026-06-10"),
        ("beginning of June", "2026-06-01", "2026-06-10"),
        ("mid-March 2027", "2027-03-11", "2027-03-20"),
        ("mid March 2027", "2027-03-11", "2027-03-20"),
        ("the first week of May", "2026-05-01", "2026-05-07"),
        ("the week of 4 May", "2026-05-04", "2026-05-10"),
        ("week commencing 28 December 2026", "2026-12-28", "2027-01-03"),
        ("w/c 4 May", "2026-05-04", "2026-05-10"),
        ("w/c 04/05/2026", "2026-05-04", "2026-05-10"),
        ("spring 2027", "2027-03-01", "2027-05-31"),
        ("Winter 2026", "2026-12-01", "2027-02-28"),
        ("in June", "2026-06-01", "2026-06-30"),
        ("October 2026", "2026-10-01", "2026-10-31"),
        ("diwedd mis Mai", "2026-05-21", "2026-05-31"),
        ("canol Mehefin 2026", "2026-06-11", "2026-06-20"),
        ("gwanwyn 2027", "2027-03-01", "2027-05-31"),
    ],
)
def test_a_vague_date_has_bounds_and_is_a_doubt(text, first, last):
    (written,) = find_dates(text, numeric=True, vague=True)
    read = read_date(written, reference=PUBLISHED)
    assert (read.first.isoformat(), read.last.isoformat()) == (first, last)
    assert (written.vague, read.certainty) == (True, Certainty.ASSUMED)
    assert "no day is named" in read.doubts[0]


@pytest.mark.parametrize("text", ["the week of 4 May", "end of May 2026", "spring 2027", "this Friday", "tomorrow"])
def test_without_being_asked_for_nothing_vague_or_relative_is_a_date(text):
    assert days(text) == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", "2026-03-02"),
        ("Tonight at 7", "2026-03-02"),
        ("tomorrow", "2026-03-03"),
        ("this Friday", "2026-03-06"),
        ("this coming Friday", "2026-03-06"),
        ("on Friday", "2026-03-06"),
        ("by Sunday", "2026-03-08"),
        ("on Monday", "2026-03-02"),
        ("next Tuesday", "2026-03-10"),
        ("Friday week", "2026-03-13"),
        ("on the 14th", "2026-03-14"),
        ("by the 1st.", "2026-04-01"),
        ("a week on Wednesday", "2026-03-11"),
        ("yfory", "2026-03-03"),
        ("heno", "2026-03-02"),
        ("ddydd Gwener nesaf", "2026-03-13"),
        ("dydd Gwener yma", "2026-03-06"),
    ],
)
def test_a_relative_date_is_counted_from_the_day_of_publication_and_assumed(text, day):
    (written,) = find_dates(text, published=PUBLISHED)
    read = read_date(written, reference=PUBLISHED)
    assert (read.first.isoformat(), read.certainty) == (day, Certainty.ASSUMED)
    assert "counted from 2 March" in read.doubts[0]


def test_the_doubt_of_a_relative_date_says_how_it_was_read():
    (friday,) = find_dates("this Friday", published=PUBLISHED)
    (tuesday,) = find_dates("next Tuesday", published=PUBLISHED)
    doubts = [read_date(one, reference=PUBLISHED).doubts for one in (friday, tuesday)]
    assert doubts == [
        ("'this Friday' read as Friday 6 March 2026, counted from 2 March",),
        ("'next Tuesday' read as Tuesday 10 March 2026, counted from 2 March; it may be Tuesday 3 March 2026",),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tomorrow (Tuesday, March 3)", ["2026-03-03"]),
        ("this Friday, 6 March", ["2026-03-06"]),
        ("this Friday 6 March", ["2026-03-06"]),
        ("6 March, this Friday", ["2026-03-06"]),
        ("by the 2nd of April", ["2026-04-02"]),
        ("on Fridays", []),
        ("on Friday afternoons", []),
        ("on Tuesday, Wednesday and Friday", []),
        ("last Friday of the month", []),
        ("on the 5th floor", []),
        ("on sunny days", []),
        ("Friday", []),
        ("on Sunday 22.11. and tell", ["2026-11-22"]),
    ],
)
def test_beside_a_date_or_of_every_week_nothing_is_counted(text, told):
    assert days(text, published=PUBLISHED) == told


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("8 Mai 2026", "2026-05-08"),
        ("Dydd Gwener 8 Mai", "2026-05-08"),
        ("ddydd Gwener, 8 Mai 2026", "2026-05-08"),
        ("Nos Wener 6 Mawrth", "2026-03-06"),
        ("Dydd Mawrth 3 Mawrth", "2026-03-03"),
        ("Mawrth 3 Mawrth 2026", "2026-03-03"),
        ("Llun 2 Tachwedd", "2026-11-02"),
        ("y cyntaf o Fai", "2026-05-01"),
        ("3ydd o Fehefin", "2026-06-03"),
        ("yr 21ain o Hydref 2026", "2026-10-21"),
        ("yr unfed ar hugain o Fedi", "2026-09-21"),
        ("5ed Rhagfyr", "2026-12-05"),
        ("1af Gorffennaf", "2026-07-01"),
        ("20fed o Chwefror 2027", "2027-02-20"),
        ("30 Ionawr 2027", "2027-01-30"),
        ("4 Ebrill", "2026-04-04"),
        ("9 Awst", "2026-08-09"),
        ("rhwng 3 a 5 Mai", "2026-05-03..2026-05-05"),
        ("12 i 14 Mehefin 2026", "2026-06-12..2026-06-14"),
        ("Sadwrn 21 a Sul 22 Tachwedd", "2026-11-21..2026-11-22"),
    ],
)
def test_welsh_dates_are_read(text, day):
    assert days(text) == [day]


@pytest.mark.parametrize(
    ("text", "month_first", "day"),
    [
        ("4/5/2026", False, "2026-05-04"),
        ("4/5/2026", True, "2026-04-05"),
        ("4-5-2026", True, "2026-04-05"),
        ("4.5.2026", True, "2026-05-04"),
        ("24/5/2026", True, "2026-05-24"),
        ("5/24/2026", False, "2026-05-24"),
        ("2026/05/04", True, "2026-05-04"),
    ],
)
def test_numbers_are_read_by_the_languages_order_and_by_what_is_possible(text, month_first, day):
    assert days(text, month_first=month_first) == [day]


def test_numbers_are_no_date_unless_they_are_asked_for():
    assert find_dates("8/5/2026 and 8.5.2026") == []


@pytest.mark.parametrize(
    ("heading", "year"),
    [
        ("Spring programme 2026", 2026),
        ("2027: what is on", 2027),
        ("Programme 2026/27", None),
        ("Programme 2026-27", None),
        ("From 2026 to 2027", None),
        ("£2026 for the roof", None),
        ("Room 20261", None),
        ("Spring programme", None),
    ],
)
def test_a_heading_names_one_year_or_none(heading, year):
    assert heading_year(heading) == year


def test_a_year_that_governs_counts_as_written_and_the_weekday_is_checked():
    (plain,) = find_dates("3 March")
    (named,) = find_dates("Monday 3 March")
    assert read_date(plain, reference=PUBLISHED, year=2028).doubts == ()
    assert read_date(named, reference=PUBLISHED, year=2028).certainty is Certainty.CONTRADICTED


@pytest.mark.parametrize(
    ("text", "certainty"),
    [
        ("Friday 8 May 2026", Certainty.CERTAIN),
        ("8 May 2026 (Friday)", Certainty.CERTAIN),
        ("Friday 8 May", Certainty.CERTAIN),
        ("8 May", Certainty.ASSUMED),
        ("Monday 8 May 2026", Certainty.CONTRADICTED),
        ("8 May 2026 (Monday)", Certainty.CONTRADICTED),
    ],
)
def test_a_date_is_as_certain_as_it_is_written(text, certainty):
    (written,) = find_dates(text)
    assert read_date(written, reference=PUBLISHED).certainty is certainty


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("last Sunday in May", "2026-05-31"),
        ("the first Saturday of June", "2026-06-06"),
        ("the 2nd Tuesday in March 2027", "2027-03-09"),
        ("the first Monday in March", "2026-03-02"),
        ("the last Sunday in February", "2027-02-28"),
    ],
)
def test_a_weekday_of_a_month_is_counted_within_it(text, day):
    (written,) = find_dates(text, published=PUBLISHED)
    read = read_date(written, reference=PUBLISHED)
    assert (read.first.isoformat(), read.certainty) == (day, Certainty.CERTAIN)


@pytest.mark.parametrize("text", ["last Friday", "the fifth Monday in April 2027", "the first Monday of each month"])
def test_a_weekday_of_no_month_or_none_of_it_is_no_date(text):
    assert find_dates(text, published=PUBLISHED) == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("before the end of June, 30th at the latest", "2026-06-30"),
        ("by the end of September (the 30th, 2027, if you want it exactly)", "2027-09-30"),
        ("before the end of January 2027 - it comes down at 23:59 on the 31st", "2027-01-31"),
    ],
)
def test_a_day_behind_a_vague_date_is_of_its_month(text, day):
    (written,) = find_dates(text, published=PUBLISHED)
    assert read_date(written, reference=PUBLISHED).first.isoformat() == day


@pytest.mark.parametrize(
    "text", ["end of May, the 30th anniversary", "early June and the 25th", "end of May. On 3rd Street"]
)
def test_what_is_no_day_within_a_vague_date_is_none_of_it(text):
    assert find_dates(text) == []
