import json
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collect import Found
from digest.collect.resolve import resolve
from digest.config import SourceConfig
from digest.model import Event, Kind, Post, Vacancy

CASES = Path(__file__).parents[1] / "cases" / "structure"
LONDON = ZoneInfo("Europe/London")
SOURCE = SourceConfig(name="blog", kind="feed", url="https://hedgerow.example.org/feed")
SEEN = datetime(2026, 11, 23, 8, tzinfo=UTC)
TOLD = (
    *("kind", "marked", "starts_at", "ends_at", "all_day", "closes_at", "location", "employer", "salary", "cancelled"),
    *("author", "categories", "published_at", "doubts"),
)


def item(html, title="Willow day", **stated):
    found = Found(key="1", title=title, html=html, url="https://hedgerow.example.org/1", **stated)
    return resolve(found, source=SOURCE, first_seen_at=SEEN, zone=LONDON)


def told(one):
    """What markup may tell, as JSON has it."""
    there = {field.name for field in fields(one)}
    values = {name: getattr(one, name) for name in TOLD if name in there and getattr(one, name) not in (None, "", ())}
    return json.loads(json.dumps(values, default=lambda moment: moment.isoformat()))


@pytest.mark.parametrize("path", sorted(CASES.glob("*.html")), ids=lambda path: path.stem)
def test_a_post_is_what_its_markup_states(path):
    case = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert told(item(path.read_text(encoding="utf-8"), case["title"])) == case["item"]


START = '<time class="dt-start" datetime="2026-12-08">soon</time>'
EVENT = f'<div class="h-event"><b class="p-name">Willow day</b> {START}</div>'


def test_what_a_source_states_stays_beside_what_is_marked():
    placed = EVENT.replace("</b>", '</b><i class="p-location">Long Barn</i><i class="p-author">Wren</i>')
    assert item(placed).location == "Long Barn"
    stated = item(placed, author="Ivo", categories=("Crafts",), location="Otley", kind=Kind.EVENT)
    assert isinstance(stated, Event)
    assert (stated.author, stated.categories, stated.location, stated.marked) == (
        "Ivo",
        ("Crafts",),
        "Otley",
        "h-event",
    )


def test_what_is_stated_to_be_a_vacancy_takes_nothing_from_a_marked_event():
    assert isinstance(item(EVENT, kind=Kind.VACANCY), Vacancy)
    assert item(EVENT, kind=Kind.VACANCY).marked == ""


@pytest.mark.parametrize(("title", "marked"), [("Our Willow day", "h-event"), ("Willow for sale", "")])
def test_most_words_of_a_title_tell_which_event_is_the_posts(title, marked):
    told_first = "<p>Long bundles of green osier, cut last week, lie in the shed for whoever weaves.</p>"
    assert item(told_first + EVENT, title).marked == marked


def test_a_post_without_a_title_is_called_as_its_event():
    assert item(EVENT, title="").title == "Willow day"


def test_a_day_of_publication_says_which_year_is_meant():
    entry = '<div class="h-entry"><time class="dt-published" datetime="2025-11-20">then</time>{}</div>'
    met = item(entry.format("<p>All welcome at our meeting, join us on 3 December at 7pm in the hall.</p>"))
    assert isinstance(met, Event)
    assert met.starts_at.year == 2025


def test_readers_see_the_words_of_a_time_and_not_its_date():
    met = item("<p>Join us <time datetime='2026-12-03T18:30'>on Thursday week</time>, all welcome.</p>")
    assert isinstance(met, Event)
    assert (met.text, met.starts_at.day) == ("Join us on Thursday week, all welcome.", 3)
    assert met.html == '<p>Join us <time datetime="2026-12-03T18:30">on Thursday week</time>, all welcome.</p>'


@pytest.mark.parametrize(
    ("marked", "start"),
    [
        ('<time class="dt-start" datetime="2026-12-08T19:00Z">x</time>', "2026-12-08T19:00:00+00:00"),
        ('<time class="dt-start" datetime="2026-12-08T19:00+0100">x</time>', "2026-12-08T18:00:00+00:00"),
        ('<abbr class="dt-start" title="20261208T1900">x</abbr>', "2026-12-08T19:00:00+00:00"),
        ('<data class="dt-start" value="2026-342">x</data>', "2026-12-08T00:00:00+00:00"),
        ('<input class="dt-start" value="2026-12-08 19:00">', "2026-12-08T19:00:00+00:00"),
        ('<p class="dt-start">8 December 2026, 7pm</p>', "2026-12-08T19:00:00+00:00"),
        (
            '<p class="dt-start"><b class="value">2026-12-08</b><b class="value">12:05 a.m.</b></p>',
            "2026-12-08T00:05:00+00:00",
        ),
        (
            '<p class="dt-start"><b class="value">2026-12-08</b><b class="value">07:00P.M.</b></p>',
            "2026-12-08T19:00:00+00:00",
        ),
        ('<p class="dt-start dt-start">2026-12-08t19:00-08</p>', "2026-12-09T03:00:00+00:00"),
        (
            '<p class="dt-start"><b class="value">19:00</b><b class="value">+1</b><b class="value">2026-12-08</b></p>',
            "2026-12-08T18:00:00+00:00",
        ),
        (
            '<p class="dt-start">Eve<b class="value-title" title="2026-12-08T19:00"></b></p>',
            "2026-12-08T19:00:00+00:00",
        ),
    ],
)
def test_a_start_is_read_in_every_form_that_microformats_have(marked, start):
    assert told(item(f'<div class="h-event"><b class="p-name">Willow day</b>{marked}</div>'))["starts_at"] == start


def test_a_link_that_is_an_event_names_it_and_leads_to_it():
    found = Found(key="1", title="Willow day", html='<a class="h-event" href="/willow">Willow day</a>')
    met = resolve(replace(found, base_url="https://example.org/"), source=SOURCE, first_seen_at=SEEN, zone=LONDON)
    assert (met.kind, met.marked, met.url) == (Kind.POST, "h-event", "https://example.org/willow")
    assert met.doubts == ("announced as an event, but no date could be read",)
    dated = '<a class="h-event" href="/willow">Willow day <time class="dt-start" datetime="2026-12-08"></time></a>'
    met = resolve(
        replace(found, html=dated, base_url="https://example.org/"), source=SOURCE, first_seen_at=SEEN, zone=LONDON
    )
    assert (met.marked, met.url) == ("h-event", "https://example.org/willow")


@pytest.mark.parametrize("unreadable", ["2026-13-45", "2026-400", "whenever", "25:00", "0000-00-00", "9" * 5_000])
def test_a_start_that_is_none_is_left_to_the_words(unreadable):
    html = f'<div class="h-event"><b class="p-name">Willow day</b><data class="dt-start" value="{unreadable}"></data>'
    met = item(f"{html}Join us on 8 December 2026.</div>")
    assert isinstance(met, Event)
    assert (met.marked, met.starts_at.day) == ("h-event", 8)


PIECES = st.sampled_from(
    (
        *('<div class="h-event">', '<p class="p-name dt-start">', '<li class="vevent h-card p-location">', "</div>"),
        *('<b class="value">', '<time class="dt-start" datetime="2026-12-08T25:00">', "<aside>", "<td>", "x", "2026"),
        *(
            '<i itemscope itemtype="https://schema.org/JobPosting" itemref="a b">',
            '<p id="a" itemprop="title location">',
        ),
        *(
            '<p id="b" itemscope itemprop="hiringOrganization baseSalary">',
            '<meta itemprop="validThrough" content="0">',
        ),
        *(
            "<dl><dt>When",
            "<dd>",
            "<table><tr><th>Where",
            "</table>",
            "<time datetime=2026-12-08>",
            "</time>",
            "Willow",
        ),
    )
)


@given(st.lists(PIECES | st.text(max_size=4), max_size=30), st.sampled_from(["", "Willow"]))
def test_any_markup_is_read(pieces, title):
    assert isinstance(item("".join(pieces), title), Post | Event | Vacancy)


@given(st.lists(PIECES, max_size=12))
def test_what_is_said_in_a_quotation_is_not_said_of_the_post(pieces):
    quoted = "".join(piece for piece in pieces if "aside" not in piece)
    assert item(f"<blockquote>{quoted}").marked == ""
