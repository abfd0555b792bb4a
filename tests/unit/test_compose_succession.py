"""What its source lists under another key is the same thing, not a new one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.compose import compose, fingerprint, out_of_view, with_successors
from digest.config import Config
from digest.model import Event, ItemSkip, Newness, Post, Shown, Skipped

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 23, 8, tzinfo=LONDON)
THURSDAY = datetime(2026, 12, 3, 19, tzinfo=LONDON)
CONFIG = Config.model_validate(
    {
        "network": {"name": "G", "timezone": "Europe/London"},
        "sender": {"email": "g@example.org"},
        "lists": [{"name": "all"}],
        "digests": [{"name": "weekly", "lists": ["all"]}],
    }
)


def meeting(starts_at, *, key=None, series="meet", **facts):
    key = key or f"meet/{starts_at:%Y%m%dT%H%M}"
    return Event(
        source="diary", key=key, title="Meeting", series=series, starts_at=starts_at, first_seen_at=NOW, **facts
    )


def weekly(first, count=3):
    return [meeting(first + timedelta(days=7 * number)) for number in range(count)]


def succeeded(listed, known):
    return {item.key: item.replaces for item in with_successors(listed, known, now=NOW, zone=LONDON) if item.replaces}


@pytest.mark.parametrize("shift", [timedelta(hours=1), timedelta(days=1), timedelta(days=-2)])
def test_a_whole_series_moved_to_another_time_or_evening_is_the_same_series(shift):
    old, new = weekly(THURSDAY), weekly(THURSDAY + shift)
    assert succeeded(new, old) == {after.key: (before.key,) for before, after in zip(old, new, strict=True)}


def test_an_occurrence_that_found_no_place_is_not_taken_for_one_far_away():
    old = weekly(THURSDAY)
    monthly = [meeting(THURSDAY + timedelta(days=days)) for days in (0, 28, 63)]
    assert succeeded(monthly, old) == {}


@pytest.mark.parametrize(("hour", "is_the_same"), [(7, True), (8, False)])
def test_how_far_a_date_was_moved_is_counted_in_hours_that_pass_when_clocks_change(hour, is_the_same):
    before, after = (meeting(datetime(2027, 3, day, 20, tzinfo=LONDON)) for day in (27, 28))  # 23 hours apart
    new = meeting(datetime(2027, 3, 28, hour, 45, tzinfo=LONDON))
    assert succeeded([new, after], [before, after]) == ({new.key: (before.key,)} if is_the_same else {})


def test_a_single_event_that_becomes_a_series_is_its_first_occurrence():
    old = meeting(THURSDAY, key="meet")
    assert succeeded(weekly(THURSDAY), [old]) == {weekly(THURSDAY)[0].key: ("meet",)}


def test_a_calendar_that_makes_up_new_identifiers_has_the_same_events():
    old = meeting(THURSDAY, key="export-1", series="export-1")
    new = meeting(THURSDAY, key="export-2", series="export-2")
    assert succeeded([new], [old]) == {"export-2": ("export-1",)}


def test_a_renamed_file_holds_the_same_post_but_another_text_is_another():
    old = Post(source="folder", key="draft.md", title="Worms", text="All about them.", first_seen_at=NOW)
    new = replace(old, key="worms.md")
    assert succeeded([new], [old]) == {"worms.md": ("draft.md",)}
    assert succeeded([replace(new, text="Something else.")], [old]) == {}


def test_two_of_one_title_on_one_day_keep_apart_by_their_hours_and_places():
    ten, two = THURSDAY.replace(hour=10), THURSDAY.replace(hour=14)
    old = [meeting(ten, key="a", series="a"), meeting(two, key="b", series="b")]
    new = [meeting(two, key="c", series="c"), meeting(ten, key="d", series="d")]
    assert succeeded(new, old) == {"c": ("b",), "d": ("a",)}
    here, there = (meeting(ten, key=key, series=key, location=place) for key, place in (("a", "Here"), ("b", "There")))
    again = [replace(there, key="c", series="c"), replace(here, key="d", series="d")]
    assert succeeded(again, [here, there]) == {"c": ("b",), "d": ("a",)}


def test_two_on_one_day_of_which_the_hours_changed_are_not_told_apart_by_guessing():
    old = [meeting(THURSDAY.replace(hour=hour), key=str(hour), series=str(hour)) for hour in (10, 14)]
    new = [meeting(THURSDAY.replace(hour=hour), key=str(hour), series=str(hour)) for hour in (11, 15)]
    assert succeeded(new, old) == {}


def test_what_is_over_is_not_replaced():
    assert succeeded([meeting(NOW + timedelta(days=1))], [meeting(NOW - timedelta(days=1))]) == {}


def test_what_is_replaced_again_stands_for_all_it_replaced():
    first, second, third = (meeting(THURSDAY + timedelta(hours=hour)) for hour in range(3))
    second = replace(second, replaces=(first.key,))
    assert succeeded([third], [replace(first, withdrawn=True), second]) == {third.key: (second.key, first.key)}


def test_what_is_moved_back_takes_its_own_place_again():
    first, second = (meeting(THURSDAY + timedelta(hours=hour)) for hour in range(2))
    second = replace(second, replaces=(first.key,))
    assert succeeded([first], [replace(first, withdrawn=True), second]) == {first.key: (second.key,)}


def shown(event, newness=Newness.NEW, days_ago=7):
    return Shown(
        source=event.source,
        key=event.key,
        newness=newness,
        fingerprint=fingerprint(event),
        shown_at=NOW - timedelta(days=days_ago),
    )


def edition(items, *ledger, now=NOW):
    return compose(items, digest=CONFIG.digests[0], config=CONFIG, shown=ledger, period="2026-W48", now=now)


def test_a_moved_series_is_told_as_moved_and_its_old_dates_are_not_told_as_off():
    old, new = meeting(THURSDAY), meeting(THURSDAY + timedelta(hours=1))
    items = [replace(new, replaces=(old.key,)), replace(old, withdrawn=True)]
    composed = edition(items, shown(old))
    assert [(entry.item.key, entry.newness) for entry in composed.entries] == [(new.key, Newness.MOVED)]
    assert composed.skipped == (Skipped(source="diary", key=old.key, reason=ItemSkip.REPLACED),)
    assert not edition(items, shown(old), shown(new, Newness.MOVED, 1)).entries


def test_a_replaced_date_does_not_come_back_when_its_replacement_is_over_or_gone():
    old = replace(meeting(THURSDAY + timedelta(days=2)), withdrawn=True)
    new = replace(meeting(THURSDAY), replaces=(old.key,))
    ledger = shown(old), shown(new, Newness.MOVED, 1)
    assert not edition([replace(new, withdrawn=True), old], *ledger, now=THURSDAY + timedelta(days=1)).entries
    (entry,) = edition([replace(new, withdrawn=True), old], *ledger).entries
    assert (entry.item.key, entry.newness) == (new.key, Newness.WITHDRAWN)


def test_what_moved_and_moved_back_is_told_as_moved_and_once_when_it_is_gone():
    old, new = meeting(THURSDAY), replace(meeting(THURSDAY + timedelta(days=1)), first_seen_at=NOW + timedelta(hours=1))
    new = replace(new, replaces=(old.key,), withdrawn=True)
    (back,) = with_successors(
        [old], [replace(old, withdrawn=True), replace(new, withdrawn=False)], now=NOW, zone=LONDON
    )
    ledger = shown(old, days_ago=9), shown(new, Newness.MOVED, 2)
    (entry,) = edition([back, new], *ledger).entries
    assert (entry.item.key, entry.newness) == (old.key, Newness.MOVED)
    both_gone = [replace(back, withdrawn=True), new]
    assert [one.newness for one in edition(both_gone, *ledger).entries] == [Newness.WITHDRAWN]


def test_a_series_that_moves_back_is_known_by_how_far_apart_its_listed_dates_were():
    tuesdays, thursdays = weekly(THURSDAY - timedelta(days=2)), weekly(THURSDAY)
    known = [*(replace(event, withdrawn=True) for event in tuesdays), *thursdays]
    assert len(succeeded(tuesdays, known)) == 3


def test_that_the_place_is_no_longer_told_is_no_news_but_another_place_is():
    told = shown(meeting(THURSDAY, location="The Barn"))
    assert not edition([meeting(THURSDAY)], told).entries
    assert not edition([meeting(THURSDAY, location="the  barn")], told).entries
    assert [one.newness for one in edition([meeting(THURSDAY, location="The Mill")], told).entries] == [Newness.MOVED]


def test_a_new_identifier_alone_is_no_news():
    old, new = meeting(THURSDAY, key="a"), meeting(THURSDAY, key="b")
    assert not edition([replace(new, replaces=("a",)), replace(old, withdrawn=True)], shown(old)).entries


def test_who_was_told_of_an_event_hears_once_that_it_is_no_longer_listed():
    gone = replace(meeting(THURSDAY), withdrawn=True)
    (entry,) = edition([gone], shown(gone)).entries
    assert entry.newness is Newness.WITHDRAWN
    assert "no longer listed" in entry.item.doubts[-1]
    assert not edition([gone], shown(gone), shown(gone, Newness.WITHDRAWN, 1)).entries
    (again,) = edition([meeting(THURSDAY)], shown(gone), shown(gone, Newness.WITHDRAWN, 1)).entries
    assert again.newness is Newness.NEW


def test_who_was_not_told_of_it_hears_nothing():
    gone = replace(meeting(THURSDAY), withdrawn=True)
    assert not edition([gone]).entries
    assert not edition([gone], shown(gone), shown(gone, Newness.CANCELLED, 1)).entries
    assert not edition([gone], shown(gone), now=THURSDAY + timedelta(days=1)).entries


def test_an_occurrence_beyond_the_next_ones_is_not_taken_for_gone():
    known = weekly(THURSDAY, 4)
    until = NOW + timedelta(days=365)
    assert out_of_view(known[:3], known, ahead=3, until=until) == {known[3].key}
    assert out_of_view(known[:2], known, ahead=3, until=until) == frozenset()
    assert out_of_view(known[:1], known, ahead=3, until=NOW + timedelta(days=20)) == {known[2].key, known[3].key}
    assert out_of_view([], known, ahead=3, until=until) == frozenset()


_KEYS = st.lists(st.integers(0, 30), max_size=6, unique=True)


@given(_KEYS, _KEYS, st.booleans())
def test_nothing_is_lost_or_replaced_twice(before, now_listed, one_series):
    def events(days):
        return [meeting(THURSDAY + timedelta(days=day), series="s" if one_series else f"s{day}") for day in days]

    listed, known = events(now_listed), events(before)
    result = with_successors(listed, known, now=NOW, zone=LONDON)
    assert [item.key for item in result] == [item.key for item in listed]
    replaced = [key for item in result for key in item.replaces]
    assert len(set(replaced)) == len(replaced)
    assert not set(replaced) & {item.key for item in listed}


def test_the_zone_of_a_start_makes_no_difference():
    old = weekly(THURSDAY)
    known = [replace(event, starts_at=event.starts_at.astimezone(UTC)) for event in old]
    assert len(succeeded(weekly(THURSDAY + timedelta(hours=1)), known)) == 3
