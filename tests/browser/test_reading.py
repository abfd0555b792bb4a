"""What a screen reader says, in which order, and what remains where no image is shown."""

import re
from itertools import pairwise

import pytest

from browser.sights import MAILS, SIGHTS

pytestmark = [pytest.mark.service("chromium"), pytest.mark.enable_socket]


@pytest.mark.parametrize("name", SIGHTS)
def test_headings_are_read_from_top_to_bottom_beginning_with_the_only_h1(look, name):
    headings = look(name, width=375).get_by_role("heading").all()
    levels = [int(heading.evaluate("e => e.tagName[1]")) for heading in headings]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))
    tops = [heading.bounding_box()["y"] for heading in headings]
    assert tops == sorted(tops)


@pytest.mark.parametrize("name", SIGHTS)
def test_the_language_and_the_title_are_told(look, name):
    page = look(name)
    assert page.locator("html").get_attribute("lang") == ("ar" if name.endswith("Arabic") else "en-GB")
    assert re.search(r"\w{4}", page.title())


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_is_one_article_in_which_the_layout_s_tables_are_not_announced(look, name):
    page = look(name)
    assert page.get_by_role("article").count() == 1
    assert page.get_by_role("table").count() == (1 if name == "announcement with a wide table" else 0)


def test_what_is_said_follows_what_is_seen(look):
    said = look("edition", width=375).locator("body").aria_snapshot()
    order = ["Allotment & Growing Network", 'heading "Weekly digest"', "2 vacancies", "Orchard coordinator"]
    order += ["Closes in 3 days", "Winter meeting", "6:30–8:30 pm", "Google Calendar", "Leaf mould", "Unsubscribe"]
    places = [said.index(words) for words in order]
    assert places == sorted(places)


def test_the_hidden_line_is_not_seen(look):
    page = look("edition", width=375)
    assert not page.locator("body > div").first.is_visible()


@pytest.mark.parametrize("name", ["edition with a logo", "announcement of long words"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_where_no_image_is_shown_its_words_are(look, name, scheme):
    page = look(name, width=375, scheme=scheme)
    image = page.locator("img").first
    assert image.evaluate("e => e.naturalWidth") == 0
    with_words = image.screenshot()
    image.evaluate("e => { e.style.color = 'transparent'; }")
    assert image.screenshot() != with_words


def test_without_the_logo_the_mail_says_all_it_says_without_one(look):
    said = look("edition", width=375).locator("body").inner_text()
    without_image = look("edition with a logo", width=375).locator("body").inner_text()
    name = "Allotment & Growing Network\n"
    assert said.replace(name, "", 1).split() == without_image.split()


def test_arabic_begins_at_the_right_and_english_among_it_at_the_left(look):
    page = look("edition in Arabic", width=375)
    free = """e => {
      const words = document.createRange();
      words.selectNodeContents(e);
      const {left, right} = words.getBoundingClientRect();
      return [left, innerWidth - right];
    }"""
    left, right = page.locator("h2").first.evaluate(free)
    assert left > right
    assert page.get_by_text("Among the others.").evaluate("e => getComputedStyle(e).direction") == "ltr"
