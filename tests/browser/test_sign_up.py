"""Signing up in a browser without script: from the form to the welcome, by the mails in the embedded mailbox."""

import asyncio
import re
import threading
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from digest.app import open_app
from digest.config import Config
from digest.core import people as verbs
from digest.store import people
from digest.store.people import Status
from digest.web import serving

pytestmark = [pytest.mark.service("chromium"), pytest.mark.enable_socket]

TABLES = {
    "network": {"name": "Growers"},
    "sender": {"email": "digest@example.org"},
    "smtp": {"host": "embedded"},
    "web": {"port": 0},
    "lists": [
        {"name": "members", "title": "Members", "signup": "open", "description": "Every Friday: what is new."},
        {"name": "jobs", "title": "Vacancies", "signup": "open"},
    ],
}


class Site:
    """The pages on their real server, beside the browser's own event loop."""

    def __init__(self, app):
        self.app, self.address = app, ""
        self._loop, self._over, self._up = asyncio.new_event_loop(), asyncio.Event(), threading.Event()

    @contextmanager
    def up(self):
        thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))
        thread.start()
        self._up.wait()
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._over.set)
            thread.join()
            self._loop.close()

    async def _serve(self):
        async with serving(self.app) as self.address:
            self._up.set()
            await self._over.wait()

    def set_clock(self, time):
        object.__setattr__(self.app, "clock", lambda: time)

    def letter(self):
        """The text of the one letter that goes by now."""
        before = set(self.app.mailbox.glob("new/*"))
        sending = verbs.send_letters(self.app, self.app.now)
        asyncio.run_coroutine_threadsafe(sending, self._loop).result()
        (new,) = set(self.app.mailbox.glob("new/*")) - before
        return message_from_bytes(new.read_bytes(), policy=policy.default).get_body(("plain",)).get_content()


@pytest.fixture
def site(tmp_path, now, empty_store):
    config = Config.model_validate(TABLES).model_copy(update={"base": tmp_path})
    with open_app(config) as app, Site(app).up() as up:
        up.set_clock(now)
        yield up


@pytest.fixture
def page(windows):
    context = windows[0].context.browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 700})
    yield context.new_page()
    context.close()


def test_from_the_form_to_the_welcome_without_script(site, page, now):
    page.goto(f"{site.address}/subscribe")
    page.get_by_label("Members").check()
    page.get_by_label("Email address").fill("ada@example.org")
    page.get_by_label("Name").fill("Ada Thorn")
    with page.expect_navigation():  # which a key, unlike a click, does not wait for
        page.keyboard.press("Enter")
    assert page.locator("h1").inner_text() == "One more step"  # nobody types as fast as that
    site.set_clock(now + timedelta(seconds=5))
    page.get_by_role("button").click()
    assert page.locator("h1").inner_text() == "Look into your mailbox"
    link = re.search(r"/confirm/[\w-]+", site.letter())[0]
    page.goto(f"{site.address}{link}")
    assert "writes to you through: Members." in page.locator("main").inner_text()
    page.get_by_role("button", name="Yes, write to me").click()
    assert page.locator("h1").inner_text() == "Welcome!"
    assert "From now on Growers writes to you through: Members." in " ".join(site.letter().split())
    with site.app.store.read() as connection:
        found = people.find(connection, "ada@example.org")
        assert {name: status for name, (status, _) in people.memberships(connection, found[0]).items()} == {
            "members": Status.ACTIVE
        }
        assert found[1].name == "Ada Thorn"


def test_every_field_has_its_label_and_what_went_wrong_is_announced(look):
    page = look("subscribe", width=320)
    assert page.get_by_role("alert").count() == 1
    named = [page.get_by_role("checkbox").nth(n).evaluate("e => e.labels.length") for n in range(3)]
    assert named == [1, 1, 1]
    assert page.get_by_label("Email address").get_attribute("autocomplete") == "email"
    assert page.get_by_role("group", name="What would you like?").count() == 1
    heights = [one.bounding_box()["height"] for one in page.locator(".field input, button, .choice label").all()]
    assert min(heights) >= 44


def test_a_browser_does_the_work_that_is_asked_for(tmp_path, now, empty_store, windows):
    pytest.importorskip("altcha")
    tables = TABLES | {"web": {"port": 0, "altcha": True}}
    config = Config.model_validate(tables).model_copy(update={"base": tmp_path})
    context = windows[0].context.browser.new_context()
    page = context.new_page()
    with open_app(config) as app, Site(app).up() as site:
        site.set_clock(now)
        page.goto(f"{site.address}/subscribe")
        site.set_clock(now + timedelta(seconds=5))
        page.get_by_label("Members").check()
        page.get_by_label("Email address").fill("ada@example.org")
        page.locator("button:enabled").click(timeout=60_000)
        assert page.locator("h1").inner_text() == "Look into your mailbox"
    context.close()
