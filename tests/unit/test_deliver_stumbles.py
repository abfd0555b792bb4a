"""A relay 50 ms away that allows 200 mails a second and asks for less now and then: what processes reach together.

Each process has a share and a slice of the rate of its own, as workers have; what one of them finds out the others hear
of 20 ms later. The clock jumps to the next timer, so that a minute takes a second or two.
"""

import asyncio
import math
import random
from itertools import pairwise

import pytest
from unit.test_deliver_engine import Books, deliveries, envelope
from unit.test_deliver_time import Hasty

from digest.deliver import FairShare, SharedPace, Slots, Starts, transmit
from digest.model import Accepted, Deferred, Stage, Throttle

RATE, CONNECTIONS, AWAY, HEARD = 200, 40, 0.05, 0.02
TOO_MUCH = Deferred(stage=Stage.DOT, code=451, reply="4.7.1 too much at once")


class Relay:
    """Asks for less during these times: beginnings and ends in seconds."""

    def __init__(self, *throttles):
        self.throttles = throttles
        self.taken, self.refused = [], []

    def asks_for_less(self, now):
        return any(begin <= now < end for begin, end in self.throttles)

    def possible(self, end):
        """Mails that it could have taken until then."""
        return RATE * (end - sum(min(until, end) - begin for begin, until in self.throttles if begin < end))

    def ahead(self):
        """Mails at most that any stretch of time had above the rate."""
        least = most = 0.0
        for number, moment in enumerate(self.taken):
            least = min(least, number - RATE * moment)
            most = max(most, number - RATE * moment - least)
        return most


class Courier:
    def __init__(self, relay):
        self.relay = relay
        self.in_doubt = False

    async def send(self, _envelope):
        await asyncio.sleep(AWAY)
        now = asyncio.get_running_loop().time()
        is_less = self.relay.asks_for_less(now)
        (self.relay.refused if is_less else self.relay.taken).append(now)
        await asyncio.sleep(AWAY)
        return TOO_MUCH if is_less else Accepted(reply="ok")

    async def close(self):
        await asyncio.sleep(AWAY)


class Together:
    """What processes share: the bucket, and what is known of the relay."""

    def __init__(self, count):
        self.free_at = 0.0
        self.throttle = Throttle()
        self.random = random.Random(7)
        self.telling = set()
        self.shares = [self.share(count) for _ in range(count)]

    def share(self, count):
        pace = SharedPace(RATE, 1, self.lease, portion=lambda: share.portion)
        share = FairShare(CONNECTIONS, pace=pace)
        share.allow(CONNECTIONS // count)
        share.on_turn = lambda turn, change: self.turned(share, turn, change)
        return share

    async def lease(self, count):
        await asyncio.sleep(HEARD / 4)
        now = asyncio.get_running_loop().time()
        part = self.throttle.part_at(now)
        first = max(self.free_at, now - 0.25)
        self.free_at = first + count / (RATE * part)
        return Starts(first - now, 1 / (RATE * part), count)

    def turned(self, share, turn, change):
        async def tell():
            await asyncio.sleep(HEARD / 2)
            now = asyncio.get_running_loop().time()
            if self.throttle.turn == turn:
                self.throttle = change(self.throttle, now)
                await asyncio.sleep(HEARD / 2)
            else:
                share.heard(self.throttle, random=self.random.random())
            for other in self.shares:
                if other.throttle.turn < self.throttle.turn:
                    other.heard(self.throttle, random=self.random.random())

        task = asyncio.create_task(tell())
        self.telling.add(task)
        task.add_done_callback(self.telling.discard)


def sent(relay, mails, processes, *, connections=CONNECTIONS):
    """Send so many mails, by so many processes with two chunks at a time; the ledger of each chunk."""

    async def connect():
        await asyncio.sleep(2 * AWAY)
        return Courier(relay)

    async def chunk(share, slots, later):
        await asyncio.sleep(later)
        books = Books(mails // (2 * processes))
        source = deliveries(len(books.states))
        await transmit(source, ledger=books, connect=slots.connect, envelope=envelope, share=share)
        return books

    async def send():
        together, ledgers = Together(processes), []
        for share in together.shares:
            slots = Slots(connect)
            share.allow(connections // processes)
            await slots.allow(connections // processes)
            ledgers += [chunk(share, slots, later) for later in (0.0, 1.0)]
        made = await asyncio.gather(*ledgers)
        await asyncio.gather(*together.telling)
        return made

    with asyncio.Runner(loop_factory=Hasty) as runner:
        return runner.run(send())


def is_once_each(ledgers, relay):
    return all(set(books.recorded.values()) == {1} for books in ledgers) and sum(
        books.recorded.total() for books in ledgers
    ) == len(relay.taken) + len(relay.refused)


@pytest.mark.parametrize("processes", [1, 2, 8])
@pytest.mark.parametrize("seed", [1])
def test_one_that_throttles_at_random_is_given_nearly_all_that_it_can_take_and_never_more(processes, seed):
    chance, throttles, now = random.Random(seed), [], 2.0
    for _ in range(9):
        throttles.append((now, now + 0.5))
        now += chance.uniform(4.0, 6.0)
    relay = Relay(*throttles)
    ledgers = sent(relay, 4_000, processes)
    end = relay.taken[-len(relay.taken) // 20]
    possible = relay.possible(end) - relay.possible(1.0)
    assert sum(1.0 < moment <= end for moment in relay.taken) >= 0.95 * possible
    assert relay.ahead() <= RATE / 2
    assert is_once_each(ledgers, relay)


@pytest.mark.parametrize("processes", [1, 8])
def test_a_throttle_that_lasts_is_asked_in_the_logarithm_of_its_duration_and_ends_with_everything_as_before(processes):
    relay = Relay((2.0, 22.0))
    ledgers = sent(relay, 2_000, processes)
    on_the_wire = [moment for moment in relay.refused if moment < 2.0 + 3 * AWAY]
    assert len(on_the_wire) <= CONNECTIONS
    probes = relay.refused[len(on_the_wire) :]
    assert len(probes) <= math.log2(20 / 0.125) + 1
    assert all(later - earlier > 0.2 for earlier, later in pairwise(probes))
    again = next(moment for moment in relay.taken if moment > 22.0)
    assert sum(again + 1 < moment <= again + 3 for moment in relay.taken) >= 0.95 * 2 * RATE
    assert is_once_each(ledgers, relay)


@pytest.mark.parametrize("connections", [1, 2, 4])
def test_few_connections_are_enough_for_two_chunks_to_ask_again_over_and_go_on(connections):
    relay = Relay((0.5, 1.6), (2.0, 2.5), (9.0, 9.5))
    ledgers = sent(relay, 100 * connections, 1, connections=connections)
    assert is_once_each(ledgers, relay)
    assert relay.taken[-1] < 18
