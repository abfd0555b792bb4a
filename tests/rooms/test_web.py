"""The public pages on their real server, as browsers, mail programs and link scanners meet them."""

import asyncio
import re
import socket
from contextlib import asynccontextmanager

import httpx2
import pytest
from structlog.testing import capture_logs

from digest.app import open_app
from digest.config import load_config
from digest.core.people import apply_lists
from digest.errors import DigestError
from digest.model import ITSELF, CampaignStatus, Post, Slot
from digest.render import Compiled, compiled_to_json
from digest.store import campaigns, outbox, people
from digest.store.content import items
from digest.store.people import Status
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
[[lists]]
name = "members"
title = "All <b>members</b>"
subscribers = ["Ada <ada@example.org>", "bo@example.org"]
[[lists]]
name = "board"
title = "The board"
subscribers = ["ada@example.org"]
"""

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def app(tmp_path, now, empty_store):
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, encoding="utf-8")
    with open_app(load_config(path, environ={}), at=now) as opened:
        apply_lists(opened, now, by=ITSELF)
        yield opened


@asynccontextmanager
async def visiting(app):
    async with serving(app) as address, httpx2.AsyncClient(base_url=address) as client:
        yield client


def statuses(app, address="ada@example.org"):
    with app.store.read() as connection:
        subscriber_id, _ = people.find(connection, address)
        return {name: status for name, (status, _) in people.memberships(connection, subscriber_id).items()}


def unsubscribe_path(app, *lists, address="ada@example.org"):
    with app.store.read() as connection:
        known = people.known_lists(connection)
        subscriber_id, _ = people.find(connection, address)
    link = app.link(Scope.UNSUBSCRIBE, subscriber_id, *(known[name] for name in lists))
    return link.removeprefix("https://digest.example.org")


def campaign(app, now):
    """A planned campaign to both lists, with every slot in its mail."""
    slots = ("Dear ", Slot.NAME, " at ", Slot.ADDRESS, ' <a href="', Slot.UNSUBSCRIBE_URL, '">x</a> ', Slot.VIEW_URL)
    rendered = compiled_to_json(Compiled(subject="Hello", html=slots, text=slots))
    with app.store.write() as connection:
        values = {"name": "notice-1", "digest": "announcement", "period": "1", "list_names": ["members", "board"]}
        made = campaigns.create(
            connection, by=ITSELF, status=CampaignStatus.SENDING, rendered=rendered, now=now, **values
        )
        outbox.plan_deliveries(connection, made, now)
    return made


ACTIVE = {"board": Status.ACTIVE, "members": Status.ACTIVE}
LEFT_MEMBERS = ACTIVE | {"members": Status.UNSUBSCRIBED}


@pytest.mark.parametrize("path", ["/health", "/sample", "/nowhere", "/unsubscribe/x", "/"])
async def test_every_answer_forbids_scripts_caches_frames_and_cookies(app, path):
    async with visiting(app) as client:
        answer = await client.get(path)
    assert answer.status_code == (200 if path in ("/health", "/sample") else 404)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "body",
    [
        {"data": CLICK},
        {"files": {name: (None, value) for name, value in CLICK.items()}},
        {},
        {"content": b"\xff\x00 nonsense", "headers": {"content-type": "multipart/form-data; boundary=none"}},
    ],
    ids=["urlencoded", "multipart", "empty", "nonsense"],
)
async def test_one_post_unsubscribes_whatever_its_body_and_again_changes_nothing(app, body):
    path = unsubscribe_path(app, "members")
    async with visiting(app) as client:
        for _ in range(2):
            answer = await client.post(path, follow_redirects=False, **body)
            assert (answer.status_code, "set-cookie" in answer.headers) == (200, False)
            assert statuses(app) == LEFT_MEMBERS
    assert statuses(app, "bo@example.org") == {"members": Status.ACTIVE}


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"])
async def test_nothing_but_post_changes_anything(app, method):
    path = unsubscribe_path(app, "members", "board")
    async with visiting(app) as client:
        answer = await client.request(method, path)
        query = await client.request(method, path, params=CLICK)
    expected = 200 if method in ("GET", "HEAD") else 405
    assert (answer.status_code, query.status_code) == (expected, expected)
    assert statuses(app) == ACTIVE
    if method == "HEAD":
        assert answer.content == b""


async def test_the_page_names_lists_escaped_and_no_address_and_its_first_button_posts_to_the_page_itself(app):
    async with visiting(app) as client:
        page = (await client.get(unsubscribe_path(app, "members", "board"))).text
    assert "All &lt;b&gt;members&lt;/b&gt;" in page
    assert "The board" in page
    assert "Growers &amp; &lt;Friends&gt;" in page
    assert "a***@e***.org" in page
    assert "ada@example.org" not in page
    assert page.count("<form") == page.lower().count('method="post"')
    assert re.search(r"<form[^>]*>", page)[0] == '<form method="post">'
    assert "<script" not in page


async def test_leaving_by_a_link_takes_back_what_is_queued_on_the_lists_that_were_left(app, now):
    made = campaign(app, now)
    async with visiting(app) as client:
        await client.post(unsubscribe_path(app, "members"), data=CLICK)
        with app.store.read() as connection:
            assert outbox.report_of(connection, made).skipped == {}  # still reached by the board's list
        await client.post(unsubscribe_path(app, "members", "board"), data=CLICK)
        with app.store.read() as connection:
            assert outbox.report_of(connection, made).skipped == {"unsubscribed": 1}


async def test_many_unsubscribes_at_once_are_all_honoured(app):
    paths = [unsubscribe_path(app, "members"), unsubscribe_path(app, "board")]
    paths.append(unsubscribe_path(app, "members", address="bo@example.org"))
    async with visiting(app) as client:
        answers = await asyncio.gather(*(client.post(path, data=CLICK) for path in paths * 8))
    assert {answer.status_code for answer in answers} == {200}
    assert set(statuses(app).values()) == {Status.UNSUBSCRIBED}
    assert statuses(app, "bo@example.org") == {"members": Status.UNSUBSCRIBED}


@pytest.mark.parametrize(
    ("meant", "used"),
    [
        (Scope.VIEW, Scope.UNSUBSCRIBE),
        (Scope.ITEM, Scope.UNSUBSCRIBE),
        (Scope.ITEM, Scope.VIEW),
        (Scope.VIEW, Scope.ITEM),
    ],
)
async def test_a_token_opens_only_what_it_was_made_for(app, now, meant, used):
    campaign(app, now)
    token = app.link(meant, 1).rpartition("/")[2]
    async with visiting(app) as client:
        assert (await client.get(f"/{used}/{token}")).status_code == 404
        assert (await client.post(f"/{used}/{token}")).status_code in (404, 405)
    assert statuses(app) == ACTIVE


async def test_a_token_made_with_another_secret_or_changed_in_one_place_is_refused(app):
    path = unsubscribe_path(app, "members")
    changed = path[:-4] + ("AAAA" if path[-4:] != "AAAA" else "BBBB")
    async with visiting(app) as client:
        for wrong in (changed, path[:-1], path + "A" * 4, path + "/more", "/unsubscribe/" + "A" * 5000):
            assert (await client.post(wrong, data=CLICK)).status_code == 404, wrong
    assert statuses(app) == ACTIVE


async def test_the_web_view_has_nobodys_own_values_and_trusts_no_host_header(app, now):
    made = campaign(app, now)
    path = app.link(Scope.VIEW, made.id).removeprefix("https://digest.example.org")
    async with visiting(app) as client:
        page = (await client.get(path, headers={"host": "evil.example"})).text
    assert page.startswith("Dear Growers &amp; &lt;Friends&gt; at ")
    assert "ada@example.org" not in page
    assert "/unsubscribe/" not in page
    assert f"https://digest.example.org{path}" in page
    assert "evil.example" not in page


async def test_an_items_page_shows_hostile_words_as_words(app, now):
    values = {"title": HOSTILE, "author": HOSTILE, "text": HOSTILE, "html": "<p>Body &amp; soul</p>"}
    with app.store.write() as connection:
        items.save(connection, [Post(source="posts", key="1", first_seen_at=now, **values)], now)
        (row_id,) = items.ids(connection, [("posts", "1")]).values()
    path = app.link(Scope.ITEM, row_id).removeprefix("https://digest.example.org")
    async with visiting(app) as client:
        page = (await client.get(path)).text
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<p>Body &amp; soul</p>" in page


async def test_an_items_page_names_nobody_who_wrote_it(app, now):
    with app.store.write() as connection:
        post = Post(source="posts", key="1", first_seen_at=now, title="Leaf mould", author="Maren Oakshott")
        items.save(connection, [post], now)
        (row_id,) = items.ids(connection, [("posts", "1")]).values()
    path = app.link(Scope.ITEM, row_id).removeprefix("https://digest.example.org")
    async with visiting(app) as client:
        page = (await client.get(path)).text
    assert "Leaf mould" in page
    assert "Oakshott" not in page


@pytest.mark.parametrize("scope", [Scope.VIEW, Scope.ITEM])
async def test_a_right_link_to_what_is_no_longer_kept_says_so(app, scope):
    path = app.link(scope, 999).removeprefix("https://digest.example.org")
    async with visiting(app) as client:
        answer = await client.get(path)
    assert answer.status_code == 410
    assert "no longer kept" in answer.text


async def test_the_pages_speak_the_network_s_language(tmp_path, now):
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.replace("[network]", '[network]\nlanguage = "cy"'), encoding="utf-8")
    with open_app(load_config(path, environ={}), at=now) as app:
        gone = app.link(Scope.VIEW, 999).removeprefix("https://digest.example.org")
        async with visiting(app) as client:
            titles = {
                path: re.search("<h1[^>]*>(.*)</h1>", (await client.get(path)).text)[1]
                for path in ("/sample", "/nowhere", "/view/x", gone)
            }
    assert titles == {
        "/sample": "Sampl",
        "/nowhere": "Heb ei ganfod",
        "/view/x": "Nid yw’r ddolen hon yn gweithio",
        gone: "Heb ei gadw",
    }


async def test_a_person_who_is_no_longer_known_has_nothing_to_do(app):
    async with visiting(app) as client:
        path = app.link(Scope.UNSUBSCRIBE, 999, 1).removeprefix("https://digest.example.org")
        answer = await client.get(path)
        assert (answer.status_code, "on none of our lists" in answer.text) == (200, True)
        assert (await client.post(path, data=CLICK)).status_code == 200


async def test_a_port_that_is_taken_is_one_clear_error(app):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        web = app.config.web.model_copy(update={"port": port})
        object.__setattr__(app, "config", app.config.model_copy(update={"web": web}))
        with pytest.raises(DigestError, match=rf"127\.0\.0\.1 port {port}: Address already in use.*\[web\] port"):
            async with serving(app):
                pass


async def test_the_port_is_free_again_once_the_server_is_closed(app):
    async with serving(app) as address:
        host, _, port = address.removeprefix("http://").partition(":")
    with socket.create_server((host, int(port))):
        pass


async def test_a_mistake_in_an_own_template_keeps_nobody_from_leaving(tmp_path, now):
    own = tmp_path / "own/web/_page.html.j2"
    own.parent.mkdir(parents=True)
    own.write_text("{{ nothing }}")
    path = tmp_path / "config.toml"
    path.write_text(CONFIG + '[paths]\ntemplates = "own"\n', encoding="utf-8")
    with open_app(load_config(path, environ={}), at=now) as app:
        apply_lists(app, now, by=ITSELF)
        link = unsubscribe_path(app, "members")
        with capture_logs() as logs:
            async with visiting(app) as client:
                asked, left = await client.get(link), await client.post(link)
        assert (asked.status_code, "<form method" in asked.text, left.status_code) == (200, True, 200)
        assert statuses(app) == LEFT_MEMBERS
    assert all("_page.html.j2, line 1: 'nothing' is undefined" in entry["error"] for entry in logs)
    assert len(logs) == 2


async def test_a_page_that_fails_carries_the_same_headers_and_tells_nothing(app, now):
    made = campaign(app, now)
    with app.store.write() as connection:
        connection.exec_driver_sql("UPDATE campaigns SET rendered = 'damaged'")
    async with visiting(app) as client:
        answer = await client.get(app.link(Scope.VIEW, made.id).removeprefix("https://digest.example.org"))
        sound = await client.get("/sample")
    assert (answer.status_code, answer.text) == (500, "Something went wrong here; please try again later.\n")
    for name in ("content-security-policy", "referrer-policy", "x-content-type-options", "cache-control"):
        assert answer.headers[name] == sound.headers[name]
