"""What editors call posts, and how far that moves others: the same whatever the order, and within bounds."""

from datetime import date
from functools import cache
from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading.labelled import OWN, yaml_cases

from digest.collect.evidence import (
    Alike,
    Otherwise,
    Provenance,
    alike_in_words,
    answered,
    change_in_words,
    judge,
    learned,
    otherwise,
    words_again,
    words_of,
)
from digest.collect.evidence.answers import MOST_BY_ALL, MOST_BY_ONE, provenance_of
from digest.collect.evidence.likeness import features, likeness, vector
from digest.collect.found import Wording
from digest.model import Kind
from digest.render.phrases import IN_ENGLISH

SEEN = date(2026, 11, 23)
KINDS = st.sampled_from(list(Kind))


def post(title, text, *, key="1", source="notices", author="Ada", categories=()):
    return Wording(
        source=source,
        key=key,
        title=title,
        text=text,
        author=author,
        categories=categories,
        seen=SEEN,
        language="en-GB",
    )


@cache
def cases():
    """Posts of many writers; of each the words, taken apart once."""
    found = []
    for case in list(yaml_cases(OWN, "own"))[::6]:
        one = post(case.title, case.text, key=case.id, author=case.author, categories=case.categories)
        words = words_again(one)
        found.append((one, words, judge(words, one.categories)))
    return found


def read(one, *answers):
    """The verdict on a post after these answers."""
    known = learned(tuple(answers))
    words = words_again(one)
    return judge(words, one.categories, moved=known.moves(words, provenance_of(one)) if known else ())


STEWARD = post("A steward for the summer", "The committee is looking for a steward, four hours a week. Apply to Ada.")
TWIN = post(
    "A steward for the winter", "The committee is looking for a steward, five hours a week. Apply to Ada.", key="2"
)
NUMBERS = st.integers(0, 150)


def test_without_answers_there_is_nothing_to_learn():
    assert learned(()) is None


@pytest.mark.parametrize("kind", [Kind.VACANCY, Kind.POST])
def test_an_answer_speaks_for_its_kind_in_its_twin_also_where_that_was_expected(kind):
    place = (Kind.POST, Kind.EVENT, Kind.VACANCY).index(kind)
    assert read(TWIN, answered(post=STEWARD, kind=kind)).chances[place] > read(TWIN).chances[place]


def test_answers_that_contradict_each_other_leave_their_twins_nearly_where_they_were():
    both = read(TWIN, answered(post=STEWARD, kind=Kind.VACANCY), answered(post=TWIN, kind=Kind.POST))
    assert both.kind is read(TWIN).kind


@given(st.lists(st.tuples(NUMBERS, KINDS), min_size=2, max_size=8, unique_by=lambda one: one[0]), st.randoms())
@settings(deadline=None, max_examples=40)
def test_the_order_of_answers_makes_no_difference(said, chance):
    answers = [answered(post=cases()[number][0], kind=kind) for number, kind in said]
    mixed = answers[:]
    chance.shuffle(mixed)
    assert learned(tuple(answers)).weights == learned(tuple(mixed)).weights


@given(NUMBERS, KINDS, st.booleans(), NUMBERS)
@settings(deadline=None, max_examples=200)
def test_one_answer_turns_no_clear_verdict(number, kind, itself, another):
    one, words, before = cases()[number]
    said = one if itself else cases()[another][0]
    moved = learned((answered(post=said, kind=kind),)).moves(words, provenance_of(one))
    assert max(moved) - min(moved) <= MOST_BY_ONE < log(0.95 / 0.05)
    after = judge(words, one.categories, moved=moved)
    assert before.confidence <= 0.95 or after.kind is before.kind


@given(NUMBERS, KINDS, st.integers(2, 60))
@settings(deadline=None, max_examples=30)
def test_however_many_answers_turn_no_verdict_above_ninety_nine(number, kind, times):
    one, words, before = cases()[number]
    twins = tuple(
        answered(post=post(one.title, one.text, key=str(n), author=one.author), kind=kind) for n in range(times)
    )
    known = learned(twins)
    moved = known.moves(words, provenance_of(one))
    assert max(moved) - min(moved) <= MOST_BY_ALL + 1e-9 < log(0.99 / 0.01)
    assert all(max(weight) - min(weight) <= 2 + 1e-9 for weight in known.weights.values())
    assert before.confidence <= 0.99 or judge(words, one.categories, moved=moved).kind is before.kind


@given(NUMBERS, NUMBERS, KINDS)
@settings(deadline=None, max_examples=100)
def test_an_answer_of_another_source_hardly_moves_what_is_unlike_it(number, another, kind):
    words, other = cases()[number][1], cases()[another][0]
    elsewhere = post(other.title, other.text, source="elsewhere", author="Bo")
    moved = learned((answered(post=elsewhere, kind=kind),)).moves(words, Provenance(source="notices", author="Ada"))
    assert number == another or max(moved) - min(moved) < 1


def test_what_a_source_was_answered_moves_its_other_posts_a_little_and_those_of_others_less():
    bench = post("A bench made of pallets", "Three pallets and one afternoon.", key="b", author="Zoe")
    answers = [
        answered(post=post(f"{t} wanted", "Talk to Ada.", key=t), kind=Kind.VACANCY) for t in ("Cook", "Clerk", "Guide")
    ]
    known = learned(tuple(answers))
    words = words_again(bench)
    here = known.moves(words, Provenance(source="notices", author="Zoe"))
    there = known.moves(words, Provenance(source="diary", author="Zoe"))
    assert 0.1 < here[2] - here[0] <= 1.5
    assert there == (0, 0, 0)


def test_a_post_is_its_own_twin_and_nothing_of_one_without_anything_in_common():
    mine = vector(features(words_again(STEWARD), provenance_of(STEWARD)))
    assert likeness(mine, mine) == pytest.approx(1)
    far = post("Snow", "White roofs everywhere", source="x", author=None)
    assert likeness(mine, vector(features(words_again(far), provenance_of(far)))) == 0


def test_who_wrote_it_and_its_category_make_posts_alike_however_they_are_written():
    def share(**other):
        here, there = Provenance(source="a", author="Ada B", categories=("Jobs",)), Provenance(source="b", **other)
        empty = words_of("", "", reference=SEEN)
        return likeness(vector(features(empty, here)), vector(features(empty, there)))

    assert share() == 0
    assert 0 < share(categories=("jobs",)) < share(author="ada b") < share(author="ada b", categories=("jobs",)) < 1


def test_what_moved_a_verdict_is_told_by_the_posts_that_were_answered():
    mine = post("Stewards", "The committee talks of stewards, four hours a week.")  # which nothing says much of
    twins = [post("A steward again", mine.text, key=f"again-{n}") for n in range(3)]
    answers = [answered(post=one, kind=Kind.VACANCY) for one in (*twins, mine)]
    known = learned(tuple(answers))
    moved = known.moves(words_again(mine), provenance_of(mine))
    told = known.told(mine, read(mine, *answers), moved)
    assert (told.kind, told.own, told.titles) == (Kind.VACANCY, True, ("A steward again",) * 3)
    assert told.weight > 0.05
    assert known.told(post("Snow", "White", source="x", author=None), read(mine), (0, 0, 0)) is None


@pytest.mark.parametrize(
    ("own", "titles", "line"),
    [
        (False, ("Cook",), "+0.8 1 like it was called a vacancy here (“Cook”)"),
        (False, ("a", "b", "c", "d"), "+0.8 4 like it were called a vacancy here (“a”, “b”, “c”)"),
        (True, (), "+0.8 this was called a vacancy here"),
        (True, ("Cook",), "+0.8 this and 1 like it were called a vacancy here (“Cook”)"),
        (False, (), "+0.8 others with something of it were called a vacancy here"),
        (False, ("a",) * 12, "+0.8 12 like it were called a vacancy here (“a”, “a”, “a”)"),
    ],
)
def test_answers_read_as_words(own, titles, line):
    assert alike_in_words(Alike(kind=Kind.VACANCY, weight=0.8, own=own, titles=titles), IN_ENGLISH) == line


def test_what_would_change_a_verdict_reads_as_words():
    change = Otherwise(kind=Kind.EVENT, signs=("coming", "invites"), enough=True)
    said = "if it named a day to come and invited to come"
    assert change_in_words(change, Kind.POST, IN_ENGLISH) == f"an event rather than a post {said}"
    nearer = Otherwise(kind=Kind.EVENT, signs=("coming", "invites"), enough=False)
    assert change_in_words(nearer, Kind.POST, IN_ENGLISH) == (
        "nearer to an event, yet still a post, if it named a day to come and invited to come"
    )


def test_what_would_change_a_verdict_is_the_fewest_signs_of_the_next_kind_that_are_not_there():
    told = {}
    for one, words, verdict in cases():
        change = otherwise(words, one.categories, verdict)
        if change is not None:
            assert change.kind is verdict.runner_up
            assert 1 <= len(change.signs) <= 3
            assert not {f"any: {name}" for name in change.signs} & {piece.sign for piece in verdict.evidence}
            told.setdefault(change.enough, []).append(verdict.confidence)
    assert max(told[True]) < 0.99
    assert sum(told[True]) / len(told[True]) < sum(told[False]) / len(told[False])


def test_an_invitation_without_a_day_would_be_surer_with_one():
    words = words_of(
        "Winter lecture", "Ada speaks about salt at the Grain Hall. All welcome, tea after.", reference=SEEN
    )
    before = judge(words, ())
    change = otherwise(words, (), before)
    named = words_of(
        "Winter lecture",
        "Ada speaks about salt on 10 December at the Grain Hall. All welcome, tea after.",
        reference=SEEN,
    )
    event = judge(named, ())
    assert event.chances[1] > before.chances[1]
    assert before.kind is Kind.EVENT or "coming" in change.signs
