"""A finger hits the link it means: what stands alone is 44 pixels high, and no two of them overlap."""

from itertools import combinations

import pytest

pytestmark = [pytest.mark.service("chromium"), pytest.mark.enable_socket]

# Links inside a sentence or a heading are as high as their line (WCAG 2.5.8 exempts them).
STAND_ALONE = {".contents a": 3, ".addto a": 9, ".links a": 3}


def boxes_of(page, selector):
    return [target.bounding_box() for target in page.locator(selector).all()]


def overlap(one, other):
    return all(
        one[start] < other[start] + other[size] - 0.5 and other[start] < one[start] + one[size] - 0.5
        for start, size in (("x", "width"), ("y", "height"))
    )


@pytest.mark.parametrize("width", [320, 375])
@pytest.mark.parametrize("selector", STAND_ALONE)
def test_links_of_a_mail_that_stand_alone_are_as_high_as_a_finger(look, selector, width):
    boxes = boxes_of(look("edition", width=width), selector)
    assert len(boxes) == STAND_ALONE[selector]
    assert min(box["height"] for box in boxes) >= 44


@pytest.mark.parametrize("width", [320, 375, 1200])
def test_no_two_links_of_a_mail_lie_on_each_other(look, width):
    boxes = boxes_of(look("edition", width=width), "a[href]")
    assert len(boxes) > 15
    assert [pair for pair in combinations(boxes, 2) if overlap(*pair)] == []


@pytest.mark.parametrize(("name", "selector", "count"), [("unsubscribe", "button", 1), ("event", ".calendar a", 3)])
def test_what_is_pressed_on_a_page_is_as_high_as_a_finger(look, name, selector, count):
    boxes = boxes_of(look(name, width=320), selector)
    assert len(boxes) == count
    assert min(box["height"] for box in boxes) >= 44
    assert not any(overlap(*pair) for pair in combinations(boxes, 2))


def test_the_unsubscribe_button_is_reached_and_pressed_with_the_keyboard_alone(look):
    page = look("unsubscribe")
    page.evaluate("document.forms[0].addEventListener('submit', e => { e.preventDefault(); document.title = 'sent'; })")
    while page.evaluate("document.activeElement.tagName") != "BUTTON":
        page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert page.title() == "sent"
