"""A committee prints the mail, or its page on the web: black on white, what is pressed left out, pages that end."""

import pytest

from browser.contrast import CONTRASTS

pytestmark = [pytest.mark.service("chromium"), pytest.mark.enable_socket]

MAILS = ["edition", "edition as a letter", "edition as a magazine", "announcement as a letter"]


@pytest.fixture
def on_paper(look):
    def on_paper(name, scheme="light"):
        page = look(name, width=718, scheme=scheme)
        page.emulate_media(media="print", color_scheme=scheme)
        return page

    yield on_paper
    look("message").emulate_media(media="screen")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", MAILS)
def test_every_word_of_a_printed_mail_is_black_on_white(on_paper, name, scheme):
    told = on_paper(name, scheme).evaluate(CONTRASTS)
    assert len(told) > 20
    assert {round(contrast) for _, contrast, _ in told} == {21}


@pytest.mark.parametrize("name", MAILS)
def test_what_is_pressed_is_not_printed_and_every_item_is(on_paper, name):
    page = on_paper(name)
    assert page.get_by_role("heading", name="Orchard coordinator").first.is_visible()
    for pressed in (".contents", ".addto", ".links", ".button"):
        assert not any(one.is_visible() for one in page.locator(pressed).all()), pressed


@pytest.mark.parametrize("name", MAILS)
def test_nothing_that_holds_items_keeps_a_page_from_ending(on_paper, name):
    """An inline block is laid on one page, however long it is: what does not fit is lost."""
    around = """e => {
      const found = [];
      for (let up = e.parentElement; up; up = up.parentElement) found.push(getComputedStyle(up).display);
      return found;
    }"""
    found = on_paper(name).get_by_role("heading", name="Orchard coordinator").first.evaluate(around)
    assert "block" in found
    assert not {"inline-block", "flex", "grid"} & set(found)


def test_a_page_of_the_archive_is_printed_without_what_leads_on(on_paper):
    page = on_paper("archived edition")
    assert page.get_by_role("heading", name="Orchard coordinator").first.is_visible()
    assert not page.locator(".turn").is_visible()
