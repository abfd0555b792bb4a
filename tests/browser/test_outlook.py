"""Classic Outlook takes no style sheet and little of CSS: what Word leaves must still be a mail."""

import runpy
from pathlib import Path

import pytest

from browser.contrast import weak
from browser.sights import MAILS

pytestmark = [pytest.mark.service("chromium"), pytest.mark.enable_socket]

WORD = runpy.run_path(str(Path(__file__).parents[2] / "docs/looks/word.py"))
BRIEF = [name for name in MAILS if "long words" not in name and "wide" not in name]  # Word breaks no word


@pytest.fixture
def look_in_word(look, html_of_sight):
    return lambda name: look(WORD["as_word_shows_it"](html_of_sight(name)))


@pytest.mark.parametrize("name", MAILS)
def test_nothing_is_lost_in_classic_outlook(look, look_in_word, name):
    said = look(name).locator("body").inner_text().lower().split()
    assert look_in_word(name).locator("body").inner_text().lower().split() == said


@pytest.mark.parametrize("name", MAILS)
def test_every_word_can_be_told_from_what_is_behind_it_in_classic_outlook(look_in_word, name):
    assert weak(look_in_word(name)) == []


@pytest.mark.parametrize("name", BRIEF)
def test_the_mail_is_600_pixels_wide_in_the_middle_in_classic_outlook(look_in_word, name):
    box = look_in_word(name).locator("h1").locator("xpath=ancestor::table[@width='600']").last.bounding_box()
    assert [box["x"], box["width"]] == [300, 600]
