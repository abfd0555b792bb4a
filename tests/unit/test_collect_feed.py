import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collect import Document, Fetched, parse, resolve
from digest.config import SourceConfig
from digest.errors import SourceError

CASES = Path(__file__).parents[1] / "cases" / "feed"
SAMPLE = Path(__file__).parents[2] / "examples" / "feed.xml"
SOURCE = SourceConfig(name="blog", kind="feed", url="https://hedgerow.example.org/feed")
SEEN = datetime(2026, 11, 23, 8, tzinfo=UTC)


def entries(content, content_type=None):
    page = Document(name="feed", content=content, url="https://hedgerow.example.org/feed", content_type=content_type)
    return parse(SOURCE, Fetched(documents=(page,)), around=SEEN)


@pytest.mark.parametrize("case", sorted(path.stem for path in CASES.glob("*.xml")))
def test_a_feed_is_read_entry_by_entry(case):
    expected = json.loads((CASES / f"{case}.json").read_text(encoding="utf-8"))
    found = entries((CASES / f"{case}.xml").read_bytes())
    assert [
        {
            "key": f.key,
            "title": f.title,
            "author": f.author,
            "categories": list(f.categories),
            "url": f.url,
            "published_at": f.published_at.isoformat() if f.published_at else None,
        }
        for f in found
    ] == expected


def test_the_body_is_cleaned_and_its_links_are_absolute():
    found = entries((CASES / "rss.xml").read_bytes())[0]
    item = resolve(found, source=SOURCE, first_seen_at=SEEN, zone=ZoneInfo("Europe/London"))
    assert item.html == '<p>Six <a href="https://hedgerow.example.org/plan">taps</a>.</p>'
    assert item.text == "Six taps (https://hedgerow.example.org/plan)."
    assert item.published_at == datetime(2026, 11, 20, 8, tzinfo=UTC)


def test_an_entry_without_a_title_is_called_by_its_first_words():
    found = entries((CASES / "rss.xml").read_bytes())[1]
    item = resolve(found, source=SOURCE, first_seen_at=SEEN, zone=ZoneInfo("Europe/London"))
    assert item.title == "No title, no id."


def test_the_sample_feed_has_six_posts_with_authors_and_dates():
    found = entries(SAMPLE.read_bytes(), "application/atom+xml; charset=utf-8")
    assert len(found) == 6
    assert all(f.author and f.published_at and f.url for f in found)
    assert found[4].categories == ("Soil & Compost", "Growing")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\n<!doctype html><title>x</title>", "source blog: https://hedgerow.example.org/feed: HTML where a feed was"),
        (b"hello", "neither RSS, Atom nor JSON Feed"),
        (b"", "neither RSS, Atom nor JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1"', "the JSON cannot be read"),
        (b'{"items": []}', "JSON, but no JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1"}', "a JSON Feed without items"),
        (b'{"a":' + b"[" * 100_000, "the JSON cannot be read"),
    ],
)
def test_what_is_no_feed_is_refused_by_name(content, message):
    with pytest.raises(SourceError, match=message):
        entries(content)


def test_a_feed_is_never_taken_for_a_path(tmp_path):
    secret = tmp_path / "secret.xml"
    secret.write_bytes(SAMPLE.read_bytes())
    with pytest.raises(SourceError, match="neither RSS"):
        entries(str(secret).encode())


def test_an_empty_feed_holds_nothing():
    assert entries(b'<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title></feed>') == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
FIELDS = [
    "id",
    "url",
    "title",
    "content_html",
    "content_text",
    "summary",
    "date_published",
    "author",
    "authors",
    "tags",
]


@given(st.lists(st.dictionaries(st.sampled_from(FIELDS), JSON), max_size=4))
def test_any_json_feed_is_read_whatever_its_items_hold(items):
    content = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()
    for found in entries(content):
        resolve(found, source=SOURCE, first_seen_at=SEEN, zone=ZoneInfo("America/New_York"))


@given(cut=st.integers(0, 4000), length=st.integers(0, 40), junk=st.binary(max_size=20))
def test_a_damaged_feed_is_read_or_refused(cut, length, junk):
    content = SAMPLE.read_bytes()
    try:
        found = entries(content[:cut] + junk + content[cut + length :])
    except SourceError as error:
        found = ()
        message = str(error)
        assert message.startswith("source blog: ")
    for entry in found:
        resolve(entry, source=SOURCE, first_seen_at=SEEN, zone=ZoneInfo("Europe/London"))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content):
    try:
        assert entries(content) == ()
    except SourceError as error:
        assert str(error).startswith("source blog: ")  # noqa: PT017
