"""A title is freed of what stands beside it anyway: never emptied, and nothing is lost."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_edition import ZONE, edition, event, render, section, text_of, vacancy

from digest.render.titles import freed

PARTS = st.sampled_from(
    [
        "Gardener",
        "Gardener (part time)",
        "Oak Trust",
        "OAK TRUST.",
        "£27,400",
        "£27,400 pro rata",
        "Hexby",
        "",
        "-",
        "7",
    ]
)
LINES = st.lists(
    st.sampled_from(["Oak Trust", "£27,400 pro rata", "Hexby", "Hexby; Online", "", None, "Room 7"]) | st.text(),
    max_size=4,
)
TITLES = st.lists(PARTS | st.text(max_size=9), min_size=1, max_size=6).flatmap(
    lambda parts: st.sampled_from([" - ", " – ", " | ", " · ", "-", ", "]).map(lambda between: between.join(parts))
)


def plain(words):
    return " ".join(words.split()).casefold().strip(" .,;:")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Garden Coordinator (part time) - £27,400 pro rata - Oak Trust", "Garden Coordinator (part time)"),
        ("Oak Trust – Garden Coordinator", "Garden Coordinator"),
        ("Garden Coordinator | £27,400 | three days", "Garden Coordinator | three days"),
        ("Garden Coordinator - Oak Trust Nursery", "Garden Coordinator - Oak Trust Nursery"),
        ("Garden Coordinator at Oak Trust", "Garden Coordinator at Oak Trust"),
        ("Oak Trust - £27,400", "Oak Trust - £27,400"),
        ("Co-ordinator-Oak Trust", "Co-ordinator-Oak Trust"),
        ("Evening course - 27", "Evening course - 27"),
    ],
)
def test_what_a_line_beside_it_tells_leaves_the_title(title, expected):
    assert freed(title, ("Oak Trust", None, "£27,400 pro rata")) == expected


@given(TITLES | st.text(), LINES)
def test_a_title_is_never_emptied_and_what_leaves_it_is_told_beside_it(title, lines):
    left = freed(title, lines)
    assert bool(left.strip()) == bool(title.strip())
    told = [plain(one) for one in lines if one]
    words = [word for word in title.split() if word not in left.split()]
    assert all(any(plain(word) in one for one in told) for word in words if plain(word).strip("-–—|·•/"))
    assert freed(left, lines) == left


@given(st.text() | TITLES)
def test_a_title_beside_which_nothing_stands_stays_as_it_is(title):
    assert freed(title, (None, "")) == title


def test_in_a_mail_title_and_line_tell_each_fact_once():
    told = text_of(
        render(
            edition(
                section(
                    vacancy("Coordinator - £27,400 - Oak Trust", employer="Oak Trust", salary="£27,400 pro rata"),
                    vacancy("Coordinator of Oak Trust", "v2", employer="Oak Trust"),
                ),
                section(
                    event("Winter meeting - Hexby", starts_at=datetime(2026, 12, 1, 19, tzinfo=ZONE), location="Hexby")
                ),
            )
        )
    )
    assert "* Coordinator\n  Oak Trust · £27,400 pro rata\n" in told
    assert told.count("Oak Trust") == 2
    assert "* Winter meeting\n" in told
