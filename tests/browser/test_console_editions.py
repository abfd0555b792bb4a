"""An edition reviewed in a browser: arranged, approved, and arriving so; and two browsers at one edition."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes, policy

import pytest
from console_visit import ADMIN, EDITOR
from desk_visit import NAME, prepare, with_posts

from browser.test_sign_up import Site
from digest.app import open_app
from digest.config import load_config
from digest.core import campaigns, editions, organisers
from digest.core.people import apply_lists
from digest.model import ITSELF

pytestmark = [pytest.mark.service("chromium"), pytest.mark.enable_socket]


@pytest.fixture
def site(tmp_path, now, empty_store):
    path = tmp_path / "config.toml"
    path.write_text(with_posts(tmp_path).replace('url = "https://digest.example.org"\n', ""), encoding="utf-8")
    with open_app(load_config(path, environ={}), at=now) as app:
        apply_lists(app, now, by=ITSELF, confirmed=True)
        with ThreadPoolExecutor(1) as apart:  # from the loop of the browser
            apart.submit(prepare, app).result()
        with Site(app).up() as up:
            yield up


@pytest.fixture
def enter(windows, site):
    """A browser of their own for somebody who is signed in, at the edition's page."""
    contexts = []

    def enter(email, *, script=True):
        context = windows[1].context.browser.new_context(java_script_enabled=script)
        contexts.append(context)
        page = context.new_page()
        link = organisers.sign_in_link(site.app, email, site.app.now, by=ITSELF)
        page.goto(site.address + link[link.index("/console") :])
        page.get_by_role("button", name="Sign in now").click()
        page.goto(f"{site.address}/console/editions/{NAME}")
        return page

    yield enter
    for context in contexts:
        context.close()


async def sent(app):
    """What is due goes through the embedded SMTP server."""
    return [one async for one in campaigns.send_due(app, app.now)]


def titles(page):
    return page.locator("article.item h3").all_inner_texts()


def test_an_edition_is_arranged_and_approved_without_script_and_arrives_so(site, enter):
    page = enter(ADMIN, script=False)
    first, second, third, fourth = titles(page)
    page.get_by_role("button", name=f"Drop: {third}").click()
    page.get_by_role("button", name=f"Move up: {second}").click()
    assert titles(page) == [second, first, fourth]
    page.get_by_label("Subject", exact=True).fill("What grows <now>")
    page.get_by_label("Your note to the readers").fill("Dear *all*")
    page.get_by_role("button", name="Save").first.click()
    shown = page.frame_locator("iframe").locator("body")
    assert "Dear all" in shown.inner_text()
    assert third not in shown.inner_text()
    page.get_by_role("button", name="Approve").click()
    assert "Approved" in page.get_by_role("status").inner_text()
    asyncio.run_coroutine_threadsafe(sent(site.app), site._loop).result()
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in site.app.mailbox.glob("new/*")]
    (mail,) = [one for one in mails if one["delivered-to"] == "bo@example.org"]
    text = mail.get_body(("plain",)).get_content()
    assert mail["subject"] == "What grows <now>"
    assert "Dear all" in text
    assert third not in text
    assert text.index(second) < text.index(first) < text.index(fourth)


def test_two_browsers_that_edit_one_edition_lose_nothing(site, enter):
    ada, eve = enter(ADMIN), enter(EDITOR)
    first, *rest = titles(ada)
    eve.get_by_role("button", name=f"Drop: {first}").click()
    assert titles(eve) == rest
    ada.get_by_label("Your note to the readers").fill("Written for an hour")
    ada.get_by_role("button", name="Save").first.click()
    assert f'drop "{first}"' in ada.get_by_role("main").inner_text()
    assert ada.get_by_label("Your note to the readers").input_value() == "Written for an hour"
    ada.get_by_role("button", name="Do it nevertheless").click()
    assert titles(ada) == rest
    assert editions.current_named(site.app, NAME).edition.note == "Written for an hour"
