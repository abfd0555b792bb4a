"""How far what a source lists anew may be from what is gone, and what is never taken for the same."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from digest.compose import out_of_view, with_successors
from digest.model import Event, Post, Vacancy

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 23, 8, tzinfo=LONDON)
THURSDAY = datetime(2026, 12, 3, 19, tzinfo=LONDON)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def meeting(starts_at, key=None, *, series="meet", **facts):
    key = key or f"{starts_at:%Y%m%dT%H%M}"
    return Event(
        source="diary", key=key, title="Meeting", series=series, starts_at=starts_at, first_seen_at=NOW, **facts
    )


def post(key, **facts):
    return Post(source="diary", key=key, title="Meeting", first_seen_at=NOW, **facts)


def succeeded(listed, known):
    return {item.key: item.replaces for item in with_successors(listed, known, now=NOW, zone=LONDON) if item.replaces}


def test_the_only_known_date_of_a_series_may_be_moved_by_fifteen_days_and_no_more():
    old = meeting(THURSDAY, "old")
    assert succeeded([meeting(THURSDAY + 15 * DAY, "new")], [old]) == {"new": ("old",)}
    assert succeeded([meeting(THURSDAY + 15 * DAY + HOUR, "new")], [old]) == {}


def test_a_date_is_moved_by_less_than_half_of_what_lies_between_the_two_nearest():
    known = [meeting(THURSDAY + days * DAY) for days in (0, 7, 35)]
    kept = known[1:]
    assert succeeded([meeting(THURSDAY - 3 * DAY, "new"), *kept], known) == {"new": (known[0].key,)}
    assert succeeded([meeting(THURSDAY - 5 * DAY, "new"), *kept], known) == {}


def test_two_moved_dates_have_not_one_successor():
    known = [meeting(THURSDAY), meeting(THURSDAY + 7 * DAY)]
    assert succeeded([meeting(THURSDAY + 3.5 * DAY, "new")], known) == {"new": (known[0].key,)}


def test_what_took_one_place_already_takes_no_other():
    same_moment, near = meeting(THURSDAY, "a", series="other"), meeting(THURSDAY + DAY, "b")
    assert succeeded([meeting(THURSDAY, "c")], [same_moment, near]) == {"c": ("a",)}


def test_what_was_replaced_already_is_replaced_by_nothing_else():
    moved, near = meeting(THURSDAY, "a"), meeting(THURSDAY + DAY, "d")
    assert succeeded([meeting(THURSDAY, "c", series="other"), near], [moved]) == {"c": ("a",)}


def test_an_event_that_belongs_to_no_series_is_not_the_same_on_another_day():
    assert succeeded([meeting(THURSDAY + DAY, "new", series="")], [meeting(THURSDAY, "old", series="")]) == {}


def test_posts_among_what_is_listed_and_known_are_no_dates_of_a_series():
    told = post("told", published_at=NOW, text="All about it.")
    old, new = meeting(THURSDAY, "old"), meeting(THURSDAY + DAY, "new")
    assert succeeded([told, new], [told, old]) == {"new": ("old",)}
    assert succeeded([post("again", text="Another story."), new], [told, old]) == {"new": ("old",)}
    until = NOW + 365 * DAY
    assert out_of_view([told, old], [told, old], ahead=1, until=until) == frozenset()


def test_a_dated_post_under_another_key_is_the_same_post():
    told = post("old", published_at=NOW - DAY, text="All about it.")
    assert succeeded([replace(told, key="new", text="Mended.")], [told]) == {"new": ("old",)}
    assert succeeded([replace(told, key="new", published_at=NOW - DAY + HOUR)], [told]) == {"new": ("old",)}
    assert succeeded([replace(told, key="new", published_at=NOW - 2 * DAY)], [told]) == {}


def test_what_has_neither_a_date_nor_words_is_known_by_its_title_alone_and_not_taken_for_the_same():
    assert succeeded([post("new")], [post("old")]) == {}
    old = Vacancy(source="diary", key="old", title="Ranger", first_seen_at=NOW, text="By the sea.", location="Here")
    assert succeeded([replace(old, key="new")], [old]) == {"new": ("old",)}
    assert succeeded([replace(old, key="new", text="In the hills.")], [old]) == {}


def test_what_is_replaced_keeps_what_it_said_of_itself():
    new = replace(meeting(THURSDAY + DAY, "new"), replaces=("said",))
    assert succeeded([new], [meeting(THURSDAY, "old")]) == {"new": ("old", "said")}


def test_of_several_at_one_moment_each_is_followed_at_its_own_place():
    places = {"a": "Here", "b": "Here", "c": "There", "d": "There"}
    known = [meeting(THURSDAY, key, series=key, location=place) for key, place in places.items()]
    listed = [meeting(THURSDAY, key * 2, series=key * 2, location=places[key]) for key in ("c", "a", "d", "b")]
    found = succeeded(listed, known)
    assert {(places[key[0]], places[old]) for key, (old,) in found.items()} == {("Here", "Here"), ("There", "There")}
    assert len(found) == 4


def test_several_at_one_moment_that_move_to_another_place_are_followed_as_many_as_they_are():
    known = [meeting(THURSDAY, key, series=key, location="Here") for key in "ab"]
    listed = [meeting(THURSDAY, key, series=key, location="There") for key in "cd"]
    assert len(succeeded(listed, known)) == 2


def test_the_same_day_is_the_networks():
    auckland = ZoneInfo("Pacific/Auckland")  # where it is Friday by then
    old = meeting(THURSDAY, "old", series="old")
    new = meeting((THURSDAY + HOUR).astimezone(auckland), "new", series="new")
    assert succeeded([new], [old]) == {"new": ("old",)}


def test_what_is_called_off_is_none_of_the_next_dates():
    known = [meeting(THURSDAY + 7 * number * DAY) for number in range(4)]
    listed = [replace(known[0], cancelled=True), known[1]]
    assert out_of_view(listed, known, ahead=2, until=NOW + 365 * DAY) == frozenset()


def test_a_single_event_far_ahead_that_is_not_listed_is_gone():
    alone = meeting(THURSDAY + 90 * DAY, series="")
    assert out_of_view([], [alone], ahead=3, until=NOW + 30 * DAY) == frozenset()


def test_the_zone_in_which_dates_are_listed_moves_nothing():
    old = meeting(THURSDAY, "old")
    assert succeeded([meeting((THURSDAY + DAY).astimezone(UTC), "new")], [old]) == {"new": ("old",)}
