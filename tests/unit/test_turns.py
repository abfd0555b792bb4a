"""Which campaigns take turns, and when one gives way: the clock stands where the test says, the tasks are real."""

import asyncio
from dataclasses import dataclass

import pytest

from digest.core.campaigns import turns
from digest.core.campaigns.turns import Turns


@dataclass(frozen=True)
class Campaign:
    id: int


LARGE, MIDDLING, SMALL = Campaign(1), Campaign(2), Campaign(3)
SIZES = {1: 200, 2: 20, 3: 1}


@pytest.fixture
def clock(monkeypatch):
    moment = [100.0]
    monkeypatch.setattr(turns, "monotonic", lambda: moment[0])
    return moment


class Senders:
    """Sends of campaigns until they are let end; who has begun, and their turns."""

    def __init__(self):
        self.turns = {}
        self.ends = {}

    async def __call__(self, turn):
        self.turns[turn.campaign] = turn
        self.ends[turn.campaign] = asyncio.Event()
        await self.ends[turn.campaign].wait()
        return turn.campaign


async def begun(taking, sender, *released):
    """What is under way once it was looked who may begin."""
    taking.begin(released, SIZES, sender)
    await asyncio.sleep(0)
    return list(sender.turns)


async def end(taking, sender, campaign):
    sender.ends.pop(campaign).set()
    del sender.turns[campaign]
    assert [one for one, _ in await taking.ended(60)] == [campaign]


async def test_of_those_who_have_had_no_turn_the_smallest_is_first(clock):
    taking, sender = Turns(2), Senders()
    assert await begun(taking, sender, LARGE, MIDDLING, SMALL) == [SMALL, MIDDLING]
    await taking.give_up()


async def test_nobody_gives_way_while_nobody_waits(clock):
    taking, sender = Turns(1), Senders()
    await begun(taking, sender, LARGE)
    clock[0] += 1000
    await begun(taking, sender, LARGE)
    assert not sender.turns[LARGE].gives_way
    await taking.give_up()


async def test_who_has_had_a_turn_gives_way_to_who_waits_and_no_sooner(clock):
    taking, sender = Turns(1), Senders()
    await begun(taking, sender, LARGE)
    clock[0] += turns._TURN - 1
    await begun(taking, sender, LARGE, SMALL)
    assert not sender.turns[LARGE].gives_way
    clock[0] += 1
    await begun(taking, sender, LARGE, SMALL)
    assert sender.turns[LARGE].gives_way
    await taking.give_up()


async def test_as_many_give_way_as_wait_the_longest_under_way_first(clock):
    taking, sender = Turns(2), Senders()
    await begun(taking, sender, LARGE)
    clock[0] += 1
    await begun(taking, sender, LARGE, MIDDLING)
    clock[0] += turns._TURN
    await begun(taking, sender, LARGE, MIDDLING, SMALL)
    assert [one.gives_way for one in sender.turns.values()] == [True, False]
    await taking.give_up()


async def test_who_gave_way_is_behind_those_who_have_had_no_turn_and_has_a_rest(clock):
    taking, sender = Turns(1), Senders()
    await begun(taking, sender, SMALL)
    await end(taking, sender, SMALL)
    assert await begun(taking, sender, SMALL) == []
    clock[0] += turns._REST
    assert await begun(taking, sender, SMALL, LARGE) == [LARGE]
    await end(taking, sender, LARGE)
    clock[0] += turns._REST
    assert await begun(taking, sender, SMALL, LARGE) == [SMALL]
    await taking.give_up()


async def test_whether_any_is_under_way_is_told(clock):
    taking, sender = Turns(1), Senders()
    assert not taking.begin([], SIZES, sender)
    assert taking.begin([SMALL], SIZES, sender)
    assert taking.begin([], SIZES, sender)
    await taking.give_up()


async def test_given_up_nothing_is_left_running(clock):
    taking, sender = Turns(2), Senders()
    await begun(taking, sender, LARGE, SMALL)
    await taking.give_up()
    assert len(asyncio.all_tasks()) == 1
