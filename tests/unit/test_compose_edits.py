"""What an editor sets stands over what the source says."""

from datetime import UTC, datetime

import pytest

from digest.compose import edited
from digest.model import Certainty, Edit, Event, Kind, Post, Reading, Vacancy

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


def test_an_event_becomes_a_post_again():
    assert isinstance(edited(MEETING, edit(kind=Kind.POST)), Post)


@pytest.mark.parametrize(
    "change", [edit(kind=Kind.EVENT), edit(closes_at=NOW), edit(starts_at=NOW), edit(kind=Kind.VACANCY, starts_at=NOW)]
)
def test_a_fact_that_the_kind_cannot_have_is_refused(change):
    with pytest.raises(ValueError, match="set"):
        edited(POST, change)
