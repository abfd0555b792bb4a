"""Tables lose nothing: what is too wide is wrapped by words, or makes the table wider."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.cli.answers import print_table

WORD = st.text("abcdefghijklmnop.@-", min_size=1, max_size=45)
CELL = st.lists(WORD, max_size=6).map(" ".join)
ROWS = st.integers(1, 6).flatmap(lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=4))


def printed(capsys, rows, **options):
    columns = [f"column {number}" for number in range(len(rows[0]) if rows else 1)]
    print_table(columns, rows, **options)
    return columns, capsys.readouterr().out


def letters(text):
    return Counter(text.replace("─", "").replace(" ", "").replace("\n", ""))


@pytest.mark.parametrize("options", [{}, {"whole": True}, {"wide": True}], ids=["", "whole", "wide"])
def test_every_letter_of_every_cell_is_printed(capsys, options):
    @given(rows=ROWS)
    def every_letter(rows):
        columns, out = printed(capsys, rows, **options)
        assert letters(out) == letters(" ".join([*columns, *(cell for row in rows for cell in row)]))

    every_letter()


def test_a_table_that_can_be_is_no_wider_than_a_terminal_and_what_is_short_stands_in_one_line(capsys):
    words = "a note that goes on for longer than there is room for it beside the others, and is wrapped by its words"
    _, out = printed(capsys, [["2026-11-28 14:40", "ada.thorn@example.org", "approve ahead", words]])
    assert max(map(len, out.splitlines())) <= 80
    assert "2026-11-28 14:40   ada.thorn@example.org   approve ahead" in out
