"""The sample network's archive: what was sent is there for everybody, and nothing in it is anybody's."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from starlette.testclient import TestClient

from digest.app import open_app
from digest.config import Paths, StoreConfig, load_config
from digest.core import announcements, editions, people
from digest.model import ITSELF
from digest.resources import bundled
from digest.store import campaigns, outbox
from digest.store import people as people_store
from digest.tokens import Scope
from digest.web import create_web

MONDAY = datetime(2026, 11, 23, 8, tzinfo=ZoneInfo("Europe/London"))


@pytest.fixture
def app(tmp_path, empty_store):
    config = load_config(bundled("config.toml"), environ={})
    own = {
        "store": StoreConfig(url=f"sqlite:///{tmp_path / 'var' / 'digest.sqlite'}"),
        "paths": Paths(var=tmp_path / "var"),
    }
    with open_app(config.model_copy(update=own), at=MONDAY) as opened:
        people.apply_lists(opened, MONDAY, by=ITSELF)
        yield opened


@pytest.fixture
def client(app):
    return TestClient(create_web(app), base_url=app.config.web.base_url)


async def announce(app, before="", after=""):
    text = (bundled("examples") / "notice.md").read_text(encoding="utf-8")
    assert before in text
    text = text.replace(before, after) if before else text
    draft = await announcements.draft(app, text, name="notice.md", list_names=["members"], now=MONDAY, by=ITSELF)
    return (await announcements.announce(app, draft, MONDAY, by=ITSELF)).report.campaign


def names(client):
    feed = json.loads(client.get("/archive.json").content)
    return [item["url"].rpartition("/")[2] for item in feed["items"]]


async def test_what_was_sent_is_there_and_holds_no_address_no_name_and_no_token_of_anybody(app, client):
    assert names(client) == []
    await editions.prepare(app, app.config.digests[0], MONDAY, by=ITSELF)
    assert names(client) == []  # nobody has it
    await editions.send(app, app.config.digests[0], MONDAY, by=ITSELF)
    notice = await announce(app)
    assert names(client) == [notice, "weekly-2026-W48"]

    pages = [f"/archive/{name}" for name in names(client)]
    pages += ["/", "/archive", "/archive.atom", "/archive.json", "/calendar.ics", "/calendar.ics?category=Growing"]
    answers = {path: client.get(path) for path in pages}
    assert {answer.status_code for answer in answers.values()} == {200}
    shown = "".join(answer.text for answer in answers.values()).replace("\r\n ", "")
    assert "Seed library" in shown
    with app.store.read() as connection:
        lists = people_store.known_lists(connection)
        everybody = [one for name in lists for one in people.members(app, name)]
        tokens = [
            app.link(Scope.UNSUBSCRIBE, one.subscriber_id, *numbers).rpartition("/")[2]
            for one in everybody
            for numbers in ([], *([number] for number in lists.values()), sorted(lists.values()))
        ]
    persons = [one.recipient for one in everybody]
    held = [*(one.address for one in persons), *(one.name for one in persons if one.name), *tokens]
    assert len(held) > 40
    assert [one for one in held if one in shown] == []
    assert [scope for scope in ("/unsubscribe", "/view/", "/preferences", "{slot") if scope in shown] == []


async def test_an_announcement_that_does_not_say_so_is_not_there(app, client):
    await announce(app, "public: yes", "public: no")
    assert names(client) == []


async def test_a_mail_that_is_composed_anew_is_there_again_once_somebody_has_it(app, client):
    await editions.send(app, app.config.digests[0], MONDAY, by=ITSELF)
    with app.store.write() as connection:
        outbox.begin_version(connection, campaigns.by_name(connection, "weekly-2026-W48"))
    assert names(client) == []
