"""What campaigns that are sent at once share."""

import math
from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver import FairShare, Patience
from digest.model import Throttle


@given(connections=st.integers(1, 50), senders=st.integers(1, 50))
def test_everybody_has_a_place_and_together_no_more_than_there_are(connections, senders):
    share = FairShare(connections)
    with ExitStack() as stack:
        for _ in range(senders):
            stack.enter_context(share.taken(lambda: None))
        assert share.places >= 1
        assert share.places * senders <= max(connections, senders)
        assert connections - share.places * senders < senders  # what is left over is less than one for each
    assert share.places == connections


def test_who_sends_already_is_told_when_another_comes_and_when_it_goes():
    share, told = FairShare(20), []
    with share.taken(lambda: told.append(share.places)), share.taken(lambda: None):
        pass
    assert told == [20, 10, 20]


PATIENCE = Patience()


class Clock:
    """A share's clock, which goes when it is told to."""

    def __init__(self, monkeypatch):
        self.now = 100.0
        monkeypatch.setattr(FairShare, "_now", lambda _share: self.now)


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


@pytest.fixture
def share():
    return FairShare(8)


def asked(share, clock, began=None):
    return share.asked_for_less(clock.now if began is None else began, PATIENCE, random=0.0)


def test_when_the_relay_asks_for_less_all_rest_and_what_began_before_tells_nothing_new(share, clock):
    assert asked(share, clock)
    until = share.throttle.until
    clock.now += 0.05
    assert not asked(share, clock, began=99.9)
    share.took(99.9)
    assert (share.throttle.asked, share.throttle.until) == (1, until)
    assert share.opens_in("ann", clock.now) == share.opens_in("bob", clock.now) == pytest.approx(0.075)
    assert share.pause() == pytest.approx(0.075)


def test_after_the_rest_one_asks_with_one_mail_and_the_others_wait_for_what_comes_of_it(share, clock):
    asked(share, clock)
    clock.now = share.throttle.until
    assert share.may_begin("ann", 5) == 1
    assert (share.may_begin("ann", 5), share.may_begin("bob", 5)) == (0, 0)
    assert (share.opens_in("ann", clock.now), share.opens_in("bob", clock.now)) == (float("-inf"), float("inf"))
    clock.now += 0.1
    share.took(clock.now)
    assert not share.throttle.is_asking
    assert (share.may_begin("ann", 5), share.may_begin("bob", 5)) == (5, 5)
    assert share.opens_in("bob", clock.now) <= 0
    assert share.places == 8


def test_what_tells_nothing_leaves_it_to_another_to_ask(share, clock):
    asked(share, clock)
    clock.now = share.throttle.until
    share.may_begin("ann", 1)
    share.asks_no_more("ann", began=clock.now - 1)  # another mail, which began before the rest
    share.asks_no_more("bob")
    assert share.may_begin("bob", 1) == 0
    share.asks_no_more("ann", began=clock.now)
    assert share.may_begin("bob", 1) == 1


def test_others_are_told_of_a_turn_once_and_who_heard_of_it_leaves_the_asking_to_them(share, clock):
    told = []
    share.on_turn = lambda turn, change: told.append((turn, change))
    asked(share, clock)
    asked(share, clock, began=99.0)
    ((turn, change),) = told
    assert (turn, change(Throttle(), clock.now)) == (0, share.throttle)
    other = FairShare(8)
    other.heard(share.throttle, random=1.0)
    assert other.throttle == share.throttle
    assert share.opens_in("ann", clock.now) == pytest.approx(0.125)
    assert other.opens_in("bob", clock.now) == pytest.approx(0.125 + 1.5)


def test_one_that_took_too_little_is_given_fewer_connections_and_less_of_the_rate_until_it_took_enough(share, clock):
    share.heard(Throttle(turn=7, since=clock.now, lasted=1.0, part=0.3), random=0.0)
    with ExitStack() as stack:
        assert (share.places, share.part(), share.is_whole) == (3, 0.3, False)
        stack.enter_context(share.taken(lambda: None))
        stack.enter_context(share.taken(lambda: None))
        assert share.places == 1
        clock.now += 1.4
        assert share.part() == pytest.approx(0.5)
        assert share.places == 2
        clock.now += 9.0
        assert share.places == 4
        assert (share.part(), share.is_whole) == (1.0, True)


@given(allowed=st.integers(0, 50), part=st.floats(0.01, 1), senders=st.integers(1, 9))
def test_everybody_has_a_place_however_little_is_allowed(allowed, part, senders):
    share = FairShare(50)
    share.allow(allowed)
    assert share.portion == allowed / 50
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        clock = Clock(patch)
        share.heard(Throttle(turn=1, since=clock.now, part=part), random=0.0)
        for _ in range(senders):
            stack.enter_context(share.taken(lambda: None))
        assert 1 <= share.places <= max(1, math.ceil(allowed * part) // senders)
