"""The laws of sending: claimed before it is sent, two in flight per connection, each recorded once, nobody dropped."""

import asyncio
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver import Envelope, deliver
from digest.deliver.engine import Pace
from digest.errors import DeliveryError
from digest.model import Accepted, Deferred, Delivery, DeliveryState, Recipient, Stage

QUEUED, IN_FLIGHT, ACCEPTED = DeliveryState.QUEUED, DeliveryState.IN_FLIGHT, DeliveryState.ACCEPTED


def deliveries(count):
    people = (Recipient(address=f"{number}@example.org") for number in range(count))
    return [Delivery(id=n, recipient=person, subscriber_id=n, list_ids=(1,)) for n, person in enumerate(people)]


def envelope(delivery):
    return Envelope(sender="post@example.org", recipient=delivery.recipient.address, message=b"hi\r\n")


class Books:
    """A ledger in memory that holds itself to the ledger's contract."""

    def __init__(self, count, *, gone=()):
        self.states = dict.fromkeys(range(count), QUEUED)
        self.gone = set(gone)  # left the list before they were claimed
        self.recorded = Counter()
        self.most_in_flight = 0

    async def claim(self, delivery):
        assert self.states[delivery.id] is QUEUED
        await asyncio.sleep(0)  # a commit takes its time
        if delivery.id in self.gone:
            return False
        self.states[delivery.id] = IN_FLIGHT
        self.most_in_flight = max(self.most_in_flight, self.count(IN_FLIGHT))
        return True

    async def release(self, delivery):
        assert self.states[delivery.id] is IN_FLIGHT
        await asyncio.sleep(0)
        self.states[delivery.id] = QUEUED

    def record(self, delivery, outcome):
        assert self.states[delivery.id] is IN_FLIGHT
        self.recorded[delivery.id] += 1
        self.states[delivery.id] = ACCEPTED if isinstance(outcome, Accepted) else DeliveryState.DEFERRED

    def count(self, state):
        return Counter(self.states.values())[state]


class Post:
    """A server's stand-in at the courier's port: it checks the claim of each message and counts."""

    def __init__(self, books, *, turns=3, before=lambda _number: None):
        self.books = books
        self.turns = turns  # of the loop that one message takes
        self.before = before
        self.sent = Counter()
        self.open = 0
        self.opened = 0

    async def connect(self):
        await asyncio.sleep(0)
        self.open += 1
        self.opened += 1
        return self

    async def send(self, handed):
        number = int(handed.recipient.partition("@")[0])
        assert self.books.states[number] is IN_FLIGHT
        self.before(number)
        for _ in range(self.turns):
            await asyncio.sleep(0)
        self.sent[number] += 1
        if number % 7 == 3:
            return Deferred(stage=Stage.RCPT, code=450, reply="later")
        return Accepted(reply="ok")

    async def close(self):
        self.open -= 1


async def run(books, post, *, connections=3, envelope=envelope, source=None, **options):
    await deliver(
        deliveries(len(books.states)) if source is None else source,
        ledger=books,
        connect=post.connect,
        envelope=envelope,
        connections=connections,
        **options,
    )


@given(
    count=st.integers(0, 40), connections=st.integers(1, 6), turns=st.integers(0, 5), gone=st.sets(st.integers(0, 39))
)
def test_everybody_is_sent_to_and_recorded_once_and_at_most_two_per_connection_are_in_flight(
    count, connections, turns, gone
):
    books = Books(count, gone=gone)
    post = Post(books, turns=turns)
    asyncio.run(run(books, post, connections=connections))
    listed = set(range(count)) - gone
    assert post.sent == books.recorded == Counter(listed)
    assert books.count(QUEUED) == count - len(listed)
    assert books.count(IN_FLIGHT) == 0
    assert books.most_in_flight <= 2 * connections
    assert post.open == 0
    assert post.opened <= min(connections, len(listed))


async def test_the_next_one_is_claimed_while_one_is_being_sent():
    books = Books(5)
    await run(books, Post(books, turns=9), connections=1)
    assert books.most_in_flight == 2


@pytest.mark.parametrize("connections", [1, 4])
async def test_deliveries_are_read_one_by_one_and_never_far_ahead(connections):
    books, read = Books(50), Counter()
    post = Post(books, before=lambda _number: check())

    def check():
        assert read.total() <= post.sent.total() + 2 * connections

    async def stream():
        for delivery in deliveries(50):
            read[delivery.id] += 1
            yield delivery

    await run(books, post, connections=connections, source=stream())
    assert read.total() == post.sent.total() == 50


async def test_each_outcome_is_told_after_it_is_recorded():
    books, told = Books(9), []

    def on_outcome(delivery, outcome):
        assert books.recorded[delivery.id] == 1
        told.append((delivery.id, type(outcome)))

    await run(books, Post(books), on_outcome=on_outcome)
    assert sorted(told) == [(n, Deferred if n % 7 == 3 else Accepted) for n in range(9)]


@given(connections=st.integers(1, 5), stop_at=st.integers(0, 29))
def test_stopping_finishes_what_is_being_sent_and_leaves_the_rest_queued(connections, stop_at):
    async def scenario():
        stop = asyncio.Event()
        books = Books(30)
        post = Post(books, before=lambda number: stop.set() if number == stop_at else None)
        await run(books, post, connections=connections, stop=stop)
        return books, post

    books, post = asyncio.run(scenario())
    assert post.sent == books.recorded
    assert post.sent[stop_at] == 1
    assert max(post.sent) < stop_at + 2 * connections
    assert books.count(IN_FLIGHT) == post.open == 0
    assert books.count(QUEUED) == 30 - post.sent.total()


async def test_a_stop_set_before_the_start_sends_nothing():
    stop = asyncio.Event()
    stop.set()
    books = Books(3)
    post = Post(books)
    await run(books, post, stop=stop)
    assert books.count(QUEUED) == 3
    assert post.opened == 0


async def test_a_stop_does_not_wait_for_a_slow_rate():
    stop = asyncio.Event()
    books = Books(9)
    post = Post(books, before=lambda _number: stop.set())
    await asyncio.wait_for(run(books, post, rate=1 / 3600, stop=stop), timeout=30)
    assert post.sent.total() == 1
    assert books.count(QUEUED) == 8


async def test_the_end_does_not_wait_for_a_slow_rate():
    books = Books(1)
    await asyncio.wait_for(run(books, Post(books), rate=1 / 3600, connections=4), timeout=30)
    assert books.count(ACCEPTED) == 1


@given(rate=st.floats(0.01, 1000), steps=st.lists(st.floats(0, 10), min_size=1, max_size=30))
def test_starts_are_never_closer_than_the_rate_allows(rate, steps):
    pace, now, starts = Pace(rate), 0.0, []
    for step in steps:
        now += step
        starts.append(now + pace.reserve(now))
    assert starts[0] == steps[0]
    assert all(later - earlier >= (1 / rate) * (1 - 1e-6) for earlier, later in pairwise(starts))


def test_without_a_rate_nobody_waits():
    pace = Pace(None)
    assert [pace.reserve(5.0) for _ in range(3)] == [0, 0, 0]


@given(connections=st.integers(1, 5), working=st.integers(0, 4))
def test_a_server_that_is_down_is_one_error_and_leaves_everybody_not_sent_to_queued(connections, working):
    books = Books(20)
    post = Post(books)
    attempts = iter(range(connections))

    async def connect():
        if next(attempts) >= working:
            raise DeliveryError("cannot send through mail.example.org")
        return await post.connect()

    async def scenario():
        await deliver(deliveries(20), ledger=books, connect=connect, envelope=envelope, connections=connections)

    if working < connections:
        with pytest.raises(DeliveryError, match=r"mail\.example\.org"):
            asyncio.run(scenario())
    else:
        asyncio.run(scenario())
    assert post.sent == books.recorded
    assert books.count(IN_FLIGHT) == post.open == 0
    assert books.count(QUEUED) == 20 - post.sent.total()


async def test_nothing_to_send_needs_no_server():
    books = Books(0)
    post = Post(books)
    await run(books, post)
    assert post.opened == 0


async def test_a_server_that_goes_down_in_between_leaves_its_delivery_queued():
    def go_down(number):
        if number == 10:
            raise DeliveryError("gone")

    books = Books(30)
    post = Post(books, before=go_down)
    with pytest.raises(DeliveryError, match="gone"):
        await run(books, post)
    assert books.states[10] is QUEUED
    assert books.count(IN_FLIGHT) == post.open == 0
    assert post.sent == books.recorded


async def test_a_bug_while_sending_leaves_only_that_delivery_in_doubt():
    def break_down(number):
        if number == 10:
            raise ZeroDivisionError

    books = Books(30)
    post = Post(books, before=break_down)
    with pytest.raises(ZeroDivisionError):
        await run(books, post)
    assert [number for number, state in books.states.items() if state is IN_FLIGHT] == [10]
    assert post.sent == books.recorded
    assert post.open == 0


async def test_a_bug_in_making_a_message_puts_its_delivery_back():
    def broken(delivery):
        if delivery.id == 10:
            raise ZeroDivisionError
        return envelope(delivery)

    books = Books(30)
    post = Post(books)
    with pytest.raises(ZeroDivisionError):
        await run(books, post, envelope=broken)
    assert books.states[10] is QUEUED
    assert books.count(IN_FLIGHT) == post.open == 0


async def test_a_ledger_that_cannot_claim_ends_the_sending_with_its_error():
    class Full(Books):
        async def claim(self, delivery):
            if delivery.id == 10:
                raise OSError("disk full")
            return await super().claim(delivery)

    books = Full(30)
    post = Post(books)
    with pytest.raises(OSError, match="disk full"):
        await run(books, post)
    assert books.count(IN_FLIGHT) == post.open == 0
    assert post.sent == books.recorded


async def test_a_bug_is_raised_rather_than_the_server_that_is_down():
    def fail(number):
        raise DeliveryError("gone") if number else ZeroDivisionError

    books = Books(2)
    with pytest.raises(ZeroDivisionError):
        await run(books, Post(books, before=fail), connections=2)


async def test_cancelling_leaves_only_what_was_on_the_wire_in_flight():
    books, started = Books(30), asyncio.Event()
    post = Post(books, turns=50, before=lambda _number: started.set())
    sending = asyncio.create_task(run(books, post, connections=3))
    await started.wait()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert 1 <= books.count(IN_FLIGHT) <= 3
    assert books.count(QUEUED) == 30 - books.count(IN_FLIGHT)
    assert post.open == 0


async def test_cancelling_in_the_middle_of_a_claim_puts_it_back_once_it_is_committed():
    committing, answer = asyncio.Event(), asyncio.Event()

    class Slow(Books):
        async def claim(self, delivery):
            self.states[delivery.id] = IN_FLIGHT
            committing.set()
            await answer.wait()
            return True

    books = Slow(3)
    post = Post(books)
    sending = asyncio.create_task(run(books, post, connections=1))
    await committing.wait()
    sending.cancel()
    await asyncio.sleep(0)
    answer.set()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert books.count(QUEUED) == 3
    assert post.opened == 0
