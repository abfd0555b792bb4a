"""One Chromium for this folder, with a window that is a phone's and one that is a desk's."""

from contextlib import ExitStack
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from browser.sights import SIGHTS

PHONE = 600  # pixels; a narrower window belongs to a phone


@pytest.fixture(scope="package")
def windows():
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=options)
        phone = browser.new_context(offline=True, is_mobile=True, has_touch=True)
        desk = browser.new_context(offline=True)
        yield phone.new_page(), desk.new_page()
        browser.close()


@pytest.fixture(scope="package")
def html_of_sight():
    return cache(lambda name: SIGHTS[name]())


@pytest.fixture
def look(windows, html_of_sight):
    """Show a mail or page, of `SIGHTS` or any HTML; nothing can be fetched, so images stay away."""

    def look(name, *, width=1200, scheme="light"):
        page = windows[0 if width < PHONE else 1]
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        page.set_content(name if "<" in name else html_of_sight(name))
        return page

    return look


@pytest.fixture(scope="package")
def morning():
    return datetime(2026, 11, 23, 8, 0, tzinfo=ZoneInfo("Europe/London"))


@pytest.fixture
def visitor(windows):
    """Make a browser with cookies of its own; it is closed after the test."""
    with ExitStack() as closing:

        def visitor(**settings):
            context = windows[1].context.browser.new_context(**settings)
            closing.callback(context.close)
            return context.new_page()

        yield visitor
