"""The laws of sending: claimed before it is sent, two in flight per connection, each recorded once, nobody dropped."""

import asyncio
from collections import Counter, deque
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver import Envelope, FairShare, Patience, transmit
from digest.errors import DeliveryError, RefusedError, UnreachableError
from digest.model import Accepted, Deferred, Delivery, DeliveryState, Recipient, Rejected, Stage, Unknown

QUEUED, IN_FLIGHT, ACCEPTED = DeliveryState.QUEUED, DeliveryState.IN_FLIGHT, DeliveryState.ACCEPTED
STATE = {
    Accepted: ACCEPTED,
    Deferred: DeliveryState.DEFERRED,
    Rejected: DeliveryState.REJECTED,
    Unknown: DeliveryState.UNKNOWN,
}


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
        self.begun = set()
        self.outcomes = []
        self.most_in_flight = 0

    async def claim(self, wanted):
        assert wanted
        assert {self.states[delivery.id] for delivery in wanted} == {QUEUED}
        await asyncio.sleep(0)  # a commit takes its time
        granted = [delivery for delivery in wanted if delivery.id not in self.gone]
        self.states |= {delivery.id: IN_FLIGHT for delivery in granted}
        self.most_in_flight = max(self.most_in_flight, self.count(IN_FLIGHT))
        return granted

    async def release(self, held):
        assert {self.states[delivery.id] for delivery in held} == {IN_FLIGHT}
        await asyncio.sleep(0)
        self.states |= {delivery.id: QUEUED for delivery in held}

    def begin(self, delivery):
        assert self.states[delivery.id] is IN_FLIGHT
        self.begun.add(delivery.id)

    def record(self, delivery, outcome):
        assert self.states[delivery.id] is IN_FLIGHT
        self.recorded[delivery.id] += 1
        self.outcomes.append(outcome)
        self.states[delivery.id] = STATE[type(outcome)]

    def count(self, state):
        return Counter(self.states.values())[state]


class Post:
    """A server's stand-in at the courier's port: it checks the claim of each message and counts.

    `before` may raise what goes wrong before anything has left, `after` once all has, and answer with an outcome.
    """

    def __init__(self, books, *, turns=3, before=lambda _number: None, after=lambda _number: None):
        self.books = books
        self.turns = turns  # of the loop that one message takes
        self.before = before
        self.after = after
        self.sent = Counter()
        self.open = 0
        self.opened = 0
        self.most_open = 0

    async def connect(self):
        await asyncio.sleep(0)
        self.open += 1
        self.opened += 1
        self.most_open = max(self.most_open, self.open)
        return Connection(self)


class Connection:
    def __init__(self, post):
        self.post = post
        self.in_doubt = False

    async def send(self, handed):
        number = int(handed.recipient.partition("@")[0])
        assert self.post.books.states[number] is IN_FLIGHT
        assert number in self.post.books.begun
        self.post.before(number)
        self.in_doubt = True
        for _ in range(self.post.turns):
            await asyncio.sleep(0)
        outcome = self.post.after(number)
        self.in_doubt = False
        self.post.sent[number] += 1
        later = Deferred(stage=Stage.RCPT, code=450, reply="later")
        return outcome or (later if number % 7 == 3 else Accepted(reply="ok"))

    async def close(self):
        self.post.open -= 1


async def run(books, post, *, connections=3, rate=None, envelope=envelope, source=None, **options):
    await transmit(
        deliveries(len(books.states)) if source is None else source,
        ledger=books,
        connect=post.connect,
        envelope=envelope,
        share=FairShare(connections, rate),
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
        await transmit(deliveries(20), ledger=books, connect=connect, envelope=envelope, share=FairShare(connections))

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


@pytest.mark.parametrize(("when", "state"), [("before", QUEUED), ("after", DeliveryState.UNKNOWN)])
async def test_a_bug_while_sending_leaves_that_delivery_in_doubt_only_where_it_has_left(when, state):
    def break_down(number):
        if number == 10:
            raise ZeroDivisionError

    books = Books(30)
    post = Post(books, **{when: break_down})
    with pytest.raises(ZeroDivisionError):
        await run(books, post)
    assert books.states[10] is state
    assert books.count(DeliveryState.UNKNOWN) == (state is not QUEUED)
    assert books.count(IN_FLIGHT) == post.open == 0


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
        async def claim(self, wanted):
            if any(delivery.id == 10 for delivery in wanted):
                raise OSError("disk full")
            return await super().claim(wanted)

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


async def test_cancelling_leaves_only_what_was_on_the_wire_in_doubt():
    books, started = Books(30), asyncio.Event()
    post = Post(books, turns=50, before=lambda number: started.set() if number > 3 else None)
    sending = asyncio.create_task(run(books, post, connections=3))
    await started.wait()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert 1 <= books.count(DeliveryState.UNKNOWN) <= 3
    assert books.count(QUEUED) == 30 - books.recorded.total()
    assert books.count(IN_FLIGHT) == 0
    assert post.open == 0


async def test_cancelling_in_the_middle_of_a_claim_puts_it_back_once_it_is_committed():
    committing, answer = asyncio.Event(), asyncio.Event()

    class Slow(Books):
        async def claim(self, wanted):
            self.states |= {delivery.id: IN_FLIGHT for delivery in wanted}
            committing.set()
            await answer.wait()
            return wanted

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


SLOW_DOWN = Deferred(stage=Stage.MAIL, code=421, reply="4.7.0 too fast")
LOST = Deferred(stage=Stage.MAIL, code=None, reply="Connection lost")
IN_DOUBT = Unknown(reply="Connection lost")
REFUSED = Rejected(stage=Stage.RCPT, code=550, reply="5.7.1 listed")
UNKNOWN_PERSON = Rejected(stage=Stage.RCPT, code=550, reply="5.1.1 unknown")
BRIEFLY = Patience(first_pause=1e-4, longest_pause=1e-3, first_rest=1e-4)
A_MOMENT = Patience(first_rest=0.02)  # longer than what is on the wire takes
FOR_AN_HOUR = Patience(first_pause=3600, longest_pause=3600, first_rest=3600)


class Failing(Post):
    """A server that takes its troubles one after the other, each once, and is well otherwise."""

    def __init__(self, books, troubles, **options):
        super().__init__(books, after=self.outcome, **options)
        self.troubles = deque(troubles)

    async def connect(self):
        if self.troubles and self.troubles[0] is UnreachableError:
            self.troubles.popleft()
            raise UnreachableError("nobody answers")
        return await super().connect()

    def outcome(self, _number):
        return self.troubles.popleft() if self.troubles and self.troubles[0] is not UnreachableError else None


class Watched(Failing):
    """Remembers how many messages were on the wire as each was begun, itself among them."""

    def __init__(self, books, **options):
        super().__init__(books, [], turns=9, before=self.begin, **options)
        self.on_the_wire = 0
        self.at_once = []

    def begin(self, _number):
        self.on_the_wire += 1
        self.at_once.append(self.on_the_wire)

    def outcome(self, number):
        self.on_the_wire -= 1
        return super().outcome(number)


async def test_a_server_that_asks_to_slow_down_is_asked_again_with_one_mail_and_given_all_as_before_once_it_takes_it():
    books, pauses = Books(400), []
    post = Watched(books)

    def on_outcome(_delivery, _outcome):
        if books.recorded.total() == 200:
            post.troubles.append(SLOW_DOWN)

    def on_pause(seconds, reason):
        pauses.append((len(post.at_once), seconds, reason))

    await run(books, post, connections=8, patience=A_MOMENT, on_outcome=on_outcome, on_pause=on_pause)
    assert post.sent == books.recorded == Counter(range(400))
    ((asked_after, seconds, reason),) = pauses
    assert A_MOMENT.first_rest * 0.5 < seconds <= A_MOMENT.first_rest * 1.25
    assert reason == "4.7.0 too fast"
    assert max(post.at_once[:200]) == 8
    assert post.at_once[asked_after : asked_after + 2] == [1, 1]
    assert max(post.at_once[asked_after : asked_after + 17]) == 8
    assert post.opened <= 8 + 1  # they were kept, save the one that was told


async def test_a_server_that_asks_again_as_soon_as_it_was_given_all_gets_half_of_it():
    books, pauses = Books(400), []
    post = Watched(books)

    def on_outcome(_delivery, _outcome):
        if books.recorded.total() in {200, 220}:
            post.troubles.append(SLOW_DOWN)

    await run(
        books,
        post,
        connections=8,
        patience=A_MOMENT,
        on_outcome=on_outcome,
        on_pause=lambda *_: pauses.append(len(post.at_once)),
    )
    first, second = pauses
    assert max(post.at_once[first:second]) == 8
    assert post.at_once[second : second + 2] == [1, 1]
    assert 4 <= max(post.at_once[second : second + 60]) <= 5


async def test_a_probe_that_tells_nothing_is_followed_by_another_and_nobody_else_begins_before_one_is_taken():
    books, pauses = Books(100), []
    post = Watched(books)

    def on_pause(*_):
        pauses.append(len(post.at_once))
        post.troubles.extend([*[None] * post.on_the_wire, UNKNOWN_PERSON, LOST, UNKNOWN_PERSON])

    def on_outcome(_delivery, _outcome):
        if books.recorded.total() == 50:
            post.troubles.append(SLOW_DOWN)

    await run(books, post, connections=4, patience=A_MOMENT, on_outcome=on_outcome, on_pause=on_pause)
    (asked,) = pauses
    assert post.at_once[asked : asked + 4] == [1, 1, 1, 1]
    assert max(post.at_once[asked + 4 :]) == 4
    assert books.recorded == Counter(range(100))


async def test_a_connection_that_is_lost_once_is_made_again_without_a_pause():
    books, pauses = Books(20), []
    await run(books, Failing(books, [LOST]), patience=FOR_AN_HOUR, on_pause=lambda *told: pauses.append(told))
    assert books.recorded == Counter(range(20))
    assert pauses == []


async def test_a_server_that_cannot_be_reached_for_a_while_costs_nobody_an_attempt():
    books = Books(20)
    post = Failing(books, [LOST, *[UnreachableError] * 5])
    post.opened = 0
    await run(books, post, connections=1, patience=BRIEFLY)
    assert post.sent == books.recorded == Counter(range(20))


async def test_a_server_that_can_not_be_reached_at_first_is_an_error_at_once():
    books = Books(20)
    with pytest.raises(UnreachableError, match="nobody answers"):
        await run(books, Failing(books, [UnreachableError]), patience=FOR_AN_HOUR)
    assert books.count(QUEUED) == 20


@pytest.mark.parametrize(("trouble", "times", "most"), [(SLOW_DOWN, 11, 50), (LOST, 8, 4 * 50), (IN_DOUBT, 8, 2 * 50)])
async def test_too_much_trouble_in_a_row_ends_the_sending_with_the_rest_queued(trouble, times, most):
    books = Books(1000)
    post = Failing(books, [None] * 500 + [trouble] * 500)
    with pytest.raises(
        DeliveryError, match=f" {times} times in a row, at last: {trouble.reply}; what was not sent stays"
    ):
        await run(books, post, connections=50, patience=BRIEFLY)
    assert 500 + times <= books.recorded.total() <= 500 + most + times
    assert books.count(QUEUED) == 1000 - books.recorded.total()
    assert books.count(IN_FLIGHT) == post.open == 0


@pytest.mark.parametrize("connections", [1, 4])
async def test_a_server_that_refuses_one_after_another_is_believed_and_left(connections):
    books = Books(100)
    post = Failing(books, [None] * 20 + [REFUSED, UNKNOWN_PERSON, LOST] * 30, turns=0)
    with pytest.raises(RefusedError, match=r"one mail after another, at last: 5\.7\.1 listed"):
        await run(books, post, connections=connections, patience=BRIEFLY)
    told = Counter(books.outcomes)
    assert 10 <= told[REFUSED] < 10 + connections
    assert books.count(QUEUED) == 100 - books.recorded.total() > 0
    assert books.count(IN_FLIGHT) == post.open == 0


async def test_whoever_is_accepted_between_refusals_says_that_we_are_not_refused_as_such():
    books = Books(100)
    await run(books, Failing(books, [*[REFUSED] * 9, Accepted(reply="ok")] * 10), connections=1)
    assert books.recorded == Counter(range(100))


async def test_a_stop_does_not_wait_for_the_end_of_a_pause():
    books, stop = Books(20), asyncio.Event()
    post = Failing(books, [SLOW_DOWN])
    sending = run(books, post, patience=FOR_AN_HOUR, stop=stop, on_pause=lambda *_: stop.set())
    await asyncio.wait_for(sending, timeout=30)
    assert books.count(QUEUED) == 20 - books.recorded.total()
    assert books.count(IN_FLIGHT) == post.open == 0


async def test_after_the_grace_a_message_that_has_left_is_unknown_and_the_others_are_queued():
    books, stop = Books(9), asyncio.Event()
    post = Post(books, turns=10**9, before=lambda _number: stop.set())
    await asyncio.wait_for(run(books, post, connections=2, stop=stop, grace=0.01), timeout=30)
    assert Counter(books.states.values()) == {DeliveryState.UNKNOWN: 1, QUEUED: 8}
    assert post.open == 0


async def test_a_connection_that_is_not_made_within_the_grace_costs_nobody_anything():
    books, stop = Books(9), asyncio.Event()

    class Silent(Post):
        async def connect(self):
            stop.set()
            await asyncio.Event().wait()

    await asyncio.wait_for(run(books, Silent(books), stop=stop, grace=0.01), timeout=30)
    assert books.count(QUEUED) == 9


@given(
    connections=st.integers(1, 5),
    troubles=st.lists(st.sampled_from([SLOW_DOWN, LOST, IN_DOUBT, UnreachableError, None, None]), max_size=30),
)
def test_whatever_the_trouble_everybody_is_recorded_once_or_still_queued(connections, troubles):
    books = Books(40)
    post = Failing(books, troubles)
    with suppress(DeliveryError):
        asyncio.run(
            run(
                books,
                post,
                connections=connections,
                patience=Patience(first_pause=1e-6, longest_pause=1e-5, first_rest=1e-6),
            )
        )
    assert post.sent == books.recorded
    assert max(books.recorded.values(), default=0) <= 1
    assert books.count(QUEUED) == 40 - books.recorded.total()
    assert books.count(IN_FLIGHT) == post.open == 0
    assert books.most_in_flight <= 2 * connections
    assert post.most_open <= connections
