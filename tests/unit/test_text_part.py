"""Markdown as mails understand it, and the plain-text part that is made of it."""

import re

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.render.plain import reflow
from digest.text.markup import markdown_to_html, sanitise, text_part

WIDE = "a cell of a good many words that leaves no room"


def told(markdown):
    return text_part(markdown_to_html(markdown))


@pytest.mark.parametrize(
    ("title", "size"),
    [
        ("=400x300", {"width": "400", "height": "300"}),
        ("=400", {"width": "400"}),
        ("The six taps =400x300", {"width": "400", "height": "300", "title": "The six taps"}),
        ("a=400x300", {"title": "a=400x300"}),
        ("=400x300 taps", {"title": "=400x300 taps"}),
    ],
)
def test_a_picture_s_size_ends_its_title(title, size):
    html = markdown_to_html(f'![Six taps](https://growers.example.org/taps.png "{title}")')
    picture = lxml.html.fragment_fromstring(html).find("img")
    assert dict(picture.attrib) == {"src": "https://growers.example.org/taps.png", "alt": "Six taps"} | size


def test_a_table_keeps_its_alignment_and_says_what_its_headings_head():
    table = lxml.html.fragment_fromstring(markdown_to_html("| Site | Taps |\n|---|--:|\n| Lane | 3 |\n"))
    assert [dict(cell.attrib) for cell in table.iter("th")] == [{"scope": "col"}, {"scope": "col", "align": "right"}]
    assert [dict(cell.attrib) for cell in table.iter("td")] == [{}, {"align": "right"}]


def test_a_link_alone_in_its_paragraph_is_a_button_when_its_title_says_so():
    assert told('[Book *now*](https://e.test/book "button")') == "Book now:  \nhttps://e.test/book"


@pytest.mark.parametrize(
    "markdown",
    [
        '[Book](https://e.test/book "Button")!',
        'Now [book](https://e.test/book "button")',
        '[Book](https://e.test/book "a button")',
        '- [Book](https://e.test/book "button")',
    ],
)
def test_any_other_link_stays_a_link(markdown):
    words, _, address = told(markdown).partition("\n\n[1] ")
    assert "ook [1]" in words
    assert address == "https://e.test/book"


def test_links_are_numbered_through_and_their_addresses_stand_below_their_paragraph():
    assert told("See [a](https://e.test/a) and [b](https://e.test/b).\n\nOr [c](https://e.test/c).\n\nEnd.") == (
        "See a [1] and b [2].\n\n[1] https://e.test/a  \n[2] https://e.test/b\n\n"
        "Or c [3].\n\n[3] https://e.test/c\n\nEnd."
    )


def test_headings_are_underlined_as_they_are_heard():
    assert told("# Taps\n\n## Where\n\n### How") == "Taps\n====\n\nWhere\n-----\n\nHow"


def test_a_quotation_is_marked_on_every_line_also_after_wrapping():
    marked = told("> One.\n>\n> - two\n>   - three\n\nAfter")
    assert marked == "> One.\n>\n> - two\n>   - three\n\nAfter"
    assert reflow("> - one two three four", 16) == "> - one two\n>   three four"


def test_lists_keep_their_numbers_and_their_depth():
    assert told("3. a\n4. b\n   - c\n\n     d\n") == "3. a\n4. b\n   - c\n   \n     d".replace("   \n", "\n")


def test_a_table_stands_in_columns_with_numbers_to_the_right():
    markdown = "| Site | Taps |\n|---|--:|\n| Lane | 3 |\n| Upper field | |\n"
    assert told(markdown) == "Site         Taps\n-----------  ----\nLane            3\nUpper field"


def test_a_table_too_wide_for_columns_is_told_row_by_row():
    markdown = f"| Site | Why |\n|---|---|\n| {WIDE} | {WIDE} |\n| Lane | |\n"
    assert told(markdown) == f"Site: {WIDE}  \nWhy: {WIDE}\n\nSite: Lane"


def test_lines_that_their_writer_ended_stay_ended():
    lines = "Joan, who has looked after these taps for longer than anybody,\\\nsite secretary of Cinder Lane"
    assert reflow(told(lines), 40).endswith("anybody,\nsite secretary of Cinder Lane")


def test_code_is_set_in_and_kept_as_written():
    assert told("```\ntap  2\n  off\n```") == "    tap  2\n      off"


@given(
    st.recursive(
        st.text("ab <", max_size=8).map(lambda text: text.replace("<", "&lt;")),
        lambda inner: st.tuples(
            st.sampled_from(["p", "ul", "li", "blockquote", "table", "tr", "td", "em", "h2", "pre", "dl", "dd", "a"]),
            st.lists(inner, max_size=3),
        ).map(lambda made: f"<{made[0]}>{''.join(made[1])}</{made[0]}>"),
        max_leaves=8,
    )
)
def test_every_word_of_any_markup_is_told_in_its_order(html):
    clean = sanitise(html)
    shown = "".join(lxml.html.fragment_fromstring(clean, create_parent="div").itertext()) if clean.strip() else ""
    assert re.findall("[ab]", text_part(clean)) == re.findall("[ab]", shown)
