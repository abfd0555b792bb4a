"""Which copy of a merged thing says what, and what of it is nobody's word on the thing itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from digest.compose.duplicates import merge
from digest.model import Certainty, Event, Frequency, Origin, Post, Reading, Rhythm, Vacancy

DAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
PAGE = "https://example.org/a"


def post(source, key="1", **facts):
    return Post(**({"title": "Seed swap", "first_seen_at": DAY, "url": PAGE} | facts), source=source, key=key)


def event(source, key="1", **facts):
    return Event(
        **({"title": "Seed swap", "first_seen_at": DAY, "url": PAGE, "starts_at": DAY} | facts), source=source, key=key
    )


def vacancy(source, key="1", **facts):
    return Vacancy(**({"title": "Seed swap", "first_seen_at": DAY, "url": PAGE} | facts), source=source, key=key)


def one(*items):
    (thing,) = merge(items, UTC)
    return thing.item


RICH = {"author": "Una", "summary": "One.", "text": "One and all.", "image_url": PAGE, "categories": ("Seeds",)}


def test_a_vacancy_says_more_than_an_event_and_an_event_more_than_a_post_however_much_they_tell():
    assert isinstance(one(post("a", **RICH), event("b", **RICH), vacancy("c")), Vacancy)
    assert isinstance(one(vacancy("c"), event("b", **RICH)), Vacancy)
    assert isinstance(one(post("a", **RICH), event("b")), Event)


def test_a_post_and_an_event_of_one_page_are_one_thing_with_the_events_date():
    found = one(post("a", published_at=DAY - timedelta(days=9), text="Come."), event("b", location="The Barn"))
    assert (found.kind, found.starts_at, found.location, found.text) == ("event", DAY, "The Barn", "Come.")
    assert found.published_at == DAY - timedelta(days=9)


def test_posts_of_one_title_and_day_are_one_thing_whatever_their_addresses():
    first, second = post("a", url=None, published_at=DAY), post("b", published_at=DAY + timedelta(hours=3))
    assert one(first, second).url == PAGE
    assert len(merge([first, replace(second, published_at=DAY + timedelta(days=1))], UTC)) == 2
    assert len(merge([first, event("c", url=None)], UTC)) == 2


def test_what_one_source_no_longer_lists_and_another_does_is_not_withdrawn():
    assert one(event("a", withdrawn=True), event("b")).withdrawn is False
    assert one(event("a"), event("b", withdrawn=True)).withdrawn is False
    assert one(event("a", withdrawn=True), event("b", withdrawn=True)).withdrawn is True


THURSDAYS = Rhythm(frequency=Frequency.WEEKLY, weekdays=((3, 0),))
IN_A_SERIES = {"series": "swap", "rhythm": THURSDAYS, "moved_from": DAY - timedelta(days=1)}


@pytest.mark.parametrize(
    "own",
    [
        {"hidden": True},
        {"pinned": True},
        {"note": "Mine."},
        {"replaces": ("before",)},
        {"rhythm": THURSDAYS},
        {"moved_from": DAY},
    ],
)
def test_what_is_no_word_on_the_thing_itself_is_not_taken_from_a_copy(own):
    richest = event("a", **RICH)
    found = one(richest, event("b", **own))
    (name,) = own
    assert getattr(found, name) == getattr(richest, name)


@pytest.mark.parametrize("turn", [1, -1])
def test_of_a_series_and_its_rhythm_the_copy_that_is_in_one_tells(turn):
    found = one(*[event("a", **RICH), event("b", **IN_A_SERIES)][::turn])
    assert {name: getattr(found, name) for name in IN_A_SERIES} == IN_A_SERIES
    assert found.author == "Una"
    assert isinstance(one(vacancy("a"), event("b", **IN_A_SERIES)), Vacancy)


def test_the_origins_name_what_is_said_of_the_thing_and_nothing_of_how_it_is_kept():
    kept = {"withdrawn": True, "hidden": True, "pinned": True, "note": "n", "series": "s", "replaces": ("x",)}
    kept["origins"] = (Origin(field="title", source="c", key="1"),)
    found = one(event("a", **RICH, **kept), event("b", location="The Barn", **kept))
    said = {"title", "author", "categories", "url", "summary", "text", "image_url", "starts_at", "location"}
    assert {origin.field for origin in found.origins} == said
    assert {origin.field: origin.source for origin in found.origins}["location"] == "b"


def test_the_body_is_that_of_the_copy_that_says_most_in_all_its_forms():
    rich = event("a", **RICH, html="<p>One and all.</p>", location="The Barn")
    long = event("b", text="A much longer story of it.", html="<p>A much longer story of it.</p>", summary="A story.")
    found = one(rich, long)
    assert (found.location, found.text, found.html, found.summary) == ("The Barn", long.text, long.html, long.summary)


def test_a_timed_event_is_not_made_to_last_all_day_by_a_copy():
    timed = event("a", **RICH, starts_at=DAY + timedelta(hours=3))
    found = one(timed, event("b", all_day=True))
    assert (found.starts_at, found.all_day) == (timed.starts_at, False)


def test_a_vacancy_that_closes_at_an_hour_is_not_made_to_close_with_the_day_by_a_copy():
    timed = vacancy("a", **RICH, closes_at=DAY + timedelta(hours=3))
    found = one(timed, vacancy("b", closes_at=DAY, all_day=True))
    assert (found.closes_at, found.all_day) == (timed.closes_at, False)


CLOSES = {"closes_at": DAY + timedelta(days=9), "all_day": True}
READ = (Reading(field="closes_at", value="2026-12-02", words="by 2 December", certainty=Certainty.CERTAIN),)


def test_a_vacancy_closes_when_a_copy_says_so_where_the_one_that_says_most_does_not():
    rich = vacancy("a", **RICH)
    found = one(rich, vacancy("b", **CLOSES))
    assert (found.author, found.closes_at, found.all_day) == ("Una", CLOSES["closes_at"], True)
    assert {origin.field: origin.source for origin in found.origins}["closes_at"] == "b"
    read = vacancy("b", closes_at=DAY, readings=READ)
    assert one(rich, read, vacancy("c", **CLOSES)).closes_at == CLOSES["closes_at"]
    assert one(rich, event("b"), post("c", published_at=DAY)).closes_at is None


def test_of_two_that_tell_as_much_the_first_to_be_collected_is_believed():
    late, early = post("a", title="Late", first_seen_at=DAY + timedelta(days=1)), post("b", title="Soon")
    assert one(late, early).title == "Soon"
    assert one(early, late).title == "Soon"


def test_facts_count_for_more_than_words_and_words_where_the_facts_are_as_many():
    wordy = post("a", title="Wordy", text="word " * 4000)
    assert one(wordy, post("b", title="Told", text="w", author="Una", summary="S.")).title == "Told"
    brief = post("b", title="Brief", text="word", first_seen_at=DAY - timedelta(days=1))
    assert one(brief, wordy).title == "Wordy"


def test_what_was_replaced_and_is_listed_all_the_same_is_another_thing():
    new = event("a", "new", replaces=("old",), url=None)
    old = event("a", "old", url=None)
    assert len(merge([new, old], UTC)) == 2
    assert [thing.item.key for thing in merge([new, replace(old, withdrawn=True)], UTC)] == ["new"]


def test_of_what_moved_and_moved_back_what_is_listed_stands_and_of_what_is_gone_the_older():
    old = event("a", "old", url=None, replaces=("new",), withdrawn=True)
    new = event("a", "new", url=None, replaces=("old",), first_seen_at=DAY + timedelta(days=1))

    def standing(*items):
        return [thing.item.key for thing in merge(items, UTC)]

    assert standing(old, new) == ["new"]
    assert standing(old, replace(new, withdrawn=True)) == ["old"]
    assert standing(replace(old, replaces=()), replace(new, withdrawn=True)) == ["new"]


@pytest.mark.parametrize("turn", [1, -1])
def test_a_post_and_an_event_of_one_source_stay_two_though_another_source_has_both(turn):
    told = post("a", "told", title="Come along")
    same_page = event("b", "1")
    same_day = event("a", "date", url="https://example.org/elsewhere")
    things = merge([told, same_page, same_day][::turn], UTC)
    assert sorted(len(thing.copies) for thing in things) == [1, 2]


def test_an_occurrence_of_a_series_is_not_called_off_by_a_word_of_its_own_source():
    word = event("a", "2", cancelled=True, url=None)
    assert len(merge([event("a", "1", url=None), word], UTC)) == 1
    assert len(merge([event("a", "1", url=None), replace(word, series="s")], UTC)) == 2
    assert len(merge([event("a", "1", url=None, series="s"), word], UTC)) == 2
