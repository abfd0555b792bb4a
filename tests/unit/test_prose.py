import json
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collect import Document, Fetched, Found, parse
from digest.collect.called_off import standing
from digest.collect.dates import find_dates, find_times, read_date
from digest.collect.resolve import resolve
from digest.config import SourceConfig
from digest.model import Event, Kind, Post, Vacancy

CASES = Path(__file__).parents[1] / "cases" / "prose"
REAL_PAGE = Path(__file__).resolve().parents[3] / "shared" / "input" / "network-posts.txt"
LONDON = ZoneInfo("Europe/London")
SEEN = datetime(2026, 11, 23, 8, tzinfo=UTC)
SOURCE = SourceConfig(name="network", kind="export", path=Path("posts.txt"))


def read(title, text, first_seen_at=SEEN, **stated):
    found = Found(key="k", title=title, text=text, **stated)
    return resolve(found, source=SOURCE, first_seen_at=first_seen_at, zone=LONDON)


def shown(value):
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize("case", sorted(path.stem for path in CASES.glob("*.txt")))
def test_a_post_is_read_as_a_careful_person_would(case):
    title, _, body = (CASES / f"{case}.txt").read_text(encoding="utf-8").partition("\n")
    expected = json.loads((CASES / f"{case}.json").read_text(encoding="utf-8"))
    item = read(title, body)
    assert {name: shown(getattr(item, name)) for name in expected} == expected


def test_there_are_cases_and_each_has_its_expectation():
    texts = {path.stem for path in CASES.glob("*.txt")}
    assert len(texts) >= 40
    assert texts == {path.stem for path in CASES.glob("*.json")}


def test_collecting_later_keeps_the_assumed_year():
    early = read("Winter workshop", "The workshop will be held on 5 December.")
    again = read("Winter workshop", "The workshop will be held on 5 December.")
    assert isinstance(early, Event)
    assert early == again
    assert early.starts_at == datetime(2026, 12, 5, tzinfo=LONDON)


def test_a_date_without_a_year_counts_from_the_day_of_publication_where_that_is_known():
    item = read(
        "Winter workshop", "The workshop will be held on 5 December.", published_at=datetime(2024, 11, 1, tzinfo=UTC)
    )
    assert isinstance(item, Event)
    assert item.starts_at == datetime(2024, 12, 5, tzinfo=LONDON)


def test_the_day_it_was_first_seen_is_a_next_occurrence():
    item = read("Winter workshop", "The workshop will be held on 23 November.")
    assert isinstance(item, Event)
    assert item.starts_at == datetime(2026, 11, 23, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("5pm", time(17)),
        ("5 p.m.", time(17)),
        ("9.30am", time(9, 30)),
        ("12am", time(0)),
        ("12pm", time(12)),
        ("17:00", time(17)),
        ("00:15", time(0, 15)),
        ("noon", time(12)),
        ("midday", time(12)),
        ("12noon", time(12)),
        ("17.00", time(17)),
    ],
)
def test_a_time_of_day_is_read(written, expected):
    assert [one.clock for one in find_times(f"at {written} on Friday")] == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "£5.30",
        "25:10",
        "13pm",
        "1.5 litres",
        "10:5",
        "room 12",
        "http://x.example:80/5pm",
        "at 13.50 each",
        "at 17.20 per hour",
    ],
)
def test_what_is_no_time_of_day_is_not_read_as_one(text):
    assert find_times(text) == []


@given(
    day=st.dates(min_value=date(1950, 1, 1), max_value=date(2090, 12, 31)),
    style=st.sampled_from(["{d} {B} {Y}", "{A} {d} {B} {Y}", "{B} {d}, {Y}", "{Y}-{m:02}-{d:02}", "{a} {d} {b} {Y}"]),
)
def test_a_whole_date_is_read_in_any_style_without_doubt(day, style):
    text = style.format(d=day.day, m=day.month, Y=day.year, B=f"{day:%B}", b=f"{day:%b}", A=f"{day:%A}", a=f"{day:%a}")
    (written,) = find_dates(f"It is on {text}.")
    found = read_date(written, reference=date(2026, 11, 23))
    assert found is not None
    assert (found.first, found.last, found.doubts) == (day, day, ())


@given(reference=st.dates(min_value=date(1980, 1, 1), max_value=date(2080, 1, 1)), ahead=st.integers(0, 364))
def test_a_missing_year_is_the_next_occurrence(reference, ahead):
    day = date.fromordinal(reference.toordinal() + ahead)
    (written,) = find_dates(f"{day.day} {day:%B}")
    found = read_date(written, reference=reference)
    assert found is not None
    assert found.first == day
    assert len(found.doubts) == 1


PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "Closing date: ",
                "apply by ",
                "£16,000 per annum ",
                "part time ",
                "Officer ",
                "will be held ",
                "in Mossby ",
                "on ",
                "Join us ",
                "meeting ",
                "31 April ",
                "5pm ",
                "noon ",
                "midnight ",
                "29 February ",
                "Friday ",
                "1/1/1900 ",
                "2099-12-31 ",
                "to ",
                "- ",
                "\n",
                ". ",
                "http:// ",
                "(",
                "32 May ",
                "00 December 2026 ",
                "12:60 ",
                "24:00 ",
                "Date: ",
                "conference ",
                "Venue: ",
            ]
        ),
        st.text(max_size=12),
    ),
    max_size=25,
).map("".join)


@given(title=st.text(max_size=60) | PIECES, text=PIECES, seen=st.integers(31_536_000, 7_258_118_400))
def test_no_words_make_reading_fail(title, text, seen):
    item = read(title, text, datetime.fromtimestamp(seen, UTC))
    assert "\n" not in item.title
    assert item.title


@pytest.mark.parametrize(
    "text",
    [
        "A " * 30_000,
        "in " * 20_000,
        "Applications " * 5_000,
        "£1," * 20_000,
        "9-" * 30_000,
        "We will be held in A " * 3_000,
        "send a.b cv by " * 4_000,
        "7pm " * 15_000,
        "Join us from 7pm on 5 December to " * 1_500,
        "closing date for " * 3_500,
    ],
)
def test_long_tedious_texts_do_not_make_reading_hang(text):
    assert read("Meeting Officer full time vacancy", text).kind in {"post", "event", "vacancy"}


@pytest.mark.skipif(not REAL_PAGE.exists(), reason="the network's own page is not beside this checkout")
def test_the_real_page_holds_one_vacancy_two_events_and_sixteen_posts():
    page = Document(name="network-posts.txt", content=REAL_PAGE.read_bytes())
    seen = datetime(2013, 11, 8, 8, tzinfo=UTC)
    items = [
        resolve(found, source=SOURCE, first_seen_at=seen, zone=LONDON)
        for found in parse(SOURCE, Fetched(documents=(page,)), around=seen).found
    ]
    vacancies = [item for item in items if isinstance(item, Vacancy)]
    events = [item for item in items if isinstance(item, Event)]
    assert (len(items), len(vacancies), len(events)) == (19, 1, 2)
    (vacancy,) = vacancies
    assert vacancy.closes_at == datetime(2013, 11, 15, 17, tzinfo=UTC)
    assert (vacancy.salary, vacancy.employer, vacancy.location) == ("£16,000 per annum", "Young Scot", "Edinburgh")
    assert vacancy.url in REAL_PAGE.read_text(encoding="utf-8")
    assert vacancy.url.endswith("/co-design-assistant.aspx")
    assert vacancy.doubts == ()
    conference, meeting = events
    assert (conference.starts_at, conference.all_day) == (datetime(2014, 4, 23, tzinfo=LONDON), True)
    assert conference.doubts == ()
    assert (meeting.starts_at, meeting.all_day) == (datetime(2014, 3, 26, tzinfo=LONDON), True)
    assert meeting.doubts == ("year assumed: '26th March' read as 26 March 2014",)
    assert meeting.location is not None
    assert "Stirling" in meeting.location


@pytest.mark.parametrize(
    ("language", "starts"), [("en-GB", "2027-04-03T19:00:00+01:00"), ("en-US", "2027-03-04T19:00:00+00:00")]
)
def test_an_events_date_in_numbers_is_read_where_it_is_said_to_be_on_it(language, starts):
    found = Found(key="1", title="Spring gathering", text="The gathering will be held on 03/04/2027 at 7pm.")
    seen = datetime(2026, 11, 23, tzinfo=UTC)
    item = resolve(found, source=SOURCE, first_seen_at=seen, zone=LONDON, language=language)
    assert isinstance(item, Event)
    assert item.starts_at.isoformat() == starts


def test_the_examples_of_the_readme_are_what_it_says():
    assert isinstance(read("Spring news", "Join our spring gathering in Nettleford on 27th February"), Event)
    assert isinstance(read("Orchard manager", "Closing date: noon on Friday 4th December 2026"), Vacancy)
    assert isinstance(read("Spring news", "Closing date: noon on Friday 4th December 2026"), Post)


@pytest.mark.parametrize(
    ("language", "written", "closes"),
    [
        ("en-GB", "4/12/2026", "2026-12-05"),
        ("en-US", "12/4/2026", "2026-12-05"),
        ("en-US", "12/24/2026", "2026-12-25"),
        ("en-GB", "24/12/2026", "2026-12-25"),
        ("de-DE", "4.12.2026", "2026-12-05"),
        ("cy", "2026-12-04", "2026-12-05"),
        ("en", "4/12/2026", "2026-12-05"),
        ("en-US", "4.12.2026", "2026-12-05"),
        ("en-US", "24/12/2026", "2026-12-25"),
        ("en-GB", "12/24/2026", "2026-12-25"),
        ("en-US", "2026/12/04", "2026-12-05"),
        ("en-GB", "04-12-2026", "2026-12-05"),
        ("en-US", "12-04-2026", "2026-12-05"),
    ],
)
def test_numbers_are_read_in_the_order_of_the_networks_language(language, written, closes):
    text = f"Orchard Assistant, £21,500 per annum, part time.\n\nClosing date: {written}\n"
    found = Found(key="1", title="Orchard Assistant - £21,500", text=text)
    seen = datetime(2026, 11, 23, tzinfo=UTC)
    item = resolve(found, source=SOURCE, first_seen_at=seen, zone=LONDON, language=language)
    assert item.closes_at.date().isoformat() == closes  # the midnight that ends the day
    own = SOURCE.model_copy(update={"language": language})
    assert resolve(found, source=own, first_seen_at=seen, zone=LONDON, language="ja") == item


@pytest.mark.parametrize(
    "title",
    [
        *("CANCELLED: Walk", "Walk - canceled", "[Cancelled] Walk", "CANCELLED Walk", "Walk has been called off!"),
        *("Walk cancelled due to snow", "Walk: CANCELLED until further notice", "❌ CANCELLED Walk"),
        *("WEDI EI GANSLO: Walk", "Walk wedi’i chanslo", "Canslwyd - Walk", "WEDI'I GANSLO Walk"),
    ],
)
def test_a_title_that_says_cancelled_cancels_a_dated_event_of_any_source(title):
    item = read(title, "", kind=Kind.EVENT, starts_at=date(2026, 12, 5))
    assert isinstance(item, Event)
    assert (item.title, item.cancelled) == ("Walk", True)


@pytest.mark.parametrize(
    "title",
    [
        *("The walk is not cancelled", "Cancelled culture walk", "What if the walk is cancelled"),
        *("Walk no longer cancelled", "Walk is no longer cancelled", '"Cancelled": a walk to the cinema'),
    ],
)
def test_a_title_that_only_speaks_of_cancelling_cancels_nothing(title):
    item = read(title, "", kind=Kind.EVENT, starts_at=date(2026, 12, 5))
    assert isinstance(item, Event)
    assert (item.title, item.cancelled) == (title, False)


@pytest.mark.parametrize(
    ("title", "doubt"),
    [
        ("CANCELLED – New date: Walk", "its title says that it has a new date; the date may be the old one"),
        ("Walk (date cancelled)", "its title says that something of it is cancelled"),
        ("Two walks, of which one is cancelled", "its title says that something of it is cancelled"),
        ("Walks on Monday: some have been called off", "its title says that something of it is cancelled"),
        ("Gohiriwyd: Walk", "its title says that it is postponed; the date may be the old one"),
        ("Walk wedi'i gohirio", "its title says that it is postponed; the date may be the old one"),
    ],
)
def test_a_title_that_says_less_than_cancelled_is_kept_whole_and_is_a_doubt(title, doubt):
    item = read(title, "", kind=Kind.EVENT, starts_at=date(2026, 12, 5))
    assert isinstance(item, Event)
    assert (item.title, item.cancelled, item.doubts) == (title, False, (doubt,))


@given(title=st.text(alphabet="[]()*:!- ,abCANCELEDpostponedcancelledto", max_size=60))
def test_a_title_is_never_made_empty_and_what_is_said_is_said_once(title):
    said = standing(title)
    assert said.title or not title
    assert not (said.cancelled and said.doubts)
