"""Calendar files and the pages beside them on their real server, from the links that a mail carries."""

import re
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx2
import icalendar
import lxml.html
import pytest

from digest.app import open_app
from digest.compose.duplicates import merge
from digest.config import load_config
from digest.core.content import edit_item
from digest.core.mail.links import render_edition
from digest.model import ITSELF, Edit, Edition, Entry, Event, Group, Kind, Post, Section
from digest.store.content import items
from digest.tokens import Scope
from digest.web import serving

CONFIG = """\
[network]
name = "Growers & <Friends>"
[sender]
email = "digest@example.org"
[smtp]
host = "127.0.0.1"
port = 25
[web]
port = 0
url = "https://digest.example.org"
"""

LONDON = ZoneInfo("Europe/London")
STARTS = datetime(2026, 12, 5, 11, tzinfo=LONDON)


@pytest.fixture
def app(tmp_path, now, empty_store):
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, encoding="utf-8")
    with open_app(load_config(path, environ={}), at=now) as opened:
        yield opened


@asynccontextmanager
async def visiting(app):
    async with serving(app) as address, httpx2.AsyncClient(base_url=address) as client:
        yield client


@pytest.fixture
def swap(now):
    return Event(source="diary", key="swap", title="Seed swap", first_seen_at=now, starts_at=STARTS)


def save(app, *collected):
    """Store items; returns the path of the page of the first."""
    with app.store.write() as connection:
        items.save(connection, collected, app.now)
        ids = items.ids(connection, [(item.source, item.key) for item in collected])
    first = collected[0]
    return app.link(Scope.ITEM, ids[first.source, first.key]).removeprefix("https://digest.example.org")


def entry_of(answer):
    (entry,) = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    return entry


def mail_of(app, *entries):
    section = Section(kind=Kind.EVENT, title=None, groups=(Group(category=None, entries=entries),))
    edition = Edition(digest="weekly", title="Weekly", period="1", composed_at=app.now, sections=(section,))
    return "".join(piece for piece in render_edition(app, edition).whole().text if isinstance(piece, str))


def ics_path_of(app, entry):
    """Where a mail leads from "Add to your calendar"."""
    return re.search(r"Add to your calendar:\n +https://digest\.example\.org(\S+)\n", mail_of(app, entry))[1]


async def test_an_event_is_served_as_a_calendar_file_that_nothing_may_run_or_keep(app, swap):
    path = save(app, swap)
    async with visiting(app) as client:
        answer = await client.get(f"{path}.ics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert answer.headers["content-disposition"] == 'attachment; filename="seed-swap.ics"'
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    entry = entry_of(answer)
    assert (entry["SUMMARY"], entry["DTSTART"].dt) == ("Seed swap", STARTS.astimezone(UTC))
    assert entry["URL"] == f"https://digest.example.org{path}"


async def test_an_event_that_moved_since_the_mail_is_served_as_it_stands_now(app, swap):
    path = save(app, swap)
    async with visiting(app) as client:
        before = entry_of(await client.get(f"{path}.ics"))
        save(app, replace(swap, starts_at=STARTS + timedelta(days=7), cancelled=True))
        after = entry_of(await client.get(f"{path}.ics"))
    assert before["UID"] == after["UID"]
    assert after["DTSTART"].dt - before["DTSTART"].dt == timedelta(days=7)
    assert (before["STATUS"], after["STATUS"]) == ("CONFIRMED", "CANCELLED")


async def test_what_an_editor_set_by_hand_is_in_the_file_and_on_the_page(app, now, swap):
    path = save(app, swap)
    midnight = datetime(2026, 12, 12, tzinfo=LONDON)
    edit_item(
        app, Edit(source="diary", key="swap", starts_at=midnight, all_day=True, location="The barn"), now, by=ITSELF
    )
    async with visiting(app) as client:
        entry = entry_of(await client.get(f"{path}.ics"))
        page = (await client.get(path)).text
    assert (entry["DTSTART"].dt, entry["LOCATION"]) == (date(2026, 12, 12), "The barn")
    assert "Sat 12 December" in page
    assert "The barn" in page


async def test_the_page_of_an_event_offers_what_the_mail_offers(app, swap):
    path = save(app, swap)
    async with visiting(app) as client:
        page = lxml.html.document_fromstring((await client.get(path)).text)
    google, outlook, other = [link.get("href") for link in page.find_class("calendar")[0].iter("a")]
    assert google.startswith("https://calendar.google.com/calendar/render?action=TEMPLATE&text=Seed%20swap&")
    assert outlook.startswith("https://outlook.live.com/calendar/0/deeplink/compose?")
    assert other == f"https://digest.example.org{path}.ics"


async def test_the_page_of_what_is_cancelled_offers_no_calendar(app, swap):
    path = save(app, replace(swap, cancelled=True))
    async with visiting(app) as client:
        page = lxml.html.document_fromstring((await client.get(path)).text)
    assert page.find_class("calendar") == []


async def test_what_is_no_event_has_no_file(app, now):
    path = save(app, Post(source="posts", key="1", title="Leaf mould", first_seen_at=now))
    async with visiting(app) as client:
        answer = await client.get(f"{path}.ics")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "not an event" in answer.text


@pytest.mark.parametrize("scope", [Scope.VIEW, Scope.UNSUBSCRIBE])
async def test_a_token_for_something_else_opens_no_file(app, swap, scope):
    save(app, swap)
    async with visiting(app) as client:
        answer = await client.get(f"/item/{app.link(scope, 1).rpartition('/')[2]}.ics")
    assert answer.status_code == 404


async def test_a_token_that_is_cut_short_opens_no_file(app, swap):
    path = save(app, swap)
    async with visiting(app) as client:
        answer = await client.get(f"{path[:-1]}.ics")
    assert answer.status_code == 404


async def test_an_event_that_is_no_longer_kept_says_so(app):
    path = app.link(Scope.ITEM, 999).removeprefix("https://digest.example.org")
    async with visiting(app) as client:
        assert (await client.get(f"{path}.ics")).status_code == 410


async def test_a_mail_leads_to_the_file_of_its_event(app, swap):
    save(app, swap)
    path = ics_path_of(app, Entry(item=swap))
    async with visiting(app) as client:
        assert entry_of(await client.get(path))["SUMMARY"] == "Seed swap"


async def test_of_one_event_from_several_sources_the_file_says_what_the_mail_says(app, now, swap):
    address = "https://growers.example.org/swap"
    post = Post(source="posts", key="1", title="Come and swap", first_seen_at=now - timedelta(days=1), url=address)
    save(app, post)
    save(app, replace(swap, url=address, location="The barn"))
    (merged,) = merge([post, replace(swap, url=address, location="The barn")], LONDON)
    assert merged.item.source == "posts"
    path = ics_path_of(app, Entry(item=merged.item, also=merged.keys[1:]))
    async with visiting(app) as client:
        entry = entry_of(await client.get(path))
    assert (entry["SUMMARY"], entry["LOCATION"], entry["URL"]) == (merged.item.title, "The barn", address)


def test_in_a_preview_of_what_is_not_stored_the_file_is_a_sample(app, swap):
    assert ics_path_of(app, Entry(item=swap)) == "/sample"
