"""How many deliveries are claimed ahead, when the next are, and what becomes of those that nobody takes."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from unit.test_deliver_engine import Books, deliveries

from digest.deliver.fairness import FairShare
from digest.deliver.gate import Gate
from digest.deliver.pressure import Patience, Pressure
from digest.deliver.supply import Supply
from digest.model import Accepted, Deferred, DeliveryState, Stage

ACCEPTED = Accepted(reply="ok")


class Claims(Books):
    """Remembers each group that was claimed or released."""

    def __init__(self, count, **options):
        super().__init__(count, **options)
        self.claimed, self.released = [], []

    async def claim(self, wanted):
        self.claimed.append([delivery.id for delivery in wanted])
        return await super().claim(wanted)

    async def release(self, held):
        self.released.append([delivery.id for delivery in held])
        await super().release(held)


async def stream(count):
    for delivery in deliveries(count):
        yield delivery


async def settled():
    """Once everything that can go on has gone on."""
    for _ in range(30):
        await asyncio.sleep(0)


@asynccontextmanager
async def supplying(count, places, *, rate=None, ledger=Claims, source=None, **options):
    pressure = Pressure(places, Patience())
    for _ in range(places):
        pressure.went_well(0.0)
    gate = Gate(
        pressure=pressure, share=FairShare(places, rate), stop=asyncio.Event(), on_pause=lambda _pause, _why: None
    )
    claims = ledger(count, **options)
    supply = Supply(source=source(gate) if source else stream(count), ledger=claims, gate=gate)
    filling = asyncio.create_task(supply.fill())
    yield supply, claims, gate
    gate.shut()
    supply.stir()
    await filling


@pytest.mark.parametrize("places", [1, 2, 4, 5])
async def test_two_for_each_place_are_claimed_at_first_and_no_more_until_half_are_taken(places):
    async with supplying(100, places) as (supply, claims, _):
        taken = [await supply.take()]
        await settled()
        assert claims.claimed == [list(range(2 * places))]
        while 2 * (len(claims.claimed[0]) - len(taken) - 1) > places:
            taken.append(await supply.take())
            supply.record(taken[-1], ACCEPTED)
            await settled()
            assert len(claims.claimed) == 1
        taken.append(await supply.take())
        supply.record(taken[-1], ACCEPTED)
        await settled()
        assert len(claims.claimed) == 2


async def test_of_what_is_claimed_those_who_are_being_sent_to_count_until_it_is_known_what_came_of_it():
    async with supplying(100, 4) as (supply, claims, _):
        taken = [await supply.take() for _ in range(8)]
        await settled()
        assert claims.claimed == [list(range(8))]
        supply.record(taken[0], ACCEPTED)
        waiting = asyncio.create_task(supply.take())
        await settled()
        assert claims.claimed == [list(range(8)), [8]]
        assert (await waiting).id == 8


async def test_who_is_refused_is_not_counted_and_the_next_is_claimed_in_their_place():
    async with supplying(20, 2, gone=range(4)) as (supply, claims, _):
        assert (await supply.take()).id == 4
        assert claims.claimed == [[0, 1, 2, 3], [4, 5, 6, 7]]


async def test_with_a_rate_nobody_is_claimed_ahead_of_who_waits():
    async with supplying(20, 4, rate=1000.0) as (supply, claims, _):
        assert (await supply.take()).id == 0
        await settled()
        assert claims.claimed == [[0]]
        waiting = [asyncio.create_task(supply.take()) for _ in range(2)]
        assert {delivery.id for delivery in await asyncio.gather(*waiting)} == {1, 2}
        assert [one for group in claims.claimed for one in group] == [0, 1, 2]


async def test_what_is_given_back_is_claimed_again_first_and_in_its_order():
    async with supplying(20, 2) as (supply, claims, _):
        first = await supply.take()
        await supply.give_back()
        assert claims.released == [[1, 2, 3]]
        assert claims.count(DeliveryState.IN_FLIGHT) == 1
        supply.record(first, ACCEPTED)
        assert [(await supply.take()).id for _ in range(3)] == [1, 2, 3]
        assert claims.claimed[1] == [1, 2, 3, 4]


async def test_nothing_is_released_where_nothing_is_held():
    async with supplying(0, 2) as (supply, claims, _):
        assert await supply.take() is None
        await supply.give_back()
    assert (claims.claimed, claims.released) == ([], [])


async def test_what_is_put_back_is_the_next_to_be_taken():
    async with supplying(20, 2) as (supply, _, _gate):
        first = await supply.take()
        supply.put_back(first)
        assert [(await supply.take()).id for _ in range(2)] == [0, 1]


async def test_it_is_over_once_the_last_is_taken_and_not_before():
    async with supplying(3, 2) as (supply, claims, _):
        for _ in range(3):
            assert not supply.is_over()
            supply.record(await supply.take(), ACCEPTED)
        await settled()
        assert await supply.take() is None
        assert supply.is_over()
    assert claims.count(DeliveryState.ACCEPTED) == 3


async def test_a_gate_that_is_shut_gives_everybody_who_waits_nothing_and_releases_the_rest():
    async with supplying(20, 2) as (supply, claims, gate):
        first = await supply.take()
        gate.shut()
        supply.stir()
        await settled()
        assert await supply.take() is None
        assert claims.released == [[1, 2, 3]]
        supply.record(first, ACCEPTED)
    assert claims.count(DeliveryState.IN_FLIGHT) == 0


class Slow(Claims):
    """Commits a claim once it is told to."""

    def __init__(self, count):
        super().__init__(count)
        self.committing, self.answer = asyncio.Event(), asyncio.Event()

    async def claim(self, wanted):
        self.committing.set()
        await self.answer.wait()
        return await super().claim(wanted)


async def test_it_is_not_over_while_the_last_are_being_claimed():
    async with supplying(1, 2, ledger=Slow) as (supply, claims, _):
        waiting = asyncio.create_task(supply.take())
        await claims.committing.wait()
        assert not supply.is_over()
        claims.answer.set()
        assert (await waiting).id == 0


async def test_in_a_pause_what_nobody_has_taken_is_released():
    async with supplying(20, 2) as (supply, claims, gate):
        first = await supply.take()
        gate.learn(Deferred(stage=Stage.MAIL, code=421, reply="4.7.0 too fast"), gate.now())
        supply.stir()
        await settled()
        assert not gate.is_shut()
        assert claims.released == [[1, 2, 3]]
        supply.record(first, ACCEPTED)


@pytest.mark.parametrize("rate", [None, 1000.0])
async def test_nothing_is_claimed_once_the_gate_was_shut_while_the_next_were_read(rate):
    async def shutting(gate):
        async for delivery in stream(20):
            gate.shut()
            yield delivery

    async with supplying(20, 2, rate=rate, source=shutting) as (supply, claims, _):
        assert await supply.take() is None
    assert claims.claimed == []


async def test_what_was_being_claimed_when_the_gate_was_shut_is_released():
    async with supplying(20, 2, ledger=Slow) as (supply, claims, gate):
        waiting = asyncio.create_task(supply.take())
        await claims.committing.wait()
        gate.shut()
        claims.answer.set()
        assert await waiting is None
    assert claims.released == claims.claimed == [[0, 1, 2, 3]]


async def test_nobody_waits_for_a_ledger_that_cannot_claim():
    class Full(Claims):
        async def claim(self, wanted):
            raise OSError("disk full")

    async def take_one():
        async with supplying(20, 2, ledger=Full) as (supply, _, _gate):
            waiting = asyncio.create_task(supply.take())
            await settled()
            assert waiting.done()

    with pytest.raises(OSError, match="disk full"):
        await take_one()
