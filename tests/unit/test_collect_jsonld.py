import json
from dataclasses import fields
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collect import Document, Fetched, Found, parse
from digest.collect.resolve import resolve
from digest.config import SourceConfig
from digest.errors import SourceError
from digest.model import Event, Vacancy

CASES = Path(__file__).parents[1] / "cases" / "vacancies"
PAGES = sorted(path for path in CASES.iterdir() if path.suffix != ".json")
LONDON = ZoneInfo("Europe/London")
SOURCE = SourceConfig(name="jobs", kind="vacancies", url="https://example.org/jobs")
NOW = datetime(2026, 11, 23, 8, tzinfo=LONDON)
DEFAULTS = Found(key="", title="", base_url="https://example.org/jobs")


def page(content, content_type="text/html; charset=utf-8", source=SOURCE):
    return parsed(content, content_type, source).found


def parsed(content, content_type="text/html; charset=utf-8", source=SOURCE):
    content = content.encode() if isinstance(content, str) else content
    document = Document(name="jobs", content=content, url="https://example.org/jobs", content_type=content_type)
    return parse(source, Fetched(documents=(document,)), around=NOW)


def script(data):
    return f'<html><script type="application/ld+json">{data if isinstance(data, str) else json.dumps(data)}</script>'


def told(found):
    """Everything that differs from an empty item, as JSON has it."""
    values = {field.name: getattr(found, field.name) for field in fields(found)}
    shown = {name: value for name, value in values.items() if name != "aliases" and value != getattr(DEFAULTS, name)}
    return json.loads(json.dumps(shown, default=lambda moment: moment.isoformat()))


@pytest.mark.parametrize(("language", "day"), [("en-US", date(2027, 3, 4)), ("en-GB", date(2027, 4, 3))])
def test_numeric_dates_follow_the_sources_language(language, day):
    source = SOURCE.model_copy(update={"language": language})
    nodes = [
        {"@type": "JobPosting", "title": "Ranger", "validThrough": "03/04/2027"},
        {"@type": "Event", "name": "Fair", "startDate": "03/04/2027"},
    ]
    vacancy, event = page(script(nodes), source=source)
    assert (vacancy.closes_at, event.starts_at) == (day, day)


@pytest.mark.parametrize(
    ("offers", "book_by"),
    [
        ({"@type": "Offer", "validThrough": "2027-03-01"}, date(2027, 3, 1)),
        ([{"availabilityEnds": "2027-03-01"}, {"validThrough": "2027-03-05"}], date(2027, 3, 5)),
        ([{"availabilityEnds": "2027-03-01"}, {"price": "5"}], None),  # one is offered without an end
        ({"validThrough": "2027-03-12"}, None),  # as long as the event begins
        ("free", None),
    ],
)
def test_the_end_of_an_events_last_offer_is_until_when_to_book(offers, book_by):
    (fair,) = page(script({"@type": "Event", "name": "Fair", "startDate": "2027-03-12", "offers": offers}))
    assert fair.book_by == book_by


@pytest.mark.parametrize(("stated", "openings"), [(3, 3), ("2", 2), (1, None), ("some", None), (-4, None)])
def test_the_number_of_openings_is_told_where_there_are_several(stated, openings):
    (advert,) = page(script({"@type": "JobPosting", "title": "Ranger", "totalJobOpenings": stated}))
    assert advert.openings == openings


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_is_read_for_what_it_states(path):
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert [told(found) for found in page(path.read_bytes())] == expected


def test_a_damaged_vacancy_beside_readable_ones_is_told():
    (told,) = parsed((CASES / "tolerated.html").read_bytes()).unreadable
    assert told.startswith("its JSON-LD: Expecting ',' delimiter")
    assert told.endswith('in {"@type": "JobPosting", "title": "Never closed"')


def test_a_damaged_script_about_something_else_costs_nothing():
    good = {"@type": "JobPosting", "title": "Ranger"}
    read = parsed(script(good) + script('{"@type": "BreadcrumbList"'))
    assert ([one.title for one in read.found], read.unreadable) == (["Ranger"], ())


def test_a_stated_vacancy_closes_when_it_says():
    hour, day = page((CASES / "full.html").read_bytes())[0], page((CASES / "whole-day.html").read_bytes())[0]
    vacancy = resolve(hour, source=SOURCE, first_seen_at=NOW, zone=LONDON)
    assert isinstance(vacancy, Vacancy)
    assert (vacancy.closes_at, vacancy.all_day) == (datetime(2026, 12, 4, 17, tzinfo=UTC), False)
    assert "https://example.org/apply" in vacancy.html
    vacancy = resolve(day, source=SOURCE, first_seen_at=NOW, zone=LONDON)
    assert isinstance(vacancy, Vacancy)
    assert (vacancy.closes_at, vacancy.all_day) == (datetime(2026, 12, 5, tzinfo=LONDON), True)


def test_a_feed_of_vacancies_closes_when_its_text_says():
    coordinator, trustees = (
        resolve(found, source=SOURCE, first_seen_at=NOW, zone=LONDON)
        for found in page((CASES / "feed.xml").read_bytes(), "application/rss+xml")
    )
    assert isinstance(coordinator, Vacancy)
    assert coordinator.closes_at == datetime(2026, 12, 11, 17, tzinfo=LONDON)
    assert coordinator.employer == "Hedgerow Trust"
    assert isinstance(trustees, Vacancy)
    assert trustees.closes_at is None


def test_an_event_on_a_page_is_an_event():
    forum, days, off, *_ = (
        resolve(found, source=SOURCE, first_seen_at=NOW, zone=LONDON)
        for found in page((CASES / "events.html").read_bytes())
    )
    assert isinstance(forum, Event)
    assert (forum.starts_at, forum.geo) == (datetime(2026, 12, 9, 10, tzinfo=LONDON), (53.8, -1.55))
    assert isinstance(days, Event)
    assert (days.all_day, days.ends_at) == (True, datetime(2026, 12, 14, tzinfo=LONDON))
    assert isinstance(off, Event)
    assert off.cancelled


def test_a_moved_event_keeps_its_key_even_without_an_address():
    event = {"@type": "Event", "name": "Forum", "startDate": "2026-12-09"}
    (before,), (after,) = page(script(event)), page(script(event | {"startDate": "2026-12-16"}))
    assert before.key == after.key


def test_dates_of_one_event_under_one_address_are_told_apart():
    event = {"@type": "Event", "name": "Forum", "url": "/forum"}
    found = page(script([event | {"startDate": f"2026-12-0{day}"} for day in (1, 2, 2)]))
    assert [f"{one.starts_at}" for one in found] == ["2026-12-01", "2026-12-02"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "<html><body>Jobs</body></html>",
            "the page has no JSON-LD, microdata or microformats, and so no JobPosting or Event",
        ),
        ("", "the page has no JSON-LD"),
        (script({"@type": "Organization", "name": "Us"}), "its JSON-LD states Organization, but no JobPosting"),
        (
            script({"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "url": "/jobs/1"}]}),
            "a list of addresses of other pages",
        ),
        (script('{"@type": "JobPosting"'), "its JSON-LD cannot be read"),
        (script('{"a":' * 100_000), "its JSON-LD cannot be read"),
        ("plain text", "the page has no JSON-LD"),
    ],
)
def test_a_page_without_vacancies_says_what_it_holds(content, message):
    with pytest.raises(SourceError, match=message) as caught:
        page(content)
    assert str(caught.value).startswith("source jobs: https://example.org/jobs: ")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("2026-12-04"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["@id", "name", "value", "url"]), inner)
    ),
    max_leaves=6,
)
NAMES = [
    *("title", "name", "description", "validThrough", "startDate", "endDate", "datePosted", "hiringOrganization"),
    *("jobLocation", "location", "baseSalary", "identifier", "url", "image", "organizer", "eventStatus", "@id"),
]


@given(st.sampled_from(["JobPosting", "Event"]), st.dictionaries(st.sampled_from(NAMES), JSON))
def test_any_values_are_read(kind, values):
    for found in page(script([values | {"@type": kind}])):
        resolve(found, source=SOURCE, first_seen_at=NOW, zone=LONDON)


@given(st.sampled_from(PAGES), st.integers(0, 1500), st.integers(0, 40), st.binary(max_size=20))
def test_a_damaged_page_is_read_or_refused(path, cut, length, junk):
    content = path.read_bytes()
    read_or_refused(content[:cut] + junk + content[cut + length :])


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content):
    read_or_refused(content)
    read_or_refused(b'<script type="application/ld+json">' + content)


def read_or_refused(content):
    try:
        found = page(content)
    except SourceError as error:
        assert str(error).startswith("source jobs: ")  # noqa: PT017
        return
    for one in found:
        resolve(one, source=SOURCE, first_seen_at=NOW, zone=LONDON)
