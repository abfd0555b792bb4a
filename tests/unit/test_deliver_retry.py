"""Deferred deliveries come back ever later, never together, and not forever."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.deliver import next_attempt
from digest.deliver.retry import FIRST_WAIT, LATEST, LONGEST_WAIT, SHORT_WAIT

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
YEARS = timedelta(days=36_500)
ATTEMPTS = st.integers(1, 10**6)
RANDOM = st.floats(0, 1)


def wait(attempts, random=0.0, **options):
    attempt = next_attempt(attempts, first_tried_at=NOW, now=NOW, give_up_after=YEARS, random=random, **options)
    assert attempt is not None
    return attempt - NOW


def test_waits_double_from_five_minutes_to_four_hours():
    minutes = [wait(attempts) / timedelta(minutes=1) for attempts in range(1, 9)]
    assert minutes == [5, 10, 20, 40, 80, 160, 240, 240]


def test_who_was_only_told_to_wait_is_tried_again_within_seconds_at_first():
    seconds = [wait(attempts, first_wait=SHORT_WAIT) / timedelta(seconds=1) for attempts in range(1, 7)]
    assert seconds == [5, 10, 20, 40, 80, 160]


@given(ATTEMPTS, RANDOM, st.sampled_from([FIRST_WAIT, SHORT_WAIT]))
def test_nothing_is_put_off_beyond_the_latest(attempts, random, first_wait):
    assert wait(attempts, random, first_wait=first_wait) <= LATEST


def test_nothing_waits_as_long_as_the_latest_but_by_the_utmost_chance():
    assert wait(100, random=0.999) < wait(100, random=1.0) == LATEST


def test_what_comes_back_just_at_the_deadline_is_still_tried():
    times = {"first_tried_at": NOW, "now": NOW, "random": 0.0}
    assert next_attempt(1, give_up_after=FIRST_WAIT, **times) == NOW + FIRST_WAIT
    assert next_attempt(1, give_up_after=FIRST_WAIT - timedelta(microseconds=1), **times) is None


@given(ATTEMPTS, RANDOM)
def test_every_wait_is_between_the_first_and_a_quarter_more_than_the_longest(attempts, random):
    assert FIRST_WAIT <= wait(attempts) <= wait(attempts, random) <= LONGEST_WAIT * 1.25


@given(ATTEMPTS, RANDOM, st.timedeltas(timedelta(0), timedelta(days=6)))
def test_nothing_is_tried_after_the_deadline_and_nothing_given_up_before(attempts, random, age):
    deadline = NOW + timedelta(days=5)
    now = NOW + age
    attempt = next_attempt(attempts, first_tried_at=NOW, now=now, give_up_after=timedelta(days=5), random=random)
    if attempt is None:
        assert now + wait(attempts, random) > deadline
    else:
        assert now < attempt <= deadline
