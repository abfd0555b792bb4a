"""What posts say beside their kind: employer, pay, place, posts, until when to book, and dates that need care."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from digest.collect import Found
from digest.collect.evidence import words_of
from digest.collect.facts import event_facts, vacancy_facts
from digest.collect.facts.openings import openings
from digest.collect.resolve import resolve
from digest.config import SourceConfig
from digest.model import UNDATED, Kind, Post, Reading

CASES = Path(__file__).parents[1] / "cases" / "facts"
LONDON = ZoneInfo("Europe/London")
SEEN = datetime(2026, 11, 23, 8, tzinfo=UTC)
SOURCE = SourceConfig(name="network", kind="export", path=Path("posts.txt"))


def cases(name):
    """The cases of a file, by their ids."""
    return [pytest.param(case, id=case["id"]) for case in yaml.safe_load((CASES / name).read_text(encoding="utf-8"))]


def shown(value):
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    return list(value) if isinstance(value, tuple) else value


def read(title, body, **stated):
    found = Found(key="k", title=title, text=body, **stated)
    return resolve(found, source=SOURCE, first_seen_at=SEEN, zone=LONDON)


def told(facts, expected):
    return {name: shown(getattr(facts, name)) for name in expected}


def words(case):
    return words_of(case["title"], case["body"], reference=SEEN.date())


@pytest.mark.parametrize("case", cases("vacancies.yaml"))
def test_the_facts_of_a_vacancy_are_those_that_it_tells(case):
    author = case.get("author", "")
    facts = vacancy_facts(case["title"], case["body"], words(case), zone=LONDON, author=author)
    assert told(facts, case["expected"]) == case["expected"]


@pytest.mark.parametrize("case", cases("events.yaml"))
def test_the_facts_of_an_event_are_those_that_it_tells(case):
    facts = event_facts(case["body"], words(case), zone=LONDON)
    assert told(facts, case["expected"]) == case["expected"]


def test_a_booking_deadline_is_among_the_readings_with_its_words():
    item = read("Pruning workshop", "Join our workshop on 19 December 2026 in Fallow Hall. Please book by 4 December.")
    start, booking = item.readings
    assert (start.field, booking.field) == ("starts_at", "book_by")
    assert isinstance(booking, Reading)
    assert booking.words == "Please book by 4 December."


def test_an_invitation_of_a_vague_date_stays_a_post_and_says_what_is_vague():
    text = "You are warmly invited to our spring gathering in early March 2027 at the Long Hall, Mossby. All welcome!"
    item = read("Spring gathering", text, kind=Kind.EVENT)
    assert isinstance(item, Post)
    assert item.doubts == (UNDATED, "its date is vague: 'early March 2027'")


@pytest.mark.parametrize("count", [0, 1, 41, 99])
def test_a_number_that_no_advert_has_is_no_number_of_posts(count):
    assert openings(f"Warden ({count} posts)", "Apply by 4 December 2026.") is None


@pytest.mark.parametrize(
    "text", ["A " * 8_000, "Trust of the " * 4_000, "£1,000 to " * 5_000, "Hall, Room 2.14 at " * 2_000]
)
def test_long_tedious_posts_do_not_make_facts_hang(text):
    post = {"title": "Officer", "body": f"{text} on 5 December 2026"}
    assert vacancy_facts("Officer", post["body"], words(post), zone=LONDON).openings is None
    event_facts(post["body"], words(post), zone=LONDON)


ADVERT = """Hours: 30, over four days

Pay: {pay}

Closing date: {closes}

You will mend what comes."""


@pytest.mark.parametrize(
    ("pay", "closes", "left"),
    [
        ("£26,000 a year", "Friday 11 December 2026, 5pm", ""),
        ("£26,000 a year", "11 December 2026, interviews a week later", "11 December 2026, interviews a week later"),
        ("£26,000 a year", "Monday 11 December 2026", "Monday 11 December 2026"),  # a Friday
    ],
)
def test_a_summary_leaves_out_what_a_mail_shows_beside_it(pay, closes, left):
    found = Found(key="k", title="Vacancy: Workshop Assistant", text=ADVERT.format(pay=pay, closes=closes))
    item = resolve(found, source=SOURCE, first_seen_at=SEEN, zone=LONDON)
    assert (item.kind, item.salary) == (Kind.VACANCY, "£26,000 a year")
    middle = f" · Closing date: {left}" if left else ""
    assert item.summary == f"Hours: 30, over four days{middle} · You will mend what comes."


def test_an_events_summary_leaves_out_when_and_where_it_is():
    text = "When: Saturday 5 December 2026, 10am to 4pm\nWhere: Scout hut, Painswick\nBring: gloves\n\nCome and plant."
    item = resolve(Found(key="k", title="Planting day", text=text), source=SOURCE, first_seen_at=SEEN, zone=LONDON)
    assert (item.kind, item.location) == (Kind.EVENT, "Scout hut, Painswick")
    assert item.summary == "Bring: gloves · Come and plant."


def test_a_summary_that_its_source_wrote_stays():
    found = Found(key="k", title="Planting day", text="When: 5 December 2026, 10am\nCome!", summary="When: then")
    assert resolve(found, source=SOURCE, first_seen_at=SEEN, zone=LONDON).summary == "When: then"
