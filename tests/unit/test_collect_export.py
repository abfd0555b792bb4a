import json
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.collect import KINDS, Document, Fetched, parse
from digest.config import SourceConfig
from digest.errors import SourceError

CASES = Path(__file__).parents[1] / "cases" / "export"
REAL_PAGE = Path(__file__).resolve().parents[3] / "shared" / "input" / "network-posts.txt"
SAMPLE = Path(__file__).parents[2] / "examples" / "posts.txt"
SEEN = datetime(2026, 11, 23, 8, tzinfo=UTC)
SOURCE = SourceConfig(name="network", kind="export", path=Path("posts.txt"))


def posts(content, source=SOURCE):
    content = content.encode() if isinstance(content, str) else content
    return parse(source, Fetched(documents=(Document(name="posts.txt", content=content),)), around=SEEN).found


@pytest.mark.parametrize("case", sorted(path.stem for path in CASES.glob("*.input")))
def test_a_page_is_divided_into_its_posts(case):
    expected = json.loads((CASES / f"{case}.expected").read_text(encoding="utf-8"))
    found = posts((CASES / f"{case}.input").read_bytes())
    assert [[f.title, f.author, list(f.categories), f.text] for f in found] == expected


def test_line_ends_marks_and_spaces_of_other_systems_change_nothing():
    page = SAMPLE.read_text(encoding="utf-8")
    expected = posts(page)
    assert posts(b"\xef\xbb\xbf" + page.replace("\n", "\r\n").encode()) == expected
    assert posts(page.replace("\n", "  \n")) == expected
    assert posts(page.replace("Added by ", "Added\xa0by\xa0")) == expected
    assert len(expected) == 12


def test_a_key_survives_a_new_post_above_and_an_edit_of_the_body():
    old = "Taps\n\nAdded by Joan\n\nFirst body.\n"
    edited = "Beans\n\nAdded by Ivo\n\nNew.\n\n" + old.replace("First", "Edited")
    assert posts(edited)[1].key == posts(old)[0].key


def test_repeated_titles_are_numbered_from_the_oldest():
    post = "Taps\n\nAdded by Joan under Growing\n\nBody.\n\n"
    (one,) = posts(post)
    two = posts(post * 2)
    three = posts(post * 3)
    assert [f.key for f in two] == [f"{one.key}-2", one.key]
    assert [f.key for f in three] == [f"{one.key}-3", f"{one.key}-2", one.key]


def test_the_same_title_by_another_person_has_another_key():
    first, second = posts("Taps\n\nAdded by Joan\n\nx\n\nTaps\n\nAdded by Ivo\n\ny\n")
    assert first.key != second.key


def test_an_empty_page_holds_nothing():
    assert posts(" \n\n") == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"Just some words.\n", "posts.txt has no post in it"),
        (b"<!DOCTYPE html><html>", "HTML where plain text was promised"),
        (b"Title\n\nAdded by Zo\xeb\n\nBody\n", "line 3: this is not utf-8"),
    ],
)
def test_what_is_no_page_of_posts_is_refused_with_its_place(content, message):
    with pytest.raises(SourceError, match=message):
        posts(content)


def test_the_encoding_of_config_toml_is_used():
    source = SourceConfig(name="network", kind="export", path=Path("posts.txt"), encoding="cp1252")
    assert posts(b"Title\n\nAdded by Zo\xeb\n\n\x80 5\n", source)[0].author == "Zoë"


def test_every_kind_that_config_toml_takes_is_read():
    kinds = get_args(SourceConfig.model_fields["kind"].annotation)
    assert set(kinds) == set(KINDS)
    for kind in kinds:
        assert (
            parse(SourceConfig(name="diary", kind=kind, path=Path("x")), Fetched(documents=()), around=SEEN).found == ()
        )


LINES = st.lists(
    st.sampled_from(["", "", "Added by A", "Added by A under B,C", "Title", "Body text."]) | st.text(max_size=8)
)


@example("\x1b\n\nAdded by A")
@example("Title\n\nAdded by \x1b")
@given(LINES.map("\n".join))
def test_any_page_is_read_or_refused_and_keys_are_unique(page):
    try:
        found = posts(page.encode("utf-8", "replace"))
    except SourceError:
        return
    assert len({f.key for f in found}) == len(found)
    assert all(f.title and f.author for f in found)


@pytest.mark.skipif(not REAL_PAGE.exists(), reason="the network's own page is not beside this checkout")
def test_every_post_of_the_real_page_is_found_whole():
    page = REAL_PAGE.read_text(encoding="utf-8")
    found = posts(REAL_PAGE.read_bytes())
    assert len(found) == 19
    assert sum(not f.categories for f in found) == 3
    assert sum(len(f.categories) > 1 for f in found) == 1
    words = page.replace("•", "-").split()
    rebuilt = []
    for f in found:
        under = f" under {','.join(f.categories)}" if f.categories else ""
        rebuilt += f"{f.title} Added by {f.author}{under} {f.text}".split()
    assert rebuilt == words


def test_a_post_that_is_called_off_keeps_its_key():
    (before,) = posts("Seed swap\n\nAdded by Morag\n\nOn 5 December 2026.\n")
    (after,) = posts("CANCELLED: Seed swap\n\nAdded by Morag\n\nOn 5 December 2026.\n")
    assert after.key == before.key
