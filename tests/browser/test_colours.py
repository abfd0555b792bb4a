"""Every word stands out from what is behind it, in the light and in the dark scheme (WCAG 2.2, 1.4.3)."""

import pytest
from sample_edition import announcement, config, html_of, render, rich_edition

from browser.contrast import weak
from browser.sights import SIGHTS
from digest.render import Renderer

pytestmark = [pytest.mark.service("chromium"), pytest.mark.enable_socket]

BRIGHTNESS = """([selector, property]) => {
  const parts = getComputedStyle(document.querySelector(selector))[property].match(/\\d+/g).map(Number);
  return (parts[0] + parts[1] + parts[2]) / 3;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", SIGHTS)
def test_every_word_can_be_told_from_what_is_behind_it(look, name, scheme):
    assert weak(look(name, scheme=scheme)) == []


@pytest.mark.parametrize("accent", ["#ffe600", "#000000", "#ffffff", "#ff00ff", "#7f7f7f"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_any_accent_of_a_brand_leaves_every_word_readable(look, accent, scheme):
    brand = {"brand": {"accent": accent}}
    notice = html_of(Renderer(config(**brand)).announcement(announcement()))
    for html in (html_of(render(rich_edition(), **brand)), notice):
        assert weak(look(html, scheme=scheme)) == []


@pytest.mark.parametrize("name", SIGHTS)
def test_the_dark_scheme_shows_light_text_on_dark_and_the_light_one_dark_text_on_light(look, name):
    for scheme, is_dark in (("light", False), ("dark", True)):
        page = look(name, scheme=scheme)
        text, back = page.evaluate(BRIGHTNESS, ["h1", "color"]), page.evaluate(BRIGHTNESS, ["body", "backgroundColor"])
        assert (text > 180, back < 60) == (is_dark, is_dark)


def test_a_fault_in_contrast_is_seen(look):
    html = "<h1>Seen</h1><div style='background:#777'><p style='color:rgb(0 0 0 / 50%)'>Faint</p></div>"
    assert weak(look(html)) == [("Faint", 2.48)]
