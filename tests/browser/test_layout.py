"""Mails and pages in a real browser: nothing scrolls sideways, and dark means dark."""

import pytest
from sample_edition import announcement, config, html_of, post, render, rich_edition

from digest.render import Renderer

pytestmark = [pytest.mark.service("chromium"), pytest.mark.enable_socket]

LONG_WORD = "Pflanzenschutzmittelverordnungsänderungsgesetz" * 3


def shown(name):
    renderer = Renderer(config(network={"name": "Allotment & Growing Network of the Upper Valley and Both Banks"}))
    match name:
        case "edition":
            return html_of(render(rich_edition()))
        case "announcement":
            return html_of(renderer.announcement(announcement()))
        case "long word":
            return html_of(renderer.announcement(announcement(subject=LONG_WORD, html=f"<p>{LONG_WORD}</p>")))
        case "item":
            return renderer.page("item", item=post(LONG_WORD, html=f"<p>{LONG_WORD}</p>"))
        case "message":
            return renderer.page("message", title="This link is incomplete", text="Copy it whole from the mail.")
        case _:
            return renderer.page(name, lists=["All members", LONG_WORD])


@pytest.fixture(scope="module")
def browser():
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=options)
        yield browser
        browser.close()


@pytest.mark.parametrize("width", [320, 1200])
@pytest.mark.parametrize(
    "name", ["edition", "announcement", "long word", "unsubscribe", "unsubscribed", "message", "item"]
)
def test_nothing_scrolls_sideways(browser, name, width):
    with browser.new_context(viewport={"width": width, "height": 800}, offline=True) as context:
        page = context.new_page()
        page.set_content(shown(name))
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_a_phone_a_finger_hits_the_calendar_link_it_means(browser):
    with browser.new_context(viewport={"width": 375, "height": 800}, offline=True) as context:
        page = context.new_page()
        page.set_content(shown("edition"))
        heights = [link.bounding_box()["height"] for link in page.locator(".addto a").all()]
    assert len(heights) == 9
    assert min(heights) >= 44


@pytest.mark.parametrize("name", ["edition", "announcement", "unsubscribe"])
def test_the_dark_scheme_shows_light_text_on_dark(browser, name):
    with browser.new_context(color_scheme="dark", offline=True) as context:
        page = context.new_page()
        page.set_content(shown(name))
        brightness = "e => getComputedStyle(e).color.match(/\\d+/g).slice(0, 3).reduce((a, b) => a + +b, 0) / 3"
        assert page.locator("h1").evaluate(brightness) > 180
        assert page.locator("body").evaluate(brightness.replace(".color", ".backgroundColor")) < 60
