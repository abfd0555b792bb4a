"""Nothing scrolls sideways and nothing is cut off, whatever the window and however long a word is."""

import pytest

from browser.sights import MAILS, SIGHTS

pytestmark = [pytest.mark.service("chromium"), pytest.mark.enable_socket]

# Boxes of text that leave the window, as (words, left, right).
OUTSIDE = """() => {
  const found = [], range = document.createRange();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.data.trim() || !node.parentElement.checkVisibility()) continue;
    range.selectNodeContents(node);
    for (const box of range.getClientRects())
      if (box.left < -0.5 || box.right > innerWidth + 0.5)
        found.push([node.data.trim().slice(0, 30), box.left, box.right]);
  }
  return found;
}"""


@pytest.mark.parametrize("width", [320, 375, 600, 1200])
@pytest.mark.parametrize("name", SIGHTS)
def test_nothing_scrolls_sideways_and_no_word_leaves_the_window(look, name, width):
    page = look(name, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("innerWidth") == width  # a phone would zoom out to show what is too wide
    if name != "item of long words":  # its table scrolls in a box of its own
        assert page.evaluate(OUTSIDE) == []


@pytest.mark.parametrize("name", SIGHTS)
def test_twice_as_large_it_still_fits_a_small_phone(look, name):
    assert look(name, width=375 // 2).evaluate("document.documentElement.scrollWidth") == 375 // 2


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_fills_a_phone_and_is_600_pixels_in_the_middle_of_a_desk(look, name):
    for width, left_and_width in ((375, [0, 375]), (1200, [300, 600])):
        box = look(name, width=width).locator(".card").bounding_box()
        assert [box["x"], box["width"]] == left_and_width
