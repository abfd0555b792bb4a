import json
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collect import Document, Fetched, Found, parse
from digest.collect.resolve import resolve
from digest.config import SourceConfig
from digest.errors import SourceError

CASES = Path(__file__).parents[1] / "cases" / "feed"
SAMPLE = Path(__file__).parents[2] / "examples" / "feed.xml"
SOURCE = SourceConfig(name="blog", kind="feed", url="https://hedgerow.example.org/feed")
DEFAULTS = Found(key="", title="")
SEEN = datetime(2026, 11, 23, 8, tzinfo=UTC)


def entries(content, content_type=None):
    page = Document(name="feed", content=content, url="https://hedgerow.example.org/feed", content_type=content_type)
    return parse(SOURCE, Fetched(documents=(page,)), around=SEEN).found


def told(found):
    """Everything that differs from an empty item, as JSON has it."""
    values = {field.name: getattr(found, field.name) for field in fields(found)}
    shown = {name: value for name, value in values.items() if name != "aliases" and value != getattr(DEFAULTS, name)}
    return json.loads(json.dumps(shown, default=lambda moment: moment.isoformat()))


@pytest.mark.parametrize("case", sorted(path.stem for path in CASES.glob("*.xml")))
def test_a_feed_is_read_entry_by_entry(case):
    expected = json.loads((CASES / f"{case}.json").read_text(encoding="utf-8"))
    assert [told(found) for found in entries((CASES / f"{case}.xml").read_bytes())] == expected


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


ENTRY = "<item><title>{0}</title><link>{1}</link><guid isPermaLink='false'>{2}</guid></item>"


def keys(*items):
    body = "".join(ENTRY.format(*item) for item in items)
    return [found.key for found in entries(f"<rss version='2.0'><channel>{body}</channel></rss>".encode())]


def test_an_entry_keeps_its_key_when_its_identifier_or_its_title_changes():
    (key,) = keys(("Taps", "https://example.org/taps", "a1"))
    assert keys(("Taps", "https://example.org/taps", "b2")) == [key]
    assert keys(("Taps, mended", "http://www.example.org/taps/?utm_medium=rss", "a1")) == [key]


def test_of_entries_that_share_a_link_the_oldest_is_known_by_it_and_the_others_by_their_identifiers():
    link = "https://example.org/n"
    assert keys(("Two", link, "2"), ("One", link, "1")) == ["2", link]


@pytest.mark.parametrize("guid", ["{}", "", "https://example.org/?p={}", "tag:example.org,2026:{}"])
def test_an_entry_keeps_its_key_when_a_newer_one_joins_with_the_same_link(guid):
    link = "https://example.org/notices"
    (first,) = keys(("One", link, guid.format(1)))
    second, still_first = keys(("Two", link, guid.format(2)), ("One", link, guid.format(1)))
    assert still_first == first != second


def test_the_oldest_is_told_by_its_date_wherever_it_stands():
    entry = (
        "<item><title>{0}</title><link>https://example.org/n</link><pubDate>{0} Nov 2026 08:00:00 GMT</pubDate></item>"
    )

    def read(*days):
        body = "".join(entry.format(day) for day in days)
        found = entries(f"<rss version='2.0'><channel>{body}</channel></rss>".encode())
        return {one.title: one.key for one in found}

    assert read("19", "20", "21")["19"] == read("21", "19", "20")["19"] == read("19")["19"]


def test_an_identifier_that_is_an_address_tells_apart_what_comes_alone_on_a_shared_page():
    link = "https://example.org/notices"
    assert keys(("One", link, "https://example.org/?p=1")) != keys(("Two", link, "https://example.org/?p=2"))


def test_one_picture_and_all_links_come_from_the_sites_own_addresses_when_a_feed_is_a_file():
    document = Document(name="feed.xml", content=(CASES / "pictures.xml").read_bytes())
    found = parse(SOURCE, Fetched(documents=(document,)), around=SEEN).found
    assert found[0].url == "https://hedgerow.example.org/1"
    assert found[0].image_url == "https://hedgerow.example.org/big.png"


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
