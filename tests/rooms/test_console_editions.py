"""The console's pages of editions: arranged, seen, approved, and refused where somebody else was faster."""

import asyncio
from datetime import timedelta
from urllib.parse import quote

import pytest
from console_visit import ADMIN, EDITOR, ORGANISER, network, signed_in, text_of
from desk_visit import DOUBTFUL, NAME, POSTS, items_on, prepare, version_on, with_posts

from digest.core import editions, people
from digest.core.mail import mailbox
from digest.model import ITSELF, CampaignStatus

PAGE = f"/console/editions/{NAME}"


@pytest.fixture
def app(tmp_path, now, empty_store):
    with network(tmp_path, now, config=with_posts(tmp_path)) as opened:
        prepare(opened)
        yield opened


@pytest.fixture
def client(app):
    return signed_in(app, ADMIN)


def press(client, do, item="", version=None, **fields):
    version = version or version_on(client.get(PAGE))
    return client.post(f"{PAGE}/arrange", data={"do": do, "item": item, "version": version, **fields})


def titles(app):
    return [entry.item.title for entry in editions.current_named(app, NAME).edition.entries]


def test_an_edition_is_listed_and_shown_with_why_each_item_is_there(client):
    assert f'href="{PAGE}"' in client.get("/console/editions").text
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "Waits for approval" in text_of(page)
    assert list(items_on(page))[1:3] == ["Hedges &lt;b&gt;now&lt;/b&gt;", "Moss &amp; more"]
    assert "<b>now</b>" not in page.text


def test_items_are_dropped_restored_reordered_pinned_noted_and_worded(app, client):
    first, second, *rest = titles(app)
    items = list(items_on(client.get(PAGE)).values())
    moved = press(client, "down", items[0], view="dark").headers["location"]
    assert moved == f"{PAGE}?done=edition_arranged&view=dark#i-{quote(items[0], safe='')}"  # and goes on there
    assert titles(app) == [second, first, *rest]
    assert f'id="i-{items[0]}"' in client.get(moved).text
    assert press(client, "drop", items[1]).headers["location"].endswith(f"#i-{quote(items[0], safe='')}")  # the next
    assert titles(app) == [first, *rest]
    assert "Dropped from this edition" in text_of(client.get(PAGE))
    press(client, "restore", items[1])
    press(client, "pin", items[3])
    assert titles(app)[0] == rest[-1]
    press(client, "edit", items[3], note="Look & <see>", kind="post", day="", clock="")
    press(client, "word", subject="A <subject>", preheader="", note="Dear *all*")
    told = editions.preview_campaign(app, NAME)
    assert told.subject == "A <subject>"
    assert "Look &amp; &lt;see&gt;" in told.html
    assert client.get(PAGE).text.count("A &lt;subject&gt;") >= 2


def test_an_item_becomes_an_event_on_a_day_within_the_edition(app, client):
    first = titles(app)[0]
    item = items_on(client.get(PAGE))[first]
    press(client, "edit", item, kind="event", day="2026-12-05", clock="14:00", note="")
    assert "Sat 5 December" in editions.preview_campaign(app, NAME).text
    page = client.get(PAGE)
    assert 'value="2026-12-05"' in page.text
    assert 'value="14:00"' in page.text


def test_the_mail_is_shown_sandboxed_in_light_and_dark_and_as_text(client):
    light, dark = client.get(f"{PAGE}/mail?view=phone"), client.get(f"{PAGE}/mail?view=dark")
    assert light.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert "@media not all" in light.text
    assert "@media all" in dark.text
    assert "prefers-color-scheme" not in light.text + dark.text
    text = client.get(f"{PAGE}/mail?view=text")
    assert text.headers["content-type"].startswith("text/plain")
    muted = client.get(f"{PAGE}?mute=posts")
    assert "They want nothing of what is in it" in text_of(muted)
    assert "bo@example.org" in client.get(f"{PAGE}?as=bo@example.org").text


def test_two_who_edit_one_edition_lose_nothing(app, client):
    page = client.get(PAGE)
    version, items = version_on(page), list(items_on(page).values())
    other = signed_in(app, EDITOR)
    assert press(other, "drop", items[0], version).status_code == 303
    late = press(client, "word", version=version, subject="Mine & dear", note="Long words")
    assert late.status_code == 409
    assert "eve@example.org: drop" in text_of(late)
    assert "Mine &amp; dear</textarea>" in late.text
    assert press(client, "word", version=version_on(late), subject="Mine & dear", note="Long words").status_code == 303
    assert len(titles(app)) == 3
    assert editions.preview_campaign(app, NAME).subject == "Mine & dear"


def test_what_was_changed_after_it_was_seen_is_approved_anew(app, client):
    page = client.get(PAGE)
    press(signed_in(app, EDITOR), "drop", next(iter(items_on(page).values())))
    late = client.post(f"{PAGE}/approve", data={"version": version_on(page)})
    assert late.status_code == 409
    assert client.post(f"{PAGE}/approve", data={}).status_code == 409
    done = client.post(f"{PAGE}/approve", data={"version": version_on(late)})
    assert done.headers["location"] == f"{PAGE}?done=edition_approved"
    assert editions.current_named(app, NAME).campaign.status is CampaignStatus.SENDING
    assert "does not wait any more" in text_of(client.get(PAGE))


def test_what_everybody_needed_has_agreed_to_says_so_until_it_is_changed(app, client):
    (app.config.base / "posts.txt").write_text(POSTS + DOUBTFUL, encoding="utf-8")  # something new for the week after
    later = app.now + timedelta(weeks=1)
    ahead = asyncio.run(editions.prepare(app, app.digest("weekly"), later, by=ITSELF, send_at=later)).campaign
    page = client.get(f"/console/editions/{ahead.name}")
    assert ">Approve</button>" in page.text
    client.post(f"/console/editions/{ahead.name}/approve", data={"version": version_on(page)})
    page = client.get(f"/console/editions/{ahead.name}")
    assert ("Approved" in text_of(page), ">Approve</button>" in page.text) == (True, False)
    assert "It goes Mon 30 Nov 2026, 08:00, unless somebody holds it back." in text_of(page)
    assert "Approved" in text_of(client.get("/console/editions"))
    client.post(f"{PAGE}/approve", data={"version": version_on(client.get(PAGE))})  # that of this week goes at once
    assert "Approved" in text_of(client.get("/console"))
    worded = {"do": "word", "item": "", "version": version_on(page), "subject": "Other"}
    client.post(f"/console/editions/{ahead.name}/arrange", data=worded)
    page = client.get(f"/console/editions/{ahead.name}")
    assert ("Waits for approval" in text_of(page), ">Approve</button>" in page.text) == (True, True)


def test_an_edition_is_held_tested_and_tells_who_gets_it(app, client):
    assert client.post(f"{PAGE}/hold").status_code == 303
    assert editions.current_named(app, NAME).campaign.status is CampaignStatus.HELD
    assert client.post(f"{PAGE}/test").headers["location"] == f"{PAGE}?done=edition_tested"
    (mail,) = mailbox.mails(app, limit=9)[0]
    assert mail.to == ADMIN
    assert "It goes to: 2" in text_of(client.get(f"{PAGE}/people"))


def test_an_editor_arranges_and_neither_approves_nor_holds(app):
    client = signed_in(app, EDITOR)
    page = client.get(PAGE)
    assert f"{PAGE}/approve" not in page.text
    assert client.post(f"{PAGE}/approve", data={"version": version_on(page)}).status_code == 404
    assert client.post(f"{PAGE}/hold").status_code == 404
    assert press(client, "drop", next(iter(items_on(page).values()))).status_code == 303


@pytest.mark.parametrize("path", ["", "/mail", "/people", "/arrange", "/approve", "/hold", "/test"])
def test_an_edition_of_others_lists_is_as_if_it_were_not(app, path):
    (app.config.base / "posts.txt").write_text("News of the board\n\nAdded by Una\n\nWords.\n")
    other = prepare(app, "minutes").name
    client = signed_in(app, ORGANISER)
    assert other not in client.get("/console/editions").text
    ask = client.get if path in {"", "/mail", "/people"} else client.post
    answer = ask(f"/console/editions/{other}{path}")
    nothing = ask(f"/console/editions/none-at-all{path}")
    assert (answer.status_code, text_of(answer)) == (404, text_of(nothing))


def test_what_came_since_the_draft_is_told_and_added_by_one_click(app, client, tmp_path):
    with (tmp_path / "posts.txt").open("a") as file:
        file.write("Newts\n\nAdded by Una under Growing\n\nThey came.\n\n")
    assert client.post("/console/sources/collect").headers["location"] == "/console/sources?done=collected"
    page = client.get(PAGE)
    assert "New since the draft: 1" in text_of(page)
    assert "Newts" not in titles(app)
    (item,) = [one for one in page.text.split('"') if one.startswith("posts/newts")][:1]
    press(client, "add", item)
    assert "Newts" in titles(app)
    assert "New since the draft" not in text_of(client.get(PAGE))


@pytest.mark.parametrize("since", ["²", "9" * 30, "9" * 5000])
def test_a_version_that_is_no_number_of_ours_is_an_old_one(client, since):
    assert client.post(f"{PAGE}/approve", data={"version": f"other.{since}"}).status_code == 409


def test_an_edition_is_seen_with_the_eyes_of_nobody_who_is_out_of_reach(app, client, now):
    for address in ("dee@example.org", "cy@example.org"):
        people.change_preferences(app, address, people.Change(mute=("posts",)), now, by=ITSELF)
    max_ = signed_in(app, ORGANISER)
    for who, address, sees in ((client, "dee", True), (max_, "cy", True), (max_, "dee", False)):
        page = text_of(who.get(f"{PAGE}?as={address}@example.org"))
        assert ("They want nothing of what is in it" in page) is sees


def test_a_note_that_saves_itself_replaces_nobodys_and_the_next_is_of_its_version(client):
    version = version_on(client.get(PAGE))
    first = press(client, "word", version=version, note="One", by_itself="yes").json()["version"]
    assert press(client, "word", version=version, note="Late", by_itself="yes").status_code == 409
    assert press(client, "word", version=first, note="Two", by_itself="yes").status_code == 200
    assert ">Two</textarea>" in client.get(PAGE).text
