"""What an editor sets stands over what the source says."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from digest.compose import edited, merged_and_edited, with_edits
from digest.compose.duplicates import merge
from digest.compose.edits import edit_of, laid_over, own_edit_of, series_key
from digest.model import PERHAPS, UNDATED, Certainty, Doubt, Edit, Event, Kind, Post, Reading, Vacancy

NOW = datetime(2026, 11, 23, tzinfo=UTC)
POST = Post(source="a", key="1", title="Help wanted", categories=("Growing",), first_seen_at=NOW)
READ = Reading(field="starts_at", value="2026-12-01", words="Monday 1st December", certainty=Certainty.CONTRADICTED)
MEETING = Event(
    source="a", key="1", title="Meeting", first_seen_at=NOW, starts_at=NOW, ends_at=NOW, doubts=("?",), readings=(READ,)
)


def edit(**changes):
    return Edit(source="a", key="1", **changes)


def test_what_is_not_set_stays_as_the_source_says():
    assert edited(POST, edit()) == POST
    assert edited(POST, edit(note="Look at this")).note == "Look at this"
    assert edited(POST, edit(categories=("Tools",), pinned=True)).categories == ("Tools",)


def test_a_post_becomes_a_vacancy_with_its_date_and_keeps_its_words():
    vacancy = edited(POST, edit(kind=Kind.VACANCY, closes_at=NOW, all_day=True, location="Here"))
    assert isinstance(vacancy, Vacancy)
    assert vacancy.kind is Kind.VACANCY
    assert (vacancy.title, vacancy.categories, vacancy.closes_at, vacancy.all_day, vacancy.location) == (
        "Help wanted",
        ("Growing",),
        NOW,
        True,
        "Here",
    )


def test_a_date_set_by_hand_is_in_no_doubt():
    moved = edited(MEETING, edit(starts_at=NOW.replace(hour=18)))
    assert (moved.starts_at.hour, moved.ends_at, moved.doubts, moved.readings) == (18, None, (), ())


@pytest.mark.parametrize("kind", [Kind.POST, Kind.VACANCY])
def test_a_kind_set_by_hand_is_in_no_doubt_and_other_doubts_stay(kind):
    asked = replace(POST, doubts=(PERHAPS[Kind.VACANCY], PERHAPS[Kind.EVENT], UNDATED, Doubt.read("?")))
    assert edited(asked, edit(kind=kind)).doubts == ("?",)
    assert edited(asked, edit(pinned=True)).doubts == asked.doubts


def test_a_post_becomes_an_event_once_it_has_a_start():
    event = edited(POST, edit(kind=Kind.EVENT, starts_at=NOW))
    assert isinstance(event, Event)
    assert (event.kind, event.starts_at, event.title) == (Kind.EVENT, NOW, "Help wanted")


@pytest.mark.parametrize(("year", "is_of_our_times"), [(1969, False), (1970, True), (2200, True), (2201, False)])
def test_a_date_far_from_our_times_is_refused(year, is_of_our_times):
    change = edit(starts_at=NOW.replace(year=year))
    if is_of_our_times:
        assert edited(MEETING, change).starts_at.year == year
    else:
        with pytest.raises(ValueError, match=f"{year}-11-23 is not a date of our times"):
            edited(MEETING, change)


def test_an_event_becomes_a_post_again():
    assert isinstance(edited(MEETING, edit(kind=Kind.POST)), Post)


@pytest.mark.parametrize(
    "change", [edit(kind=Kind.EVENT), edit(closes_at=NOW), edit(starts_at=NOW), edit(kind=Kind.VACANCY, starts_at=NOW)]
)
def test_a_fact_that_the_kind_cannot_have_is_refused(change):
    with pytest.raises(ValueError, match="set"):
        edited(POST, change)


SITE = Vacancy(source="site", key="1", title="Ranger", url="https://example.org/job", first_seen_at=NOW)
BOARD = replace(SITE, source="board", key="9", closes_at=NOW + timedelta(days=3), salary="£20,000")
LATER = NOW + timedelta(days=9)


@pytest.mark.parametrize("copy", [SITE, BOARD])
def test_an_edit_of_any_copy_is_an_edit_of_the_thing(copy):
    change = Edit(source=copy.source, key=copy.key, closes_at=LATER, note="Ask first")
    (thing,) = merged_and_edited([SITE, BOARD], {(copy.source, copy.key): change}, UTC)
    assert (thing.item.closes_at, thing.item.note, thing.item.salary) == (LATER, "Ask first", "£20,000")
    copies = with_edits([SITE, BOARD], {(copy.source, copy.key): change}, UTC)
    assert [(one.source, one.closes_at, one.note) for one in copies] == [
        ("site", LATER, "Ask first"),
        ("board", LATER, "Ask first"),
    ]


def test_a_date_set_by_hand_does_not_take_merged_copies_apart():
    swap = replace(MEETING, source="site", key="1", title="Seed swap")
    diary = replace(swap, source="diary", key="uid")
    edits = {("diary", "uid"): Edit(source="diary", key="uid", starts_at=LATER)}
    (thing,) = merged_and_edited([swap, diary], edits, UTC)
    assert thing.item.starts_at == LATER
    assert [copy.starts_at for copy in with_edits([swap, diary], edits, UTC)] == [LATER, LATER]


def test_edits_of_several_copies_are_one_and_its_own_copy_has_the_last_word():
    edits = {
        ("site", "1"): Edit(source="site", key="1", note="From the site"),
        ("board", "9"): Edit(source="board", key="9", note="From the board", pinned=True),
    }
    (thing,) = merged_and_edited([BOARD, SITE], edits, UTC)
    own = edits[thing.item.source, thing.item.key]
    assert (thing.item.note, thing.item.pinned) == (own.note, True)


def test_what_cannot_be_said_of_one_copy_is_still_said_of_the_thing():
    mention = replace(POST, source="site", key="1", url=SITE.url, first_seen_at=NOW - timedelta(days=1))
    edits = {("site", "1"): Edit(source="site", key="1", closes_at=LATER, hidden=True)}
    (thing,) = merged_and_edited([mention, BOARD], edits, UTC)
    assert isinstance(thing.item, Vacancy)
    assert (thing.item.closes_at, thing.item.hidden, thing.item.doubts) == (LATER, True, ())
    assert [(copy.kind, copy.hidden) for copy in with_edits([mention, BOARD], edits, UTC)] == [
        (Kind.POST, True),
        (Kind.VACANCY, True),
    ]


def test_an_edit_stays_with_what_its_source_lists_under_another_key():
    old = replace(MEETING, withdrawn=True)
    new = replace(MEETING, key="2", replaces=("1",))
    (thing,) = merged_and_edited([new, old], {("a", "1"): edit(note="Bring boots")}, UTC)
    assert (thing.item.key, thing.item.note) == ("2", "Bring boots")


def test_an_edit_that_no_longer_fits_is_a_doubt():
    (thing,) = merged_and_edited([POST], {("a", "1"): edit(closes_at=LATER)}, UTC)
    assert isinstance(thing.item, Post)
    assert "no longer fits" in thing.item.doubts[0]


def test_what_no_edit_is_about_stays_as_its_source_says():
    other = replace(POST, key="2", title="Another")
    assert list(with_edits([POST, other], {("a", "1"): edit(note="Ask")}, UTC)) == [replace(POST, note="Ask"), other]
    assert [one.item for one in merged_and_edited([POST, other], {("a", "1"): edit(note="Ask")}, UTC)][1] == other


def test_what_fits_neither_copy_nor_thing_is_a_doubt_of_every_copy():
    edits = {("site", "1"): Edit(source="site", key="1", starts_at=LATER, hidden=True)}
    copies = list(with_edits([SITE, BOARD], edits, UTC))
    assert ["no longer fits" in "".join(copy.doubts) for copy in copies] == [True, True]
    assert [copy.hidden for copy in copies] == [False, False]


def test_the_edit_of_a_thing_is_of_what_it_is_listed_as_now_and_its_own_leaves_the_series_out():
    old = replace(MEETING, series="choir", withdrawn=True)
    new = replace(MEETING, series="choir", key="2", replaces=("1",))
    (thing,) = merge([new, old], UTC)
    edits = {("a", "1"): edit(note="Bring boots"), ("a", series_key("choir")): edit(note="Sing", pinned=True)}
    assert edit_of(thing, edits) == Edit(source="a", key="2", note="Bring boots", pinned=True)
    assert own_edit_of(thing, edits) == Edit(source="a", key="2", note="Bring boots")
    assert own_edit_of(thing, {("a", series_key("choir")): edit(note="Sing")}) is None


DATES = {"starts_at": NOW, "closes_at": LATER}


@pytest.mark.parametrize(
    ("kind", "left"),
    [
        (None, {"starts_at", "closes_at"}),
        (Kind.POST, set()),
        (Kind.EVENT, {"starts_at"}),
        (Kind.VACANCY, {"closes_at"}),
    ],
)
def test_a_later_kind_takes_back_the_dates_that_it_cannot_have(kind, left):
    whole = laid_over(edit(note="Ask", **DATES), edit(kind=kind))
    assert {name for name in DATES if getattr(whole, name)} == left
    assert (whole.kind, whole.note) == (kind, "Ask")


@pytest.mark.parametrize("before", [True, False])
def test_whether_a_date_has_a_time_of_day_comes_with_the_date(before):
    earlier = edit(all_day=before, **DATES)
    assert laid_over(earlier, edit(note="Ask", all_day=not before)).all_day is before
    for name in DATES:
        assert laid_over(earlier, edit(all_day=not before, **{name: LATER})).all_day is not before


@pytest.mark.parametrize("field", ["book_by", "abstracts_by"])
def test_a_deadline_before_it_is_set_on_an_event_alone(field):
    book, abstracts = (
        Reading(field=name, value=NOW.isoformat(), words="by then", certainty=Certainty.CERTAIN)
        for name in ("book_by", "abstracts_by")
    )
    known = {"source": "a", "key": "1", "title": "Walk", "first_seen_at": NOW}
    walk = Event(**known, starts_at=LATER, readings=(book, abstracts), doubts=("year assumed",))
    changed = edited(walk, edit(**{field: LATER}))
    assert (getattr(changed, field), changed.doubts) == (LATER, ("year assumed",))
    assert changed.readings == ((abstracts,) if field == "book_by" else (book,))
    with pytest.raises(ValueError, match="no vacancy has such a date; set the kind too"):
        edited(Vacancy(**known), edit(**{field: LATER}))
    assert getattr(laid_over(edit(**{field: LATER}), edit(kind=Kind.POST)), field) is None
