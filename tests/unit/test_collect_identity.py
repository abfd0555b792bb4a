"""Feeds that change what identifies their entries: nothing is told twice, and nothing new is lost."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from digest.collect import Document, Fetched, known_again, parse
from digest.collect.resolve import resolve
from digest.config import SourceConfig

SOURCE = SourceConfig(name="blog", kind="feed", url="https://b.example.org/feed.xml")
NOW = datetime(2026, 11, 29, 10, tzinfo=UTC)
ITEM = (
    "<item><title>{title}</title>{link}<guid isPermaLink='false'>{guid}</guid><description>{text}</description>"
    "<pubDate>{day} Nov 2026 10:00:00 GMT</pubDate></item>"
)


def entry(number, *, link="https://b.example.org/{}", guid="a{}", title="Story {}", text="Body {}", day=20):
    values = (one.format(number) for one in (title, f"<link>{link}</link>" if link else "", guid, text))
    return ITEM.format(day=day, **dict(zip(("title", "link", "guid", "text"), values, strict=True)))


def read(*entries):
    content = "<rss version='2.0'><channel><title>B</title><link>https://b.example.org</link>{}</channel></rss>"
    return parse(
        SOURCE, Fetched(documents=(Document(name="f", content=content.format("".join(entries)).encode()),)), around=NOW
    )


def stored(*entries, before=()):
    return tuple(
        resolve(found, source=SOURCE, first_seen_at=NOW, zone=ZoneInfo("UTC"))
        for found in known_again(read(*entries).found, before)
    )


def keys(items):
    return [item.key for item in items]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"link": "https://b.example.org/new/{}"}),
        ({"link": ""}, {"link": "", "guid": "b{}"}),
        ({"link": "https://b.example.org/"}, {"link": "https://b.example.org/", "guid": "b{}"}),
        ({"guid": "https://b.example.org/?p={}"}, {"guid": "https://new.example.org/?p={}"}),
        ({}, {"guid": "b{}", "title": "Story {}, corrected"}),
        ({}, {"link": "https://b.example.org/new/{}", "title": "Story {}, corrected"}),
    ],
    ids=[
        "new links",
        "new ids, no links",
        "new ids, one link",
        "new lasting ids",
        "new ids and titles",
        "new links, titles",
    ],
)
def test_what_changes_of_an_entry_leaves_it_the_one_that_is_stored(before, after):
    once = stored(*(entry(n, **before) for n in range(3)))
    again = stored(*(entry(n, **after) for n in range(3)), before=once)
    assert keys(again) == keys(once)
    assert keys(stored(*(entry(n, **after) for n in range(3)), before=again)) == keys(once)


@pytest.mark.parametrize(
    "later",
    [
        {"link": "https://b.example.org/new/{}", "guid": "b{}", "day": 27},
        {"link": "", "guid": "b{}", "day": 27},
        {"title": "Another", "text": "Of something else", "link": "https://b.example.org/x"},
    ],
    ids=["said again on a page of its own", "said again, another day", "an id used for something else"],
)
def test_what_is_new_is_not_taken_for_what_is_stored(later):
    once = stored(entry(1))
    (new,) = stored(entry(1, **later), before=once)
    assert new.key not in keys(once)


def test_an_entry_that_is_still_listed_gives_its_key_to_no_other():
    once = stored(entry(1))
    both = stored(entry(1, link="https://b.example.org/copy", title="Story 1"), entry(1, guid="z"), before=once)
    assert len(set(keys(both))) == 2
    assert both[1].key == once[0].key


def test_entries_that_share_an_id_are_all_found_and_the_id_is_complained_about():
    parsed = read(*(entry(n, guid="same") for n in range(3)))
    assert [one.title for one in parsed.found] == ["Story 0", "Story 1", "Story 2"]
    assert len({one.key for one in parsed.found}) == 3
    (told,) = parsed.unreadable
    assert told.startswith('3 entries: they share the id "same"')


def test_an_earlier_form_of_an_entry_with_its_id_and_page_is_left_out_without_a_word():
    parsed = read(entry(1, title="Story, second form"), entry(1))
    assert ([one.title for one in parsed.found], parsed.unreadable) == (["Story, second form"], ())


def test_what_an_older_version_stored_under_a_shared_lasting_id_is_not_told_again():
    guid = "https://b.example.org/everything"
    older = replace(stored(entry(1, guid=guid))[0], known_as=())
    assert older.key == guid
    again = stored(entry(2, guid=guid), entry(1, guid=guid), before=(older,))
    assert again[1].key == guid != again[0].key
