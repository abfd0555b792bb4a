from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from digest.collect import Document, Fetched, parse
from digest.collect.folder import read_moment
from digest.collect.resolve import resolve
from digest.config import SourceConfig
from digest.errors import SourceError
from digest.model import Event, Kind, Post, Vacancy

CASES = Path(__file__).parents[1] / "cases" / "folder"
SOURCE = SourceConfig(name="events", kind="folder", path=Path("events"), categories=("Community",))
LONDON = ZoneInfo("Europe/London")
SEEN = datetime(2026, 11, 23, 8, tzinfo=UTC)


def folder(texts):
    """What is read of files by their names, texts or bytes."""
    pages = tuple(
        Document(name=f"{name}.md", content=text.encode() if isinstance(text, str) else text)
        for name, text in texts.items()
    )
    return parse(SOURCE, Fetched(documents=pages), around=SEEN)


def items(**texts):
    return [resolve(f, source=SOURCE, first_seen_at=SEEN, zone=LONDON) for f in folder(texts).found]


@pytest.mark.parametrize(("language", "starts"), [("en-US", date(2027, 3, 4)), ("en-GB", date(2027, 4, 3))])
def test_numeric_dates_follow_the_sources_language(language, starts):
    source = SOURCE.model_copy(update={"language": language})
    page = Document(name="fair.md", content=b"---\ntitle: Fair\nstarts: 03/04/2027\n---\n")
    (found,) = parse(source, Fetched(documents=(page,)), around=SEEN).found
    assert found.starts_at == starts


def test_an_event_states_its_facts():
    (event,) = items(
        pruning="---\ntitle: Pruning\nauthor: Ivo\ncategories: [Growing]\ndate: 2026-11-16\n"
        "starts: 2026-12-05 10:00\nends: 3pm on 5 December 2026\nlocation: The Old Orchard\n"
        "url: https://example.org/p\n---\nBring *gloves*.\n"
    )
    assert isinstance(event, Event)
    assert (event.key, event.title, event.author, event.categories) == ("pruning", "Pruning", "Ivo", ("Growing",))
    assert event.starts_at == datetime(2026, 12, 5, 10, tzinfo=LONDON)
    assert event.ends_at == datetime(2026, 12, 5, 15, tzinfo=LONDON)
    assert (event.all_day, event.location, event.url) == (False, "The Old Orchard", "https://example.org/p")
    assert event.published_at == datetime(2026, 11, 16, tzinfo=LONDON)
    assert (event.html, event.text) == ("<p>Bring <em>gloves</em>.</p>\n", "Bring gloves.")


def test_a_title_with_a_colon_needs_no_quotes():
    (event,) = items(fair="---\ntitle: CANCELLED: Fair\nstarts: 2026-12-05\n---\n")
    assert isinstance(event, Event)
    assert (event.title, event.cancelled) == ("Fair", True)


def test_the_last_day_of_an_event_belongs_to_it():
    (event,) = items(common="---\ntitle: Common Ground\nstarts: 2027-06-12\nends: 2027-06-13\n---\n")
    assert isinstance(event, Event)
    assert event.all_day
    assert event.starts_at == datetime(2027, 6, 12, tzinfo=LONDON)
    assert event.ends_at == datetime(2027, 6, 14, tzinfo=LONDON)


def test_a_vacancy_closes_at_its_hour_or_at_the_end_of_its_day():
    hour, day = items(
        a="---\ntitle: Ranger\ncloses: noon on Thursday 26 November 2026\nemployer: Trust\nsalary: 25900\n---\n",
        b="---\ntitle: Trainer\ncloses: 2026-12-13\n---\n",
    )
    assert isinstance(hour, Vacancy)
    assert isinstance(day, Vacancy)
    assert (hour.closes_at, hour.all_day) == (datetime(2026, 11, 26, 12, tzinfo=LONDON), False)
    assert (hour.employer, hour.salary) == ("Trust", "25900")
    assert (day.closes_at, day.all_day) == (datetime(2026, 12, 14, tzinfo=LONDON), True)


def test_stated_facts_are_kept_where_the_prose_says_otherwise():
    (event,) = items(
        x="---\ntitle: Winter workshop, 1 May 2027\nstarts: 2027-05-02\n---\nJoin us at noon on 3 May 2027."
    )
    assert isinstance(event, Event)
    assert event.starts_at == datetime(2027, 5, 2, tzinfo=LONDON)
    assert event.doubts == ()


def test_a_stated_post_is_a_post_whatever_it_says():
    (post,) = items(x="---\ntitle: Winter workshop, 1 May 2027\nkind: post\n---\nJoin us.")
    assert isinstance(post, Post)


def test_a_heading_is_the_title_where_none_is_stated():
    (post,) = items(x="# Six *new* taps\n\nAt last.\n")
    assert (post.title, post.text, post.categories) == ("Six new taps", "At last.", ("Community",))


def test_a_cancelled_event_says_so():
    (event,) = items(x="---\ntitle: Walk\nstarts: 2026-12-05\ncancelled: yes\n---\n")
    assert (event.kind, getattr(event, "cancelled", None)) == (Kind.EVENT, True)


@pytest.mark.parametrize("case", sorted(path.stem for path in CASES.glob("*.input")))
def test_a_broken_file_is_refused_with_its_line_and_the_way_out(case):
    expected = (CASES / f"{case}.expected").read_text(encoding="utf-8").rstrip("\n")
    with pytest.raises(SourceError) as caught:
        items(broken=(CASES / f"{case}.input").read_text(encoding="utf-8"))
    assert str(caught.value) == expected


@pytest.mark.parametrize("case", sorted(path.stem for path in CASES.glob("*.input")))
def test_a_broken_file_costs_no_other(case):
    broken = (CASES / f"{case}.input").read_text(encoding="utf-8")
    parsed = folder({"a": "# Taps\n", "broken": broken, "c": "# Pots\n"})
    assert [one.title for one in parsed.found] == ["Taps", "Pots"]
    expected = (CASES / f"{case}.expected").read_text(encoding="utf-8").rstrip("\n").removeprefix("source events: ")
    assert parsed.unreadable == tuple(expected.splitlines())


def test_a_file_in_another_encoding_costs_no_other():
    parsed = folder({"a": "# Taps\n", "b": b"# Caf\xe9\n"})
    assert [one.title for one in parsed.found] == ["Taps"]
    (told,) = parsed.unreadable
    assert told.startswith("b.md, line 1: this is not utf-8; save it as UTF-8")


def test_every_mistake_of_every_file_is_told_at_once():
    with pytest.raises(SourceError) as caught:
        items(a="---\ntitel: x\nkind: party\n---\n", b="---\ntitle: [\n---\n")
    assert len(str(caught.value).splitlines()) == 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-05", date(2026, 12, 5)),
        ("2026-12-05 19:00", datetime(2026, 12, 5, 19)),  # noqa: DTZ001 - a naive time is the network's own
        ("2026-12-05T19:00:00Z", datetime(2026, 12, 5, 19, tzinfo=UTC)),
        ("5pm on 15 November 2026", datetime(2026, 11, 15, 17)),  # noqa: DTZ001
        ("Saturday 5 December 2026", date(2026, 12, 5)),
        ("05/12/2026", date(2026, 12, 5)),
        ("2026-13-05", "is no date"),
        ("5 December", "has no year"),
        ("soon", "is not one date"),
        ("Friday 5 December 2026", "contradicts itself: 5 December 2026 is a Saturday"),
        ("29 February 2027", "is not one date"),
        ("5 to 7 December 2026", "is not one date"),
        ("5 December 2026, 7pm to 9pm", "has no single time of day; for midnight name the day alone"),
    ],
)
def test_a_stated_date_is_whole_or_refused(text, expected):
    assert read_moment(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7pm ET on 5 December 2026", "2026-12-05T19:00:00-05:00"),
        ("5 December 2026, 19:00 UTC+2", "2026-12-05T19:00:00+02:00"),
    ],
)
def test_a_zone_beside_a_date_of_a_file_is_kept(text, expected):
    moment = read_moment(text)
    assert isinstance(moment, datetime)
    assert moment.isoformat() == expected


def test_a_zone_that_does_not_hold_that_day_is_a_mistake():
    told = "is doubtful: 'EDT' does not hold on 5 December 2026, when it is EST there; read as EST"
    assert read_moment("7pm EDT on 5 December 2026") == told


def test_two_ends_of_a_day_are_no_single_time():
    assert "no single time of day" in read_moment("5 December 2026, 2-3pm")
