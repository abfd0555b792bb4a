import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.render.plain import keep_numbers, one_line, reflow, shorten, tidy, underline, wrap


@given(st.text())
def test_one_line_is_one_line_and_says_it_twice_alike(text):
    line = one_line(text)
    assert len(line.splitlines()) <= 1 or re.search("[\x1c-\x1e]", line) is None
    assert not re.search("[\n\r\x0b\x0c\x85\u2028\u2029]", line)
    assert one_line(line) == line


@pytest.mark.parametrize("text", ["5\u00a0pm", "a  b", "👩‍👩‍👧‍👦", "नमस्ते", "{{ x }} [[ y", "שלום"])
def test_one_line_changes_nothing_inside_a_line(text):
    assert one_line(text) == text


def test_one_line_drops_what_no_mail_may_carry():
    assert one_line("a\x00b\ud800c\x1b[1md\r\n\r\ne") == "abc[1md e"


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])))
def test_wrapping_loses_no_word_and_breaks_only_at_spaces(text):
    lines = wrap(text, "  ").split("\n")
    # A word of nothing but no-break spaces shows nothing, and may go.
    shown = [word for line in lines for word in line.split(" ") if word.strip()]
    assert shown == [word for word in one_line(text).split(" ") if word.strip()]
    assert all(len(line) <= 72 or " " not in line.strip(" ") for line in lines)


def test_a_long_url_stays_whole():
    url = "https://growers.example.org/" + "a-very-long-path/" * 9
    assert url in wrap(f"See {url} for the rest of it").split("\n")


def test_rewrapped_lines_hang_under_their_bullet_number_or_quotation_mark():
    words = "one two three four five six"
    assert reflow(f"- {words}", 16) == "- one two three\n  four five six"
    assert reflow(f"12. {words}", 16) == "12. one two\n    three four\n    five six"
    assert reflow(f"> {words}", 16) == "> one two three\n> four five six"


def test_a_paragraph_with_a_line_too_long_is_wrapped_anew_as_a_whole():
    assert reflow("one two three four five\nsix\nseven", 16) == "one two three\nfour five six\nseven"
    assert reflow("> one two three four\n> five", 16) == "> one two three\n> four five"
    assert reflow("- one two three four\n  five\n- six", 16) == "- one two three\n  four five\n- six"


@pytest.mark.parametrize(
    "below",
    ["\nfive", "# five", "- five", "1. five", "> five", "| five |", "---", "```\nfive\nsix\n```", "    five"],
)
def test_what_begins_something_else_is_not_drawn_into_the_paragraph_above(below):
    assert reflow(f"one two three four\n{below}", 16) == f"one two three\nfour\n{below}"


def test_a_line_that_its_organiser_ended_stays_ended():
    assert reflow("one two three four  \nfive\\\nsix", 16) == "one two three\nfour\nfive\\\nsix"


@given(st.lists(st.text("abc #->|`1.\\", max_size=40), max_size=8))
def test_reflowing_loses_no_word(lines):
    text = "\n".join(lines)
    assert sorted(re.findall("[abc]+", reflow(text, 16))) == sorted(re.findall("[abc]+", text))


def test_a_bullet_hangs_out_of_its_paragraph():
    assert wrap("one two three four", "  ", 16, first="* ") == "* one two three\n  four"


def test_a_number_stays_with_the_word_after_it():
    assert keep_numbers("Sat 5 December, 10 am – 3 pm") == "Sat 5\u00a0December, 10\u00a0am – 3\u00a0pm"


def test_lines_that_fit_are_left_as_their_organiser_wrote_them():
    text = "# Water\n\n* a  b\n* c\n\n    tap 2: off"
    assert reflow(text) == text


def test_a_heading_is_underlined_to_its_length():
    assert underline("Coming up") == "Coming up\n---------"


def test_tidying_leaves_one_blank_line_at_most():
    assert tidy("\n\na  \n\n\n \nb\n") == "a\n\nb\n"


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1), st.integers(5, 40))
def test_a_shortened_text_fits_unless_its_first_word_does_not(text, limit):
    short = shorten(text, limit)
    assert len(short) <= limit or " " not in text[: limit - 1]
