"""Who is let in, who waits and until when, and what shuts a gate for good."""

import asyncio

import pytest
from unit.test_deliver_engine import LOST, REFUSED, SLOW_DOWN
from unit.test_deliver_supply import settled

from digest.deliver.fairness import FairShare
from digest.deliver.gate import Gate
from digest.deliver.pressure import Patience, Pressure
from digest.errors import DeliveryError, RefusedError, UnreachableError


@pytest.fixture
def paused():
    """Why it was paused, each time."""
    return []


@pytest.fixture
async def stop():
    return asyncio.Event()


@pytest.fixture
async def gate(paused, stop):
    """A gate of one place, and pauses of less than a second."""
    return Gate(
        pressure=Pressure(1, Patience(first_pause=0.5)),
        share=FairShare(1),
        stop=stop,
        on_pause=lambda _seconds, why: paused.append(why),
    )


async def test_who_finds_no_place_waits_until_it_is_given_back(gate):
    assert await gate.enter()
    waiting = asyncio.create_task(gate.enter())
    await settled()
    assert not waiting.done()
    gate.leave()
    assert await waiting


async def test_a_gate_that_is_shut_lets_nobody_in_and_calls_back_who_waits(gate):
    assert await gate.enter()
    waiting = [asyncio.create_task(gate.enter()), asyncio.create_task(gate.until(gate.now() + 3600))]
    await settled()
    gate.shut()
    await settled()
    assert [task.done() for task in waiting] == [True, True]
    assert not await waiting[0]
    assert not await gate.enter()


async def test_a_stop_is_as_good_as_shut(gate, stop):
    stop.set()
    assert gate.is_shut()
    assert not await gate.enter()


async def test_who_waits_looks_again_when_it_is_stirred_and_leaves_once_it_is_over(gate):
    assert await gate.enter()
    over = []
    waiting = asyncio.create_task(gate.enter(lambda: bool(over)))
    await settled()
    over.append(True)
    gate.stir()
    await settled()
    assert waiting.done()
    assert not await waiting


async def test_in_a_pause_it_is_closed_and_not_shut_and_one_trouble_is_told_once(gate, paused):
    began = gate.now()
    assert not gate.is_closed()
    for _ in range(2):
        gate.learn(SLOW_DOWN, began)
    assert gate.is_closed()
    assert not gate.is_shut()
    assert paused == ["4.7.0 too fast"]


async def test_a_server_is_waited_for_only_where_it_was_reached_before(gate, paused):
    gate.reached()
    gate.not_reached(UnreachableError("nobody answers"), gate.now())
    assert paused == ["nobody answers"]
    assert not gate.is_shut()


async def test_a_server_that_was_never_reached_shuts_it(gate, paused):
    with pytest.raises(UnreachableError, match="nobody answers"):
        gate.not_reached(UnreachableError("nobody answers"), gate.now())
    assert gate.is_shut()
    assert paused == []


@pytest.mark.parametrize(("outcome", "times", "error"), [(REFUSED, 10, RefusedError), (LOST, 8, DeliveryError)])
async def test_what_is_no_use_shuts_it_at_the_last_and_not_before(gate, outcome, times, error):
    for _ in range(times - 1):
        gate.learn(outcome, gate.now())
        assert not gate.is_shut()
    with pytest.raises(error, match="at last"):
        gate.learn(outcome, gate.now())
    assert gate.is_shut()
