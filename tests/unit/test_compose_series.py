"""What is said of a recurring event: by example, and as laws over many editions of many calendars."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.compose import (
    appearances,
    compose,
    edition_from_json,
    edition_to_json,
    fingerprint,
    series_key,
    still_true,
)
from digest.config import Config, DigestConfig, Network, SectionConfig, Sender
from digest.model import Edit, Event, Frequency, ItemSkip, Newness, Rhythm, Shown

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 23, 8, tzinfo=LONDON)
DAY = timedelta(days=1)
WEEK = 7 * DAY
CONFIG = Config(network=Network(name="Growers", timezone="Europe/London"), sender=Sender(email="news@example.org"))
EVENTS = DigestConfig(name="news", lists=("members",), sections=(SectionConfig(kind="event"),))
THURSDAYS = Rhythm(frequency=Frequency.WEEKLY, weekdays=((3, 0),))
FRIDAYS = Rhythm(frequency=Frequency.WEEKLY, weekdays=((4, 0),))
NEW, REMINDER, MOVED, CANCELLED, WITHDRAWN = (
    Newness.NEW,
    Newness.REMINDER,
    Newness.MOVED,
    Newness.CANCELLED,
    Newness.WITHDRAWN,
)


def meeting(number, **more):
    """The occurrence of a weekly series that is so many weeks after the first, on Thursday 26 November."""
    starts_at = datetime(2026, 11, 26, 19, tzinfo=LONDON) + number * WEEK
    facts = {"starts_at": starts_at, "series": "choir", "rhythm": THURSDAYS} | more
    return Event(source="diary", key=f"choir/{number}", title="Choir", first_seen_at=NOW, **facts)


def shown(*events, newness=NEW, at=NOW - WEEK):
    return [
        Shown(source=one.source, key=one.key, newness=newness, fingerprint=fingerprint(one), shown_at=at)
        for one in events
    ]


def made(items, ledger=(), *, now=NOW, digest=EVENTS, edits=None):
    return compose(
        items, digest=digest, config=CONFIG, shown=ledger, period="p", now=now, edits={} if edits is None else edits
    )


def told(edition):
    """Of each entry why it is there, and the numbers of its dates."""
    return [
        (entry.newness, *(int(one.item.key.rpartition("/")[2]) for one in entry.occurrences))
        for entry in edition.entries
    ]


def reasons(edition):
    return {skip.key: skip.reason for skip in edition.skipped}


def section(**more):
    return EVENTS.model_copy(update={"sections": (SectionConfig(kind="event", **more),)})


def test_a_series_is_announced_once_with_its_next_dates():
    items = [meeting(number) for number in range(3)]
    assert told(made(items)) == [(NEW, 0, 1, 2)]


def test_of_an_announced_series_a_date_is_told_when_its_window_opens_and_no_sooner():
    past, items = meeting(-1), [meeting(number) for number in range(3)]
    edition = made([past, *items], shown(past))
    assert told(edition) == [(REMINDER, 0)]
    assert reasons(edition) == {
        "choir/-1": ItemSkip.PAST_EVENT,
        "choir/1": ItemSkip.SERIES_ANNOUNCED,
        "choir/2": ItemSkip.SERIES_ANNOUNCED,
    }


def test_dates_of_one_window_are_one_reminder():
    items = [meeting(number) for number in range(4)]
    edition = made(items, shown(meeting(3)), digest=section(remind=timedelta(days=11)))
    assert told(edition) == [(REMINDER, 0, 1)]


def test_a_series_of_years_names_its_next_date_alone():
    items = [meeting(number, starts_at=datetime(2026 + number, 12, 1, 19, tzinfo=LONDON)) for number in range(3)]
    edition = made(items)
    assert told(edition) == [(NEW, 0)]
    assert reasons(edition) == {"choir/1": ItemSkip.SERIES_ANNOUNCED, "choir/2": ItemSkip.SERIES_ANNOUNCED}


def test_what_is_further_than_look_ahead_waits_a_series_as_a_whole():
    far = meeting(0, series="", rhythm=None, starts_at=NOW + 91 * DAY)
    items = [meeting(number) for number in range(13, 16)]  # the first in more than 90 days
    edition = made([far, *items])
    assert told(edition) == []
    assert set(reasons(edition).values()) == {ItemSkip.FAR_AHEAD}
    assert told(made([far, *items], now=NOW + WEEK)) == [(NEW, 0), (NEW, 13, 14, 15)]


def test_the_first_date_alone_decides_whether_a_series_waits():
    items = [meeting(number) for number in (0, 6, 13)]
    assert told(made(items, digest=section(look_ahead=timedelta(days=5)))) == [(NEW, 0, 6, 13)]


@pytest.mark.parametrize("number", [20, 22])
def test_what_an_editor_pinned_does_not_wait(number):
    edits = {("diary", f"choir/{number}"): Edit(source="diary", key=f"choir/{number}", pinned=True)}
    assert told(made([meeting(20), meeting(21), meeting(22)], edits=edits)) == [(NEW, 20, 21, 22)]


def test_what_was_announced_and_moves_beyond_look_ahead_is_news():
    before = meeting(0, series="", rhythm=None)
    after = replace(before, starts_at=NOW + 200 * DAY)
    assert told(made([after], shown(before))) == [(MOVED, 0)]


def test_a_date_that_moves_is_news_by_itself_whether_it_was_named_or_not():
    named, unnamed = meeting(2), meeting(3)
    items = [
        meeting(1),
        *(replace(one, starts_at=one.starts_at + DAY, moved_from=one.starts_at) for one in (named, unnamed)),
    ]
    ledger = shown(meeting(1), named)
    edition = made(items, ledger)
    assert told(edition) == [(MOVED, 2, 3)]
    assert told(made(items, [*ledger, *appearances(edition)])) == []


def test_a_date_that_was_moved_before_its_series_was_announced_is_only_a_date():
    items = [meeting(0), replace(meeting(1), moved_from=NOW + WEEK)]
    assert told(made(items)) == [(NEW, 0, 1)]


def test_a_named_date_that_is_cancelled_is_told_at_once_and_another_in_its_window():
    items = [meeting(1), meeting(2, cancelled=True), meeting(3, cancelled=True)]
    assert told(made(items, shown(meeting(1), meeting(2)))) == [(CANCELLED, 2, 3)]
    only_later = [meeting(1), meeting(2), meeting(3, cancelled=True)]
    ledger = shown(meeting(1), meeting(2))
    assert told(made(only_later, ledger)) == []
    assert told(made(only_later, ledger, now=NOW + 3 * WEEK)) == [(CANCELLED, 3)]


def test_of_a_series_that_nobody_knows_nothing_is_cancelled():
    edition = made([meeting(number, cancelled=True) for number in range(3)])
    assert told(edition) == []
    assert set(reasons(edition).values()) == {ItemSkip.CANCELLED_EVENT}


def test_a_series_that_is_deleted_is_told_once_with_all_its_dates():
    past = meeting(-1)
    gone = [meeting(number, withdrawn=True) for number in range(3)]
    edition = made([past, *gone], shown(past))
    assert told(edition) == [(WITHDRAWN, 0, 1, 2)]
    assert told(made([past, *gone], [*shown(past), *appearances(edition)])) == []


def test_another_rhythm_is_one_piece_of_news_whichever_dates_were_named():
    past = meeting(-1)
    items = [meeting(n, rhythm=FRIDAYS, starts_at=meeting(n).starts_at + DAY) for n in range(1, 4)]
    ledger = shown(past)
    edition = made([past, *items], ledger)
    assert told(edition) == [(MOVED, 1, 2, 3)]
    ledger += appearances(edition)
    assert told(made([past, *items], ledger)) == []
    assert told(made([past, *items], ledger, now=NOW + WEEK)) == [(REMINDER, 1)]


def test_a_rhythm_that_loses_dates_tells_of_them_with_its_new_dates():
    every_other = Rhythm(frequency=Frequency.WEEKLY, interval=2, weekdays=((3, 0),))
    ledger = shown(meeting(1), meeting(2), meeting(3))
    items = [meeting(1, rhythm=every_other), meeting(2, withdrawn=True), meeting(3, rhythm=every_other)]
    edition = made(items, ledger)
    (entry,) = edition.entries
    assert [(one.newness, one.item.key[-1]) for one in entry.occurrences] == [
        (MOVED, "1"),
        (MOVED, "3"),
        (WITHDRAWN, "2"),
    ]
    assert told(made(items, [*ledger, *appearances(edition)])) == []


def test_a_series_announced_before_rhythms_were_kept_is_not_news_for_it():
    ledger = [replace(one, fingerprint=fingerprint(replace(meeting(1), rhythm=None))) for one in shown(meeting(1))]
    assert told(made([meeting(1), meeting(2)], ledger)) == []


def test_a_hidden_date_leaves_the_rest_of_its_series():
    assert told(made([meeting(0, hidden=True), meeting(1), meeting(2)])) == [(NEW, 1, 2)]


def test_an_edit_of_a_series_holds_for_each_occurrence_that_has_none_of_its_own():
    whole = Edit(source="diary", key=series_key("choir"), hidden=True, location="Barn")
    own = Edit(source="diary", key="choir/1", hidden=False)
    edits = {(one.source, one.key): one for one in (whole, own)}
    edition = made([meeting(number) for number in range(3)], edits=edits)
    assert told(edition) == [(NEW, 1)]
    assert edition.entries[0].item.location == "Barn"
    assert reasons(edition) == {"choir/0": ItemSkip.HIDDEN, "choir/2": ItemSkip.HIDDEN}


def test_a_series_of_two_sources_is_announced_once():
    items = [meeting(number) for number in range(3)]
    copies = [replace(one, source="site", key=f"s/{n}", series="s") for n, one in enumerate(items[1:], 1)]
    edition = made([*items, *copies])
    assert told(edition) == [(NEW, 0, 1, 2)]
    assert edition.entries[0].further[0].also == (("site", "s/1"),)
    later = [*copies, replace(copies[0], key="s/3", starts_at=meeting(3).starts_at)]  # the diary is read no more
    gone = [replace(one, withdrawn=True) for one in items]
    assert told(made([*gone, *later], appearances(edition), now=NOW + WEEK)) == [(REMINDER, 1)]


def test_a_series_that_its_source_calls_otherwise_is_still_known():
    old = [meeting(number) for number in range(3)]
    new = [replace(one, key=f"new/{n}", series="new", replaces=(one.key,)) for n, one in enumerate(old)]
    further = replace(meeting(3), key="new/3", series="new")
    ledger = shown(old[0])
    gone = [replace(one, withdrawn=True) for one in old]
    assert told(made([*gone, *new, further], ledger)) == [(REMINDER, 0)]


def test_what_a_limit_cuts_of_a_series_stays_new():
    first = replace(meeting(0), key="fair", series="", rhythm=None)
    edition = made([first, meeting(1), meeting(2)], digest=section(limit=1))
    assert [entry.item.key for entry in edition.entries] == ["fair"]
    assert reasons(edition) == {"choir/1": ItemSkip.OVER_LIMIT, "choir/2": ItemSkip.OVER_LIMIT}
    assert told(made([meeting(1), meeting(2)], appearances(edition))) == [(NEW, 1, 2)]


def test_at_sending_a_date_that_is_over_gives_way_to_the_next():
    edition = made([meeting(number) for number in range(3)])
    later = still_true(edition, NOW + WEEK)
    assert told(later) == [(NEW, 1, 2)]
    assert reasons(later) == {"choir/0": ItemSkip.PAST_EVENT}
    assert not still_true(edition, NOW + 4 * WEEK).entries
    assert edition_from_json(edition_to_json(later)) == later


# Laws. A calendar is told as which of a dozen weekly meetings it lists, in which state, at each of eight Mondays.
STATES = ("planned", "moved", "cancelled", "gone")
NUMBERS = range(-1, 11)
calendars = st.lists(
    st.fixed_dictionaries({number: st.sampled_from(STATES) for number in NUMBERS}), min_size=8, max_size=8
)


def listed(states):
    """The meetings as their calendar has them, and as the store keeps what it lists no more."""
    for number, state in states.items():
        one = meeting(number)
        match state:
            case "planned":
                yield one
            case "moved":
                yield replace(one, starts_at=one.starts_at + DAY, moved_from=one.starts_at)
            case "cancelled":
                yield replace(one, cancelled=True)
            case "gone":
                yield replace(one, withdrawn=True)


def in_turn(weeks, lost=()):
    """The editions of each week, and what their readers got; nobody got those that are lost."""
    ledger = []
    for week, states in enumerate(weeks):
        edition = made(list(listed(states)), ledger, now=NOW + week * WEEK)
        if week not in lost:
            ledger += appearances(edition)
            yield week, edition


def entries(editions):
    return [(week, one) for week, edition in editions for whole in edition.entries for one in whole.occurrences]


@settings(max_examples=200)
@given(calendars)
def test_a_calendar_that_changes_announces_its_series_once_and_no_date_as_new_after(weeks):
    editions = list(in_turn(weeks))
    off = set()
    announced = False
    for _, edition in editions:
        for whole in edition.entries:
            for one in whole.occurrences:
                if one.newness is NEW and announced:
                    assert one.item.key in off  # takes place after all
        for whole in edition.entries:
            for one in whole.occurrences:
                announced = announced or one.newness is NEW
                (off.add if one.newness in (CANCELLED, WITHDRAWN) else off.discard)(one.item.key)


@settings(max_examples=200)
@given(calendars)
def test_every_edition_tells_of_a_series_once_for_each_reason(weeks):
    for _, edition in in_turn(weeks):
        newness = [entry.newness for entry in edition.entries]
        assert len(newness) == len(set(newness))
        assert len({one.item.key for entry in edition.entries for one in entry.occurrences}) == sum(
            len(entry.occurrences) for entry in edition.entries
        )


@settings(max_examples=200)
@given(st.fixed_dictionaries({number: st.sampled_from(STATES) for number in NUMBERS}))
def test_of_a_calendar_that_stays_as_it_is_each_date_is_told_once_and_reminded_once(states):
    seen = entries(in_turn([states] * 8))
    for number, state in states.items():
        told = [one.newness for _, one in seen if one.item.key == f"choir/{number}"]
        match state:
            case "planned" | "moved":
                assert told in ([], [NEW], [MOVED], [REMINDER], [NEW, REMINDER], [MOVED, REMINDER])
            case "cancelled":
                assert told in ([], [CANCELLED])
            case "gone":
                assert told in ([], [WITHDRAWN])


@settings(max_examples=200)
@given(calendars)
def test_who_was_told_of_a_date_hears_once_that_it_is_off(weeks):
    last = {}
    for _, one in entries(in_turn(weeks)):
        before, now = last.get(one.item.key), one.newness
        assert now not in (CANCELLED, WITHDRAWN) or before is not now
        last[one.item.key] = now


@settings(max_examples=200)
@given(calendars, st.sets(st.integers(0, 7)))
def test_nothing_is_lost_with_an_edition_that_nobody_got(weeks, lost):
    editions = list(in_turn(weeks, lost))
    known = {one.item.key for _, one in entries(editions)}
    for number in NUMBERS:
        opens = meeting(number).starts_at - WEEK
        due = [
            week
            for week in range(8)
            if week not in lost
            and opens <= NOW + week * WEEK < meeting(number).starts_at
            and weeks[week][number] == "planned"
        ]
        assert not due or f"choir/{number}" in known


@given(st.lists(st.integers(-3, 30), unique=True, min_size=1), st.integers(0, 20))
def test_every_occurrence_is_chosen_once_or_skipped_for_one_reason(numbers, week):
    items = [meeting(number) for number in numbers]
    edition = made(items, now=NOW + week * WEEK)
    fates = [one.item.key for entry in edition.entries for one in entry.occurrences] + list(reasons(edition))
    assert sorted(fates) == sorted(item.key for item in items)
