"""A server that asks for less: how long it is left alone, how seldom it is asked again, what it is given after that."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Throttle

FIRST, LONGEST = 0.125, 60.0
PAUSES = {"first": FIRST, "longest": LONGEST, "random": 0.0}


def whole(least, most, parts=1024):
    """Numbers that every clock holds exactly, so that what is later on one is later on another."""
    return st.integers(round(least * parts), round(most * parts)).map(lambda number: number / parts)


def steps_of(later, random):
    return st.lists(st.tuples(st.sampled_from(["asks", "takes"]), later, random), max_size=60)


STEPS = steps_of(st.floats(0, 1000), st.floats(0, 1))


def asks(throttle, now, random=0.0):
    return throttle.asks(now, first=FIRST, longest=LONGEST, random=random)


def throttled(throttle, now, seconds, *, probe=0.1):
    """One that asks for less for so long; how it is then, when, and how often it was asked in vain."""
    end, tries = now + seconds, 1
    throttle = asks(throttle, now)
    while (now := throttle.until + probe) < end:
        throttle, tries = asks(throttle, now), tries + 1
    return throttle.takes(now), now, tries


def played(steps, throttle=Throttle()):  # noqa: B008  (frozen)
    now = 0.0
    for what, later, random in steps:
        now += later
        before, throttle = throttle, asks(throttle, now, random) if what == "asks" else throttle.takes(now)
        yield now, before, throttle


@given(STEPS)
def test_whatever_it_answers_no_pause_is_above_the_longest_and_something_may_always_be_used(steps):
    for now, before, after in played(steps):
        assert after.turn == before.turn + 1
        assert now <= after.until <= now + 1.25 * LONGEST + 1e-6
        assert 0 < after.part <= 1
        assert after.part_at(now) <= before.part_at(now)
        assert after.part_at(now) <= after.part_at(now + 1) <= 1
        assert after.part_at(now + 1e9) == (after.part if after.is_asking else 1)


@given(seconds=st.floats(0.01, 1e5), random=st.floats(0, 1))
def test_a_throttle_that_lasts_is_asked_in_the_logarithm_of_its_duration_until_the_longest_pause(seconds, random):
    _, ended, tries = throttled(Throttle(), 0.0, seconds, probe=0.0)
    assert tries <= math.log2(seconds / FIRST + 1) + 1 + seconds / LONGEST
    assert ended <= 2 * seconds + FIRST
    assert ended <= seconds + LONGEST


@given(st.lists(st.tuples(st.floats(10, 1000), st.floats(0.01, 0.9)), min_size=1, max_size=9))
def test_one_that_stumbles_now_and_then_is_given_all_that_it_was_given_before(stumbles):
    throttle, now = Throttle(), 0.0
    for well, seconds in stumbles:
        throttle, now, _ = throttled(throttle, now + well, seconds)
        assert throttle.part_at(now) == 1


def test_one_that_asks_again_soon_is_given_the_part_that_it_took_and_half_at_least_and_more_in_time():
    throttle = replace(Throttle(), since=0.0, lasted=1.0)
    assert asks(throttle, 4.0).part == 1
    assert asks(throttle, 1.5).part == pytest.approx(0.6)
    assert asks(throttle, 0.1).part == 0.5
    again = asks(throttle, 1.5).takes(3.5)
    assert (again.part_at(3.5), again.part_at(3.5 + 4.0)) == (pytest.approx(0.6), pytest.approx(0.6 + 4 / 14))
    assert again.part_at(30.0) == 1


def test_the_pause_is_the_longer_the_less_it_was_given():
    pressed = replace(Throttle(), since=0.0, lasted=1.0, part=0.25)
    assert asks(pressed, 0.0).until == pytest.approx(FIRST / 0.125)


def test_what_is_asked_long_after_a_pause_begins_anew():
    throttle = Throttle()
    for _ in range(9):
        throttle = asks(throttle, throttle.until if throttle.asked else 0.0)
    assert asks(throttle, throttle.until + 599).asked == 10
    late = asks(throttle, throttle.until + 601)
    assert (late.asked, late.until) == (1, throttle.until + 601 + FIRST)


@given(steps_of(whole(0, 1000), whole(0, 1)), whole(-1e6, 1e6))
def test_it_is_the_same_by_any_clock(steps, ahead):
    here, there = Throttle(), Throttle().by_another_clock(ahead)
    for now, _, here in played(steps):  # noqa: B007
        pass
    now = ahead
    for what, later, random in steps:
        now += later
        there = asks(there, now, random) if what == "asks" else there.takes(now)
    back = there.by_another_clock(-ahead)
    assert (back.turn, back.asked) == (here.turn, here.asked)
    assert (back.until, back.since, back.lasted) == pytest.approx((here.until, here.since, here.lasted), abs=1e-6)
    assert back.part == pytest.approx(here.part, abs=1e-3)


def sent_to(bears, seconds, *, in_flight=12):
    """What a server takes and refuses that bears this part of the rate of 200/s, half a second of it at once."""
    throttle, now, tokens, taken, refused = Throttle(), 0.0, 100.0 * bears, 0, 0
    while now < seconds:
        step = 1 / (200 * throttle.part_at(now))
        now, tokens = now + step, min(tokens + 200 * bears * step, 100 * bears)
        if tokens >= 1:
            tokens, taken = tokens - 1, taken + 1
            continue
        refused += max(1, round(in_flight * throttle.part_at(now)))  # what was on the wire then
        throttle = asks(throttle, now)
        while True:
            tokens, now = min(tokens + 200 * bears * (throttle.until + 0.1 - now), 100 * bears), throttle.until + 0.1
            if tokens >= 1:
                break
            throttle, refused = asks(throttle, now), refused + 1
        throttle, tokens, taken = throttle.takes(now), tokens - 1, taken + 1
    return taken, refused


@pytest.mark.parametrize(("bears", "at_least"), [(0.9, 0.95), (0.75, 0.95), (0.5, 0.95), (0.2, 0.8), (0.05, 0.3)])
def test_one_that_bears_less_than_the_rate_gets_that_or_less_and_refuses_few(bears, at_least):
    taken, refused = sent_to(bears, 600)
    assert at_least * 600 * 200 * bears <= taken <= (600 + 1) * 200 * bears
    assert refused <= 0.12 * taken
