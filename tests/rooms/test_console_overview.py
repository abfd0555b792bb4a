"""The console's overview and activity: how everything stands, and who did what."""

import asyncio
import csv
import io
import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from console_visit import ADMIN, CONFIG, EDITOR, ORGANISER, network, signed_in, text_of
from desk_visit import with_posts
from sqlalchemy import update
from starlette.routing import Match

from digest.core import announcements, campaigns, content, editions, health, organisers, people
from digest.core.campaigns import moves
from digest.core.campaigns.moves import Move
from digest.core.health import TroubleKind
from digest.core.organisers import Filter
from digest.model import ITSELF, BounceClass, By, CampaignStatus, Clarity, Evidence, Hint, Post, Return, ReturnKind, Via
from digest.store import people as stored
from digest.store.content import items
from digest.store.organisers import activity
from digest.store.tables import campaigns as campaigns_table
from digest.store.tables import deliveries
from digest.web import create_web
from digest.web.console.guard import ConsoleRoute
from digest.web.console.mending import told_trouble
from digest.web.console.page import Console

REVIEWED = CONFIG.replace('title = "Weekly digest"', 'title = "Weekly digest"\napproval = "required"')
NOTICE = "---\nsubject: Keys\npublic: no\n---\n\n# Keys\n\nWho has the keys?\n"


@pytest.fixture
def app(tmp_path, now, empty_store):
    with network(tmp_path, now, config=REVIEWED) as opened:
        yield opened


def seen(app, email, path="/console"):
    return signed_in(app, email).get(path)


def add_post(app, now):
    post = Post(
        source="posts", key="1", title="A bench", author="Zoë", first_seen_at=now, text="Three pallets.", html=""
    )
    with app.store.write() as connection:
        items.save(connection, [post], now)


async def announced(app, now, *, to="members", by=ITSELF):
    draft = await announcements.draft(app, NOTICE, name="keys.md", list_names=[to], now=now, by=by)
    return (await announcements.announce(app, draft, now, by=by)).report.campaign


async def test_weeks_count_what_was_delivered_came_back_and_who_left(app, now):
    earlier = now - timedelta(weeks=3)
    name = await announced(app, earlier)
    with app.store.read() as connection:
        bo = stored.find(connection, "bo@example.org")[0]
    hint = Hint(evidence=Evidence.MESSAGE_ID, subscriber_id=bo)
    bounce = Return(
        key="1",
        kind=ReturnKind.BOUNCE,
        received_at=now,
        bounce_class=BounceClass.MAILBOX,
        clarity=Clarity.DEFINITE,
        hints=(hint,),
    )
    spam = Return(key="2", kind=ReturnKind.COMPLAINT, received_at=now, hints=(hint,))
    campaigns.take_returns(app, [bounce, spam], now, by=ITSELF, source="mail")
    people.leave(app, "cy@example.org", now, by=ITSELF)
    weeks = health.weeks(app, now)
    assert len(weeks) == 12
    assert weeks[-1].monday == now.date()
    told = {week.monday: (week.delivered, week.bounced, week.complained, week.left) for week in weeks}
    assert told.pop(now.date()) == (0, 0, 0, 1)
    assert told.pop(earlier.date()) == (2, 1, 1, 0)
    assert set(told.values()) == {(0, 0, 0, 0)}
    assert not any(
        week.delivered or week.left for week in health.weeks(app, now, reaches=lambda names: "board" in names)
    )
    assert name


async def test_an_edition_that_waits_says_so_and_for_how_many(app, now):
    add_post(app, now)
    prepared = await editions.prepare(app, app.digest("weekly"), now, by=ITSELF)
    assert prepared.campaign.status is CampaignStatus.PREPARED
    told = text_of(await asyncio.to_thread(seen, app, ADMIN))
    assert "It is ready for 2 people and waits for somebody’s approval." in told
    campaigns.hold(app, prepared.campaign.name, by=ITSELF, now=now)
    told = text_of(await asyncio.to_thread(seen, app, ADMIN))
    assert "It is held back from 2 people until somebody has looked at it:" in told
    assert "Weekly digest 2026-W48 is held back" in told  # among what needs somebody
    assert "Minutes" not in text_of(await asyncio.to_thread(seen, app, ORGANISER))


async def test_an_edition_that_was_drafted_ahead_is_told_before_its_week(app, now):
    add_post(app, now)
    prepared = await editions.prepare(app, app.digest("weekly"), now + timedelta(weeks=1), by=ITSELF)
    (weekly, minutes) = health.coming(app, now + timedelta(minutes=1))
    assert (weekly.waiting.name, weekly.at.isoformat()) == (prepared.campaign.name, "2026-11-30T08:00:00+00:00")
    assert minutes.waiting is None


async def test_an_overview_is_of_the_lists_one_has(app, now):
    name = await announced(app, now, to="board")
    for who, shown in ((ADMIN, True), (EDITOR, True), (ORGANISER, False)):
        page = await asyncio.to_thread(seen, app, who)
        assert (name in page.text) is shown, who
        assert ("Needs somebody" in page.text) is (who == ADMIN)


async def test_a_plot_says_in_words_what_it_shows(app, now):
    await announced(app, now)
    page = (await asyncio.to_thread(seen, app, ADMIN)).text
    assert 'aria-label="Delivered, by week: at most 2, this week 2"' in page
    heights = [int(height) for height in re.findall(r'<rect x="223" y="\d+" width="14" height="(\d+)"', page)]
    assert sorted(heights) == [0, 0, 0, 64]


def fill(app, now):
    with app.store.write() as connection:
        for number, (via, name, verb, subject) in enumerate(
            [
                (Via.COMMAND, "ada", "approve", "weekly-2026-W47"),
                (Via.ORGANISER, EDITOR, "edit", "posts/1"),
                (Via.ORGANISER, ADMIN, "suppress", "bo@example.org"),
                (Via.SCHEDULE, "", "release", "weekly-2026-W46"),
                (Via.COMMAND, "ada", "collect", "=HYPERLINK(1)"),
            ]
        ):
            by, at = By(via=via, name=name), now + timedelta(minutes=number)
            activity.record(connection, at=at, by=by, verb=verb, subject=subject, detail="-1+1")


@pytest.mark.parametrize(
    ("which", "verbs"),
    [
        (Filter(verb="approve"), ["approve"]),
        (Filter(by="command"), ["collect", "approve"]),
        (Filter(by="command ada", about="WEEKLY"), ["approve"]),
        (Filter(about="2026-w4"), ["release", "approve"]),
        (Filter(about="%"), []),
        (Filter(subject="posts/1"), ["edit"]),
        (Filter(by="comm"), []),
    ],
)
def test_activity_is_filtered_by_who_what_and_to_whom(app, now, which, verbs):
    fill(app, now)
    found = organisers.activity_for(app, organisers.organiser_of(app, ADMIN), which, limit=10)
    assert [one.verb for one in found] == verbs


def test_activity_shows_who_is_no_admin_only_what_they_did_themselves(app, now):
    fill(app, now)
    for path in ("/console/activity", f"/console/activity?by=organiser+{ADMIN}", "/console/activity.json"):
        told = seen(app, EDITOR, path).text
        assert "posts/1" in told, path
        assert "bo@example.org" not in told, path
        assert "weekly-2026-W47" not in told, path


def test_activity_is_exported_as_shown_and_no_cell_is_a_formula(app, now):
    fill(app, now)
    client = signed_in(app, ADMIN)
    rows = list(csv.DictReader(io.StringIO(client.get("/console/activity.csv?by=command").text.lstrip("\ufeff"))))
    assert {row["subject"] for row in rows} >= {"'=HYPERLINK(1)", "weekly-2026-W47"}
    assert {row["detail"] for row in rows if row["verb"] == "collect"} == {"'-1+1"}
    document = json.loads(client.get("/console/activity.json?about=HYPER").text)
    assert [one["subject"] for one in document["activity"]] == ["=HYPERLINK(1)"]


def test_activity_goes_on_page_by_page(app, now):
    with app.store.write() as connection:
        for number in range(150):
            activity.record(connection, at=now, by=ITSELF, verb="tick", subject=f"number {number}")
    client = signed_in(app, ADMIN)
    first = client.get("/console/activity?verb=tick")
    second = client.get(f"/console/activity?{re.search('verb=tick&amp;page=1', first.text)[0].replace('&amp;', '&')}")
    assert ("number 149" in first.text, "number 49<" in first.text) == (True, False)
    assert ("number 49<" in second.text, "number 0<" in second.text) == (True, True)
    assert client.get("/console/activity?page=-1&verb=%00").status_code == 200


def trouble(kind, **values):
    return health.Trouble(key="k", told="told", mend="digest mend", kind=kind, **values)


@pytest.mark.parametrize(
    ("one", "place", "form"),
    [
        (trouble("held", about="weekly-2026-W48"), "/console/editions/weekly-2026-W48", None),
        (trouble("held", about="keys-1a", is_announcement=True), "/console/campaigns/keys-1a", None),
        (trouble("waits", about="weekly-2026-W48"), "/console/editions/weekly-2026-W48", None),
        (trouble("returns", about="keys-1a"), "/console/campaigns/keys-1a", None),
        (trouble("missed", about="weekly"), "/console/editions", ("digest", "weekly")),
        (trouble("lists"), "/console/people/lists", None),
        (trouble("source", about="site"), "/console/sources/collect", ("source", "site")),
        (trouble("draft", about="7"), "/console/announcements/7", None),
    ],
)
def test_what_needs_somebody_is_mended_by_a_page_or_a_form_of_the_console(app, one, place, form):
    told = told_trouble(Console(app), replace(one, kind=TroubleKind(one.kind)))
    assert (told["href"], told["form"]) == (place, form)
    asked = {"type": "http", "method": "POST" if form else "GET", "path": place, "root_path": "", "headers": []}
    routes = (route for route in create_web(app).routes if isinstance(route, ConsoleRoute))
    assert any(route.matches(asked)[0] is Match.FULL for route in routes)


def test_what_is_known_of_a_trouble_is_said_in_the_readers_language(app, now):
    returns = (
        health.Saying(name="complaints", facts={"people": 1200, "share": 0.0123, "limit": 0.003}),
        health.Saying(name="silent_since", facts={"moment": now}),
    )
    one = trouble(TroubleKind.RETURNS, says=returns)
    english, welsh = (told_trouble(Console(app.in_language(tag)), one)["says"] for tag in ("en-GB", "cy"))
    assert english == [
        "1,200 people called it spam: 1.2%, where 0.3% is the limit.",
        "Its last answer was Mon 23 Nov 2026, 08:00.",
    ]
    assert welsh[0] == "Galwodd 1,200 o bobl ef yn sbam: 1.2%, a’r terfyn yn 0.3%."
    assert "Llun 23 Tach 2026" in welsh[1]


def test_every_kind_of_trouble_is_told_and_mended(app):
    told = [told_trouble(Console(app), trouble(kind, about="x", called="<x>")) for kind in TroubleKind]
    assert len({one["title"] for one in told}) == len(TroubleKind)


async def test_a_source_that_does_not_answer_has_a_button_that_asks_it_and_the_command_only_beside_it(tmp_path, now):
    with network(tmp_path, now, config=with_posts(tmp_path)) as app:
        page = (await asyncio.to_thread(seen, app, ADMIN)).text
        ask = re.search(r'action="/console/sources/collect"><input type="hidden" name="source" value="posts">', page)
        assert ask is None  # nobody asked it yet
        (tmp_path / "posts.txt").unlink()
        await content.collect(app, now - timedelta(days=3), by=ITSELF)
        page = (await asyncio.to_thread(seen, app, ADMIN)).text
        assert re.search(r'action="/console/sources/collect"><input type="hidden" name="source" value="posts">', page)
        assert re.search(r"<details[^>]*><summary>On the server</summary><code>digest collect --source posts<", page)


async def test_a_digest_that_was_missed_is_drafted_by_a_button(app, now):
    add_post(app, now)
    answer = await asyncio.to_thread(signed_in(app, ADMIN).post, "/console/editions", data={"digest": "weekly"})
    assert answer.headers["location"] == "/console/editions/weekly-2026-W48?done=edition_drafted"
    assert [one.verb for one in organisers.latest_activity(app, limit=1, subject="weekly-2026-W48")] == ["prepare"]
    for who, digest in ((ADMIN, "none"), (EDITOR, "weekly"), (ORGANISER, "minutes")):
        again = await asyncio.to_thread(signed_in(app, who).post, "/console/editions", data={"digest": digest})
        assert again.status_code == 404, who


async def test_why_an_edition_is_held_quotes_no_server_to_anybody_but_admins(app, now):
    add_post(app, now)
    made = (await editions.prepare(app, app.digest("weekly"), now, by=ITSELF)).campaign
    said = "source posts failed: 550 <b>no</b> bo@example.org"
    with app.store.write() as connection:
        moves.moved(connection, made, Move.HOLD, by=ITSELF, now=now, reason=said)
    for who, plain in ((ADMIN, "550 &lt;b&gt;no"), (EDITOR, "out of the ordinary"), (ORGANISER, "out of the ordinary")):
        for path in ("/console", "/console/editions", f"/console/editions/{made.name}"):
            page = (await asyncio.to_thread(seen, app, who, path)).text
            assert plain in page, (who, path)
            assert ("bo@example.org" in page) is (who == ADMIN), (who, path)
    page = (await asyncio.to_thread(seen, app, EDITOR, f"/console/campaigns/{made.name}")).text
    assert ("out of the ordinary" in page, "bo@example.org" in page) == (True, False)


async def test_a_held_announcement_goes_on_by_a_button_of_its_page(app, now):
    name = await announced(app, now)
    with app.store.write() as connection:
        connection.execute(update(campaigns_table).where(campaigns_table.c.name == name).values(status="held"))
        connection.execute(update(deliveries).values(state="queued"))
    ada, eve = signed_in(app, ADMIN), signed_in(app, EDITOR)
    page = await asyncio.to_thread(ada.get, f"/console/campaigns/{name}")
    assert f'action="/console/campaigns/{name}/release"' in page.text
    assert (await asyncio.to_thread(eve.post, f"/console/campaigns/{name}/release")).status_code == 404
    await asyncio.to_thread(ada.post, f"/console/campaigns/{name}/release")
    assert campaigns.report(app, name).report.status is CampaignStatus.SENDING


@pytest.mark.parametrize(
    ("asked", "cells", "order"),
    [
        ("/console/people?sort=-address", r'class="address" dir="auto">(\w+)@', ["dee", "cy", "bo"]),
        ("/console/people?sort=newest", r'class="address" dir="auto">(\w+)@', ["bo", "cy", "dee"]),
        ("/console/people/lists?sort=-name", r"<small>(members|board)</small>", ["board", "members"]),
        ("/console/people/lists?sort=name", r"<small>(members|board)</small>", ["members", "board"]),
        (
            "/console/activity?sort=what",
            r'<th scope="row">(apply list|suppress)</th>',
            ["apply list"] * 2 + ["suppress"],
        ),
        (
            "/console/activity?sort=-what",
            r'<th scope="row">(apply list|suppress)</th>',
            ["suppress"] + ["apply list"] * 2,
        ),
    ],
)
def test_tables_are_sorted_by_what_an_address_asks_for(app, now, asked, cells, order):
    people.suppress(app, "bo@example.org", now, by=ITSELF, reason="by hand")
    sort, page = asked.partition("=")[2], seen(app, ADMIN, asked)
    assert re.findall(cells, page.text) == order
    way = "descending" if sort.startswith("-") else "ascending"
    turned = sort.removeprefix("-") if sort.startswith("-") else f"-{sort}"
    column = rf'aria-sort="{way}"><a class="by" href="\?sort={turned}">'
    no_column = rf'<a class="by" href="\?sort={turned}" aria-current="true">'  # no column tells who is new
    assert re.search(no_column if sort == "newest" else column, page.text)


def test_an_order_keeps_what_was_searched_and_begins_with_the_first_page(app):
    page = seen(app, ADMIN, "/console/people?q=o%22%3E%3Cb%3E")
    assert "sort=" not in page.text  # nobody was found
    page = seen(app, ADMIN, "/console/people?q=bo%40example.org&page=3&done=x&sort=name")
    assert 'href="?q=bo%40example.org&amp;sort=-name"' in page.text


async def test_an_edition_that_is_not_drafted_yet_is_drafted_from_the_overview_by_who_may(app, now):
    add_post(app, now)
    button = '<input type="hidden" name="digest" value="weekly">'
    assert [button in seen(app, who).text for who in (ADMIN, ORGANISER, EDITOR)] == [True, True, False]
    drafted = signed_in(app, ORGANISER).post("/console/editions", data={"digest": "weekly"})
    assert drafted.headers["location"] == "/console/editions/weekly-2026-W48?done=edition_drafted"
    page = seen(app, ADMIN).text
    assert button not in page
    assert 'href="/console/editions/weekly-2026-W48"' in page
