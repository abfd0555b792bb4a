"""The console's pages of items, sources and the mailbox."""

import asyncio
import re

import pytest
from console_visit import ADMIN, EDITOR, ORGANISER, network, signed_in, text_of
from desk_visit import DOUBTFUL, NAME, POSTS, with_posts

from digest.compose import Written, as_text
from digest.core import announcements, content, editions
from digest.core.mail import mailbox
from digest.model import ITSELF, Kind


@pytest.fixture
def app(tmp_path, now, empty_store):
    with network(tmp_path, now, config=with_posts(tmp_path)) as opened:
        asyncio.run(content.collect(opened, now, by=ITSELF))
        yield opened


@pytest.fixture
def client(app):
    return signed_in(app, ADMIN)


def item_named(app, title):
    return next(one for one in content.stored_items(app, app.now) if one.title == title)


def test_items_are_listed_searched_and_filtered(client):
    page = text_of(client.get("/console/items"))
    assert "Items: 4" in page
    assert "Items: 1" in text_of(client.get("/console/items?q=HEDGES"))
    assert "Items: 0" in text_of(client.get("/console/items?kind=vacancy"))
    assert "There is nothing like this" in text_of(client.get("/console/items?source=none"))
    assert "<b>now</b>" not in client.get("/console/items").text


def test_an_item_is_edited_hidden_and_left_to_its_source_again(app, client):
    item = item_named(app, "Nettles")
    name, page = f"{item.source}/{item.key}", f"/console/items/{item.source}/{item.key}"
    assert "What it says" in text_of(client.get(page))
    form = {"item": name, "do": "edit", "kind": "vacancy", "day": "2026-12-01", "clock": "", "note": "Apply"}
    assert client.post("/console/item", data=form).headers["location"] == f"{page}?done=item_edited"
    edited = item_named(app, "Nettles")
    assert (edited.kind, edited.note, edited.closes_at.isoformat()) == (
        Kind.VACANCY,
        "Apply",
        "2026-12-02T00:00:00+00:00",
    )
    assert 'value="2026-12-01"' in client.get(page).text
    client.post("/console/item", data={"item": name, "do": "hide"})
    assert item_named(app, "Nettles").hidden
    client.post("/console/item", data={"item": name, "do": "clear"})
    assert item_named(app, "Nettles").kind is Kind.POST
    assert client.post("/console/item", data={"item": name, "do": "edit", "kind": "event"}).status_code == 422
    assert client.get("/console/items/posts/none").status_code == 404


def test_an_organiser_is_told_nothing_of_digests_that_are_not_theirs(app, client):
    item = item_named(app, "Nettles")
    page = f"/console/items/{item.source}/{item.key}"
    assert "Minutes" in text_of(client.get(page))
    theirs = text_of(signed_in(app, ORGANISER).get(page))
    assert ("Weekly digest" in theirs, "Minutes" in theirs) == (True, False)


def test_what_is_in_doubt_is_settled_by_one_click(app, client):
    (app.config.base / "posts.txt").write_text(POSTS + DOUBTFUL)
    asyncio.run(content.collect(app, app.now, by=ITSELF))
    doubtful = [one for one in content.stored_items(app, app.now) if one.doubts]
    assert doubtful
    page = client.get("/console/items?doubtful=1")
    assert f"Items: {len(doubtful)}" in text_of(page)
    one = doubtful[0]
    form = {"item": f"{one.source}/{one.key}", "do": "settle", "kind": "post", "back": "list"}
    done = client.post("/console/item", data=form)
    assert done.headers["location"] == "/console/items?done=item_settled&doubtful=1"
    settled = item_named(app, one.title)
    assert (settled.kind, settled.doubts) == (Kind.POST, ())


def test_sources_tell_how_they_stand_and_are_asked_now(app, client):
    page = text_of(client.get("/console/sources"))
    assert "Well" in page
    assert "Nettles" in page
    (app.config.base / "posts.txt").unlink()
    done = client.post("/console/sources/collect", data={"source": "posts"})
    assert done.headers["location"] == "/console/sources?done=collected_failed"
    page = text_of(client.get("/console/sources"))
    assert "In trouble" in page
    assert "source posts failed" in page
    assert client.post("/console/sources/collect", data={"source": "other"}).status_code == 422


def test_the_mailbox_shows_a_mail_as_a_reader_sees_it_and_tells_of_new_ones(app, client):
    assert "There is no mail" in text_of(client.get("/console/mailbox"))
    assert client.get("/console/mailbox-rows?newest=").status_code == 204
    asyncio.run(editions.send(app, app.digest("weekly").model_copy(update={"approval": "none"}), app.now, by=ITSELF))
    assert client.get("/console/mailbox-rows?newest=").status_code == 200
    (first, *_), _ = mailbox.mails(app, limit=9)
    assert client.get(f"/console/mailbox-rows?newest={first.id}").status_code == 204
    found = client.get("/console/mailbox?q=CY@EXAMPLE")
    assert ("cy@example.org" in found.text, "bo@example.org" in found.text) == (True, False)
    page = f"/console/mailbox/{first.id}"
    assert f'src="{page}/body" sandbox' in client.get(page).text
    body = client.get(f"{page}/body")
    assert body.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert "Hedges &lt;b&gt;now" in body.text
    assert "Return-Path" in client.get(f"{page}?view=headers").text
    assert "Nettles" in text_of(client.get(f"{page}?view=text"))
    assert client.get(f"{page}/source").headers["content-type"].startswith("text/plain")
    assert client.get(f"{page}/attachments/0").status_code == 404
    assert client.get("/console/mailbox/..%2F..%2Fconfig.toml").status_code == 404


def test_the_mailbox_is_the_admins_alone(app):
    client = signed_in(app, EDITOR)
    assert "/console/mailbox" not in client.get("/console").text
    assert client.get("/console/mailbox").status_code == 404


def test_what_becomes_of_an_item_is_told_anew_as_soon_as_something_is_done(app, client):
    item = item_named(app, "Nettles")
    page = f"/console/items/{item.source}/{item.key}"
    assert "in: New" in text_of(client.get(page))
    client.post("/console/item", data={"item": f"{item.source}/{item.key}", "do": "hide"})
    assert "out: Hidden by an editor" in text_of(client.get(page))
    (app.config.base / "posts.txt").write_text(POSTS.replace("Nettles", "Thistles"))
    asyncio.run(content.collect(app, app.now, by=ITSELF))
    thistles = item_named(app, "Thistles")
    assert "in: New" in text_of(client.get(f"/console/items/{thistles.source}/{thistles.key}"))


def test_what_a_page_shows_in_a_frame_may_be_shown_there(app, client):
    asyncio.run(editions.send(app, app.digest("weekly").model_copy(update={"approval": "none"}), app.now, by=ITSELF))
    text = as_text(Written(subject="The taps are off", to=("members",), body="Until **Friday**."))
    draft = announcements.create_draft(app, text, by=ITSELF, now=app.now)
    (mail, *_), _ = mailbox.mails(app, limit=1)
    edition = f"/console/editions/{NAME}"
    pages = [f"{edition}?view={view}" for view in ("phone", "desktop", "dark", "text")]
    pages += [f"/console/mailbox/{mail.id}?view={view}" for view in ("html", "source")]
    pages += [f"/console/announcements/{draft.id}", f"/console/announcements/{draft.id}/send"]
    pages += [f"/console/campaigns/{NAME}"]
    for page in pages:
        (frame,) = re.findall(r'<iframe[^>]* src="([^"]+)"', client.get(page).text)
        answer = client.get(frame.replace("&amp;", "&"))
        assert answer.status_code == 200, page
        assert "frame-ancestors 'self'" in answer.headers["content-security-policy"], page
