"""Steering one's mail in a browser without script, on a small phone, and what the next preview then shows."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from people_pages import CONFIG, fresh_path, opened, preferences, preferences_path, statuses, unsubscribe_path

from digest.core.editions import preview
from digest.store.people import Status
from digest.web import serving

pytestmark = [pytest.mark.service("chromium"), pytest.mark.enable_socket]


@contextmanager
def served(app):
    """The pages on their real server, beside the browser's own event loop; yields their address."""
    loop, over, up, told = asyncio.new_event_loop(), asyncio.Event(), threading.Event(), []

    async def serve():
        async with serving(app) as address:
            told.append(address)
            up.set()
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    up.wait()
    try:
        yield told[0]
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()


POSTS = """\
Leaf mould in two years

Added by Una under Soil

Rake, wet, wait.

A second taps rota

Added by Iain under Water

Who opens the taps, and who shuts them.
"""
SOURCE = '[[sources]]\nname = "posts"\nkind = "export"\npath = "posts.txt"\n'


@pytest.fixture
def app(tmp_path, now, empty_store):
    tmp_path.joinpath("posts.txt").write_text(POSTS, encoding="utf-8")
    with opened(tmp_path, now, config=CONFIG + SOURCE) as app:
        yield app


@pytest.fixture
def site(app):
    with served(app) as address:
        yield address


@pytest.fixture
def page(windows):
    context = windows[0].context.browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 700})
    yield context.new_page()
    context.close()


def heading(page):
    return page.locator("h1").inner_text()


def preview_of(app):
    """The text of the next weekly digest as Ada would get it; apart, since the browser has a loop in this thread."""
    with ThreadPoolExecutor(1) as apart:
        coming = preview(app, app.digest("weekly"), app.now, as_email="ada@example.org")
        return apart.submit(asyncio.run, coming).result().text


def test_what_is_unticked_is_missing_from_the_next_preview_and_there_again_once_it_is_ticked(app, site, page):
    assert "A second taps rota" in preview_of(app)
    assert "\nChoose what you get:\nhttps://digest.example.org/sample\n" in preview_of(app)
    page.goto(site + preferences_path(app))
    page.get_by_label("Water", exact=True).first.uncheck()
    page.get_by_role("button", name="Save").click()
    assert page.get_by_role("status").inner_text().startswith("Saved.")
    assert not page.get_by_label("Water", exact=True).first.is_checked()
    text = preview_of(app)
    assert "Leaf mould in two years" in text
    assert "A second taps rota" not in text
    page.get_by_label("Water", exact=True).first.check()
    page.get_by_role("button", name="Save").click()
    assert "A second taps rota" in preview_of(app)


def test_pausing_until_a_day_and_the_monthly_are_kept_and_shown_again(app, site, page):
    page.goto(site + preferences_path(app))
    page.get_by_label("Monthly digest").check()
    page.get_by_label("The day on which mail comes again").first.fill("2027-01-10")  # and "no pause" still marked
    page.get_by_role("button", name="Save").click()
    assert page.get_by_label("Paused until 10 January 2027").is_checked()
    assert page.get_by_label("Monthly digest").is_checked()
    assert preferences(app)["weekly"].chosen == "monthly"


def test_one_gentler_choice_is_taken_beside_the_button_and_nothing_is_left(app, site, page):
    page.goto(site + unsubscribe_path(app, "members"))
    page.get_by_label("Pause for 3 months").check()
    page.get_by_role("button", name="Pause", exact=True).click()
    assert heading(page) == "What you get"
    assert page.get_by_label("Paused until 23 February 2027").is_checked()
    assert statuses(app)["members"] is Status.ACTIVE


def test_the_first_button_leaves_and_a_mistake_is_taken_back(app, site, page):
    page.goto(site + unsubscribe_path(app, "members"))
    page.keyboard.press("Tab")  # the first that the keyboard reaches
    with page.expect_navigation():  # which a key, unlike a click, does not wait for
        page.keyboard.press("Enter")
    assert heading(page) == "You are unsubscribed"
    assert statuses(app)["members"] is Status.UNSUBSCRIBED
    page.get_by_label("Would you tell us why?").fill("Too often for me")
    page.get_by_role("button", name="Tell the organisers").click()
    assert page.get_by_role("status").inner_text() == "Thank you."
    page.get_by_role("button", name="That was a mistake").click()
    assert page.get_by_role("status").inner_text().startswith("You are back")
    assert statuses(app)["members"] is Status.ACTIVE


def test_a_link_that_was_asked_for_leads_back_onto_a_list(app, site, page):
    page.goto(site + preferences_path(app))
    page.get_by_label("The board").uncheck()
    page.get_by_role("button", name="Save").click()
    page.wait_for_load_state()
    assert page.get_by_label("The board").count() == 0
    page.goto(site + fresh_path(app))
    page.get_by_label("The board").check()
    page.get_by_role("button", name="Save").click()
    assert page.get_by_label("The board").is_checked()
    assert statuses(app)["board"] is Status.ACTIVE


def test_what_is_pressed_is_as_high_as_a_finger_and_every_field_has_its_words(look):
    for name in (
        "unsubscribe or less",
        "unsubscribed just now",
        "preferences by a fresh link",
        "preferences asked for",
    ):
        shown = look(name, width=320)
        for one in shown.locator("button, label.choice, input[type=date], input[type=email]").all():
            assert not one.is_visible() or one.bounding_box()["height"] >= 44, (name, one.inner_text())
        unnamed = """() => [...document.querySelectorAll('input:not([type=hidden]), textarea')]
            .filter(e => !e.labels.length && !e.ariaLabel).length"""
        assert shown.evaluate(unnamed) == 0, name
