"""What Markdown offers an announcement, in a real browser: a phone's finger, the dark scheme, a narrow screen."""

import pytest
from sample_edition import MONDAY, announcement, config, event, html_of, vacancy

from digest.compose import attach
from digest.render import Renderer
from digest.text.markup import markdown_to_html

pytestmark = [pytest.mark.service("chromium"), pytest.mark.enable_socket]

MARKDOWN = """
[Book your place](https://growers.example.org/book "button")

| Site | Day off | Taps |
|---|---|--:|
| Canal Walk | Tuesday 1 December | 12 |

![The taps](https://growers.example.org/taps.png "=600x300")
"""


@pytest.fixture(scope="module")
def page_at():
    api = pytest.importorskip("playwright.sync_api")
    written = announcement(html=markdown_to_html(MARKDOWN))
    html = html_of(Renderer(config()).announcement(attach(written, [event(), vacancy()], now=MONDAY)))
    with api.sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=options)

        def open_at(width, **settings):
            page = browser.new_page(viewport={"width": width, "height": 800}, offline=True, **settings)
            page.set_content(html)
            return page

        yield open_at
        browser.close()


@pytest.mark.parametrize("width", [320, 375, 600])
def test_tables_pictures_and_cards_do_not_scroll_sideways(page_at, width):
    assert page_at(width).evaluate("document.documentElement.scrollWidth") <= width


def test_a_finger_hits_the_button(page_at):
    assert page_at(375).locator(".press").bounding_box()["height"] >= 44


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_button_keeps_its_colours_in_both_schemes(page_at, scheme):
    colour = "e => [getComputedStyle(e).color, getComputedStyle(e.parentElement).backgroundColor]"
    shown = page_at(600, color_scheme=scheme).locator(".press").evaluate(colour)
    assert shown == ["rgb(255, 255, 255)", "rgb(11, 93, 78)"]
