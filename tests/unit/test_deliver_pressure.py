"""How much a pool presses on a server, and at what pace: less when asked, more again later, never above its limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver.pace import Pace
from digest.deliver.pressure import Patience, Pressure

PATIENCE = Patience()
EVENTS = st.lists(st.tuples(st.sampled_from(["well", "asked", "lost"]), st.floats(0, 5), st.floats(0, 90)), max_size=80)


def grown(most):
    """A pressure at its most, at time 0."""
    pressure = Pressure(most, PATIENCE)
    for _ in range(most):
        pressure.went_well(0.0)
    assert pressure.places == most
    return pressure


def ask(pressure, now, *, began=None, random=0.0):
    pressure.met_trouble(now if began is None else began, now=now, random=random, at_once=True)


def test_it_begins_with_one_connection_and_doubles_with_every_round():
    pressure, rounds = Pressure(20, PATIENCE), []
    for _ in range(6):
        rounds.append(pressure.places)
        for _ in range(pressure.places):
            pressure.went_well(0.0)
    assert rounds == [1, 2, 4, 8, 16, 20]


def test_trouble_halves_the_places_and_they_grow_again_by_one_a_round():
    pressure, rounds = grown(16), []
    ask(pressure, 1.0)
    for _ in range(10):
        rounds.append(pressure.places)
        for _ in range(pressure.places):
            pressure.went_well(10.0)
    assert rounds[:3] == [8, 8, 9]
    assert rounds == sorted(rounds)
    assert rounds[3] < 12 <= rounds[5]
    assert rounds[9] == 16


def test_what_began_before_the_last_trouble_met_the_same_one():
    pressure = grown(8)
    for late in (0.0, 0.1, 0.2):
        ask(pressure, 5.0 + late, began=4.0)
    assert (pressure.places, pressure.troubles) == (4, 1)
    pressure.went_well(4.5)
    assert pressure.troubles == 1


def test_what_began_with_the_last_trouble_met_another():
    pressure = grown(8)
    ask(pressure, 5.0)
    ask(pressure, 6.0, began=5.0)
    assert (pressure.places, pressure.troubles) == (2, 2)


def test_trouble_at_the_very_first_is_the_first_and_leaves_one_place():
    pressure = Pressure(8, PATIENCE)
    ask(pressure, 1.0)
    assert (pressure.places, pressure.troubles, pressure.pause(1.0)) == (1, 1, 1)
    pressure = grown(2)
    ask(pressure, 1.0)
    assert pressure.places == 1


@pytest.mark.parametrize(("whoever", "enough"), [(True, 10), (False, 50)])
def test_so_many_refusals_with_nothing_accepted_between_them_are_believed(whoever, enough):
    pressure = Pressure(4, PATIENCE)
    for _ in range(2):
        for _ in range(enough - 1):
            pressure.was_rejected(whoever=whoever)
            assert not pressure.is_refused
        pressure.was_accepted()
    for _ in range(enough):
        assert not pressure.is_refused
        pressure.was_rejected(whoever=whoever)
    assert pressure.is_refused


def test_pauses_double_up_to_the_longest_and_begin_anew_once_something_went_well():
    pressure, now, pauses = grown(4), 1.0, []
    for _ in range(8):
        ask(pressure, now)
        assert pressure.is_too_much is (len(pauses) == 7)
        pauses.append(pressure.pause(now))
        now += pauses[-1]
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    assert pressure.is_too_much
    pressure.went_well(now)
    assert not pressure.is_too_much
    ask(pressure, now)
    assert pressure.pause(now) == 1


@pytest.mark.parametrize(("random", "seconds"), [(0.0, 1.0), (1.0, 1.25)])
def test_a_pause_is_up_to_a_quarter_longer_by_chance(random, seconds):
    pressure = grown(4)
    ask(pressure, 1.0, random=random)
    assert pressure.pause(1.0) == pytest.approx(seconds)


def test_what_is_no_reason_at_once_is_one_when_it_comes_twice():
    pressure = grown(4)
    pressure.met_trouble(1.0, now=1.0, random=0.0, at_once=False)
    assert (pressure.places, pressure.pause(1.0), pressure.troubles) == (4, 0, 1)
    pressure.met_trouble(2.0, now=2.0, random=0.0, at_once=False)
    assert (pressure.places, pressure.pause(2.0), pressure.troubles) == (2, 1, 2)


def played(pressure, events, *, random):
    """Tell of one event after another; the moment after each."""
    now = 0.0
    for what, took, later in events:
        began, now = now, now + took
        if what == "well":
            pressure.went_well(began)
        else:
            pressure.met_trouble(began, now=now, random=random, at_once=what == "asked")
        yield now
        now += later


@given(most=st.integers(1, 200), events=EVENTS)
def test_there_is_always_a_place_never_more_than_the_most_and_no_pause_beyond_the_longest(most, events):
    pressure = Pressure(most, PATIENCE)
    for now in played(pressure, events, random=1.0):
        assert 1 <= pressure.places <= most
        assert 0 <= pressure.pause(now) <= PATIENCE.longest_pause * 1.25 + 1e-6


@given(most=st.integers(1, 100), events=EVENTS)
def test_a_server_that_is_well_again_gets_everything_again(most, events):
    pressure = Pressure(most, PATIENCE)
    now = max(played(pressure, events, random=0.0), default=0.0)
    for _ in range(most * most + most):
        pressure.went_well(now)
    assert pressure.places == most
    assert pressure.troubles == 0


@given(rate=st.floats(0.01, 1000), burst=st.integers(1, 20), steps=st.lists(st.floats(0, 10), min_size=1, max_size=60))
def test_any_number_of_starts_take_the_time_that_the_rate_gives_them_save_one_burst(rate, burst, steps):
    pace, now, starts = Pace(rate, burst), 0.0, []
    for step in steps:
        now += step
        starts.append(now + pace.reserve(now))
    assert starts[0] == steps[0]
    assert starts == sorted(starts)
    for first in range(len(starts)):
        for count, start in enumerate(starts[first:], 1):
            assert start - starts[first] >= (count - burst) / rate * (1 - 1e-6) - 1e-6


def test_a_burst_comes_together_and_what_follows_at_the_rate():
    pace = Pace(2.0, burst=3)
    assert [pace.reserve(10.0) for _ in range(5)] == [0, 0, 0, 0.5, 1.0]
    assert [pace.reserve(20.0) for _ in range(4)] == [0, 0, 0, 0.5]


def test_starts_come_one_by_one_where_no_burst_is_named():
    pace = Pace(2.0)
    assert [pace.reserve(10.0) for _ in range(3)] == [0, 0.5, 1.0]


def test_without_a_rate_nobody_waits():
    pace = Pace(None)
    assert [pace.reserve(5.0) for _ in range(3)] == [0, 0, 0]
