"""A campaign that several hold at once, step by step: what the outbox says beside what it should say.

Nothing runs by itself: a worker takes a chunk, claims, records, falls silent, lives on or dies when the machine says
so, and time is what the machine says it is. Each hand has a real ledger; each step ends when that has committed.
"""

import asyncio
import contextlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select, text

from digest.app import App
from digest.core.campaigns import moves
from digest.core.campaigns.doubts import settle
from digest.core.campaigns.together import look_after
from digest.errors import DeliveryError, TakenError
from digest.model import (
    BY_SCHEDULE,
    Accepted,
    CampaignStatus,
    Deferred,
    Delivery,
    DeliveryState,
    Lease,
    Rejected,
    Stage,
    Unknown,
)
from digest.store import campaigns, outbox
from digest.store.outbox import workers
from digest.store.outbox.ledger import Ledger
from digest.store.people.suppressions import suppress
from digest.store.tables import deliveries, suppressions

QUEUED, IN_FLIGHT, ACCEPTED, DEFERRED, REJECTED, UNKNOWN, SKIPPED = DeliveryState
SENDING, PAUSED, SENT, CANCELLED = (CampaignStatus(one) for one in ("sending", "paused", "sent", "cancelled"))
PEOPLE, SHARE = 7, 3  # and so many to a chunk
CHUNKS = (1, 2, 3)
NAMES = ("ann", "bob", "cyd")
LOST_AFTER = timedelta(seconds=30)
WAIT = timedelta(minutes=5)  # until who was deferred is due again
OUTCOMES = {
    ACCEPTED: Accepted(reply="taken"),
    DEFERRED: Deferred(stage=Stage.RCPT, code=450, reply="not now"),
    REJECTED: Rejected(stage=Stage.RCPT, code=550, reply="no"),
    UNKNOWN: Unknown(reply="lost after the final dot"),
}


@dataclass(eq=False)
class Hand:
    """One taking of a chunk, as whoever took it sees it; it may be another's by now."""

    worker: str
    lease: Lease
    due: list[Delivery]
    ledger: Ledger
    on_wire: dict[int, Delivery] = field(default_factory=dict)  # granted, and nothing recorded of it
    begun: set[int] = field(default_factory=set)  # of these, what has been noted as leaving


class OutboxMachine(RuleBasedStateMachine):
    """Compares after each step.

    Args:
        app: whose store has one list of `PEOPLE`; each run of the machine begins a campaign to it.
        name: unique, of that campaign.
    """

    def __init__(self, app: App, name: str, now: datetime) -> None:
        super().__init__()
        self.app, self.now, self.shared = app, now, app.store.shared
        self.runner = asyncio.Runner()
        with app.store.write() as connection:
            self.campaign = moves.begin(
                connection,
                name=name,
                digest="announcement",
                period=name,
                status=SENDING,
                list_names=["members"],
                rendered="{}",
                by=BY_SCHEDULE,
                now=now,
            )
            connection.execute(suppressions.delete())  # who left an earlier one
            outbox.plan_deliveries(connection, self.campaign, now)
            query = select(deliveries.c.id, deliveries.c.address_key, deliveries.c.subscriber_id)
            rows = connection.execute(query.where(deliveries.c.campaign_id == self.campaign.id))
            self.people = {number: (address, person) for number, address, person in rows}
        self.left: set[int] = set()
        self.status = SENDING
        self.states = dict.fromkeys(sorted(self._kept()), QUEUED)  # by delivery
        self.again: dict[int, datetime] = {}  # when who is deferred is due
        self.grants: Counter[int] = Counter()
        self.allowed = Counter(dict.fromkeys(self.states, 1))  # how often each may be granted, by all that came of it
        self.hands: list[Hand] = []
        self.holder: dict[int, Hand] = {}  # whose writes about a chunk count
        self.names = {one: f"{name} {one}" for one in NAMES}
        self.alive: set[str] = set()  # by id
        for one in self.names:
            self.give_a_sign(one)

    def teardown(self) -> None:
        """Whatever happened, the rest goes out, and no ledger outlives a law that was broken."""
        try:
            self.send_the_rest()
        finally:
            for hand in list(self.hands):
                self._close(hand)
            self.runner.close()

    def send_the_rest(self) -> None:
        """Nobody waits for ever who is not in doubt."""
        for one in self.names:
            self.die(one)
        if self.shared:
            self.look_after()
        else:  # as who sends begins
            outbox.settle_noted(self.app.store, self.now)
            self._noted()
            with self.app.store.write() as connection:
                outbox.orphans_to_unknown(connection, self.campaign)
            self.holder.clear()
            self._orphans()
        if self.status is PAUSED:
            self.resume()
        self.now += WAIT
        for number in CHUNKS if self.shared else CHUNKS[-1:]:
            self.take("ann", number)
        for hand in list(self.hands):
            while hand.due:
                self.claim(hand, 2)
            while hand.on_wire:
                self.record(hand, 0, ACCEPTED)
            self.let_go(hand)
        self.finish()
        self.the_outbox_says_what_it_should()
        assert self.status in {SENT, CANCELLED}
        assert not {QUEUED, DEFERRED, IN_FLIGHT} & set(self.states.values())

    @invariant()
    def the_outbox_says_what_it_should(self) -> None:
        """Each delivery's state, the campaign's, and who was granted how often."""
        assert self._kept() == self.states
        with self.app.store.read() as connection:
            report = outbox.report_of(connection, self.campaign)
            assert campaigns.status_of(connection, self.campaign.id) is self.status
        assert report.recipients + sum(report.skipped.values()) == PEOPLE
        assert self.grants <= self.allowed
        # On disk nothing is in flight but what somebody has in hand, or had when it died.
        in_hand = {one for hand in self.hands if self._counts(hand) for one in hand.on_wire}
        assert in_hand <= {one for one, state in self.states.items() if state is IN_FLIGHT}

    @rule(name=st.sampled_from(NAMES))
    def give_a_sign(self, name: str) -> None:
        if self.shared:
            with self.app.store.write() as connection:
                workers.sign(connection, self.names[name], name=name, kind="worker", version="1", wants=True)
        self.alive.add(self.names[name])

    @rule(name=st.sampled_from(NAMES))
    def fall_silent(self, name: str) -> None:
        """For a day and more: it may live on, and write what it has to say."""
        if self.shared:
            long_ago = text("UPDATE workers SET seen_at = seen_at - interval '2 days' WHERE id = :id")
            with self.app.store.write() as connection:
                connection.execute(long_ago, {"id": self.names[name]})
        self.alive.discard(self.names[name])

    @rule(name=st.sampled_from(NAMES))
    def die(self, name: str) -> None:
        """What was on its way to the ledger is lost; another process comes in its place."""
        self.fall_silent(name)
        for hand in [one for one in self.hands if one.worker == self.names[name]]:
            self._close(hand)
        self.names[name] += "'"
        self.give_a_sign(name)

    @precondition(lambda self: self.hands)
    @rule(pick=st.integers(0, 9), by=st.sampled_from(NAMES))
    def take_over(self, pick: int, by: str) -> None:
        """Who stood still and lives on has what another holds by now."""
        hand = self._hand(pick)
        for name in [one for one in NAMES if self.names[one] == hand.worker]:
            self.fall_silent(name)
        self.take(by, hand.lease.chunk)

    @rule(which=st.integers(0, PEOPLE - 1))
    def leave(self, which: int) -> None:
        """A person has had enough: they get what was granted by then, and nothing more."""
        one = sorted(self.states)[which]
        with self.app.store.write() as connection:
            address, person = self.people[one]
            suppress(connection, address, reason="complaint", detail="", now=self.now)
            outbox.skip_person(connection, person, self.now)
        self.left.add(one)
        if self.states[one] in {QUEUED, DEFERRED}:
            self.states[one] = SKIPPED

    @rule(
        name=st.sampled_from(NAMES), number=st.sampled_from(CHUNKS), claims=st.integers(0, 3), begins=st.integers(0, 2)
    )
    def take_and_begin(self, name: str, number: int, claims: int, begins: int) -> None:
        """As whoever takes a chunk goes on to do; steps of their own come to it too seldom."""
        before = len(self.hands)
        self.take(name, number)
        for hand in self.hands[before:]:
            if claims and hand.due:
                self.claim(hand, claims)
            for one in sorted(hand.on_wire)[:begins]:
                self.begin_one(hand, one)

    def take(self, name: str, number: int) -> None:
        if not self.shared:  # its lock was lost: whoever comes next takes what is due, chunk after chunk
            waiting = [one for one in CHUNKS if self._due(one)][:number]
            taken = islice(outbox.due_by_chunk(self.app.store, self.campaign, self.now), number)
            for one, due in zip(waiting, taken, strict=True):
                self._took(self.names[name], due[0].lease if due else Lease(one, 0), due)
            return
        with self.app.store.write() as connection:
            lease = outbox.take_chunk(connection, self.campaign, number, self.names[name], LOST_AFTER)
        held = self.holder.get(number)
        assert (lease is None) == (held is not None and held.worker in self.alive)
        if lease is not None:
            with self.app.store.write() as connection:
                due = outbox.due_in(connection, self.campaign, lease, self.now)
            self._took(self.names[name], lease, due)

    @precondition(lambda self: self.hands)
    @rule(pick=st.integers(0, 9))
    def look_again(self, pick: int) -> None:
        """What is due by now in a chunk that was taken before."""
        hand = self._hand(pick)
        if hand.due or hand.on_wire or not self.shared:
            return
        with self.app.store.write() as connection:
            hand.due = outbox.due_in(connection, self.campaign, hand.lease, self.now)
        if self._counts(hand):
            self._skip_who_left(hand.lease.chunk)
        assert [one.id for one in hand.due] == (self._due(hand.lease.chunk) if self._counts(hand) else [])

    @precondition(lambda self: any(hand.due for hand in self.hands))
    @rule(pick=st.integers(0, 9), count=st.integers(1, 2))
    def claim_some(self, pick: int, count: int) -> None:
        having = [hand for hand in self.hands if hand.due]
        self.claim(having[pick % len(having)], count)

    def claim(self, hand: Hand, count: int) -> None:
        wanted, hand.due = hand.due[:count], hand.due[count:]
        granted: list[Delivery] = []
        with contextlib.suppress(DeliveryError):  # what it had to say was void before: it claims no more
            granted = self.runner.run(hand.ledger.claim(wanted))
        assert not granted or (self._counts(hand) and self.status is SENDING)
        if self._counts(hand) and self.status is SENDING:
            assert granted == [one for one in wanted if self.states[one.id] in {QUEUED, DEFERRED}]
        for one in granted:
            hand.on_wire[one.id] = one
            self.states[one.id] = IN_FLIGHT
            self.grants[one.id] += 1

    @precondition(lambda self: any(hand.on_wire for hand in self.hands))
    @rule(pick=st.integers(0, 9), which=st.integers(0, 9))
    def begin(self, pick: int, which: int) -> None:
        """Something of it leaves: whatever comes, it is sent again only when a person says so."""
        having = [hand for hand in self.hands if hand.on_wire]
        hand = having[pick % len(having)]
        self.begin_one(hand, sorted(hand.on_wire)[which % len(hand.on_wire)])

    def begin_one(self, hand: Hand, one: int) -> None:
        hand.ledger.begin(hand.on_wire[one])
        hand.begun.add(one)

    @precondition(lambda self: any(hand.on_wire for hand in self.hands))
    @rule(pick=st.integers(0, 9), which=st.integers(0, 9), state=st.sampled_from(tuple(OUTCOMES)))
    def record_one(self, pick: int, which: int, state: DeliveryState) -> None:
        having = [hand for hand in self.hands if hand.on_wire]
        self.record(having[pick % len(having)], which, state)

    def record(self, hand: Hand, which: int, state: DeliveryState) -> None:
        delivery = hand.on_wire.pop(sorted(hand.on_wire)[which % len(hand.on_wire)])

        async def write() -> None:
            hand.ledger.record(delivery, OUTCOMES[state])
            with contextlib.suppress(DeliveryError):
                await hand.ledger.claim([])  # comes back when what was recorded before it is committed

        self.runner.run(write())
        if self._counts(hand):
            self.states[delivery.id] = state
            if state is DEFERRED:
                self.again[delivery.id] = self.now + WAIT
                self.allowed[delivery.id] += 1

    @precondition(lambda self: any(hand.on_wire for hand in self.hands))
    @rule(pick=st.integers(0, 9))
    def give_back(self, pick: int) -> None:
        """It was only claimed ahead: nothing of it was sent."""
        having = [hand for hand in self.hands if hand.on_wire]
        hand = having[pick % len(having)]
        back, hand.on_wire = list(hand.on_wire.values()), {}
        self.runner.run(hand.ledger.release(back))
        for one in back if self._counts(hand) else ():
            self.states[one.id] = QUEUED
            self.allowed[one.id] += 1

    @precondition(lambda self: self.hands)
    @rule(pick=st.integers(0, 9))
    def let_go_of_one(self, pick: int) -> None:
        self.let_go(self._hand(pick))

    def let_go(self, hand: Hand) -> None:
        counts = self._counts(hand)
        self._close(hand)
        with self.app.store.write() as connection:
            # What nobody in it is to get any more was taken, too, but nobody was told with which fence.
            assert outbox.let_go(connection, self.campaign, hand.lease) is (counts and hand.lease.fence > 0)
        if counts:
            del self.holder[hand.lease.chunk]
            self._orphans(hand.lease.chunk)

    @precondition(lambda self: self.shared)
    @rule()
    def look_after(self) -> None:
        """What any process does for all: who is lost loses what it holds, and what is over is closed."""
        look_after(self.app, self.now)
        self._noted()
        self._rescued()
        self._closed()

    @rule()
    def finish(self) -> None:
        moves.finish(self.app, self.campaign, self.now)
        self._closed()
        if self.status is CANCELLED:
            self._skip()

    @precondition(lambda self: self.status is SENDING)
    @rule()
    def pause(self) -> None:
        self.status = moves.pause(self.app, self.campaign.name, by=BY_SCHEDULE, now=self.now).status

    @precondition(lambda self: self.status is PAUSED)
    @rule()
    def resume(self) -> None:
        self.status = moves.resume(self.app, self.campaign.name, by=BY_SCHEDULE, now=self.now).status

    @precondition(lambda self: self.status in {SENDING, PAUSED} and len(self.grants) > 2)
    @rule()
    def cancel(self) -> None:
        self.status = moves.cancel(self.app, self.campaign.name, by=BY_SCHEDULE, now=self.now).status
        self._skip()

    @precondition(lambda self: self.status is not CANCELLED and (self.shared or not self.hands))
    @rule()
    def settle(self) -> None:
        """A person has what is in doubt sent again, where nobody alive holds anything."""
        held = any(hand.worker in self.alive for hand in self.holder.values()) and self.shared
        try:
            settle(self.app, self.campaign.name, self.now, by=BY_SCHEDULE, resend=True)
        except TakenError:
            assert held
            self._noted()
            self._rescued()
            return
        assert not held
        self._noted()
        self.holder.clear()  # whose holders were lost
        for one, state in self.states.items():
            if state in {IN_FLIGHT, UNKNOWN}:
                self.states[one] = UNKNOWN if one in self.left else QUEUED
            if state in {IN_FLIGHT, UNKNOWN} and one not in self.left:
                self.allowed[one] += 1
                self.status = SENDING if self.status is SENT else self.status

    @rule()
    def wait(self) -> None:
        self.now += WAIT

    def _kept(self) -> dict[int, str]:
        query = select(deliveries.c.id, deliveries.c.state).where(deliveries.c.campaign_id == self.campaign.id)
        with self.app.store.read() as connection:
            return {row.id: row.state for row in connection.execute(query)}

    def _counts(self, hand: Hand) -> bool:
        return self.holder.get(hand.lease.chunk) is hand

    def _hand(self, pick: int) -> Hand:
        return self.hands[pick % len(self.hands)]

    def _in_chunk(self, number: int) -> list[int]:
        return sorted(self.states)[SHARE * (number - 1) : SHARE * number]

    def _due(self, number: int) -> list[int]:
        def is_due(one: int) -> bool:
            state = self.states[one]
            return state is QUEUED or (state is DEFERRED and self.again[one] <= self.now)

        return [one for one in self._in_chunk(number) if is_due(one)]

    def _took(self, worker: str, lease: Lease, due: list[Delivery]) -> None:
        async def ledger() -> Ledger:
            made = Ledger(self.app.store, self.campaign, clock=lambda: self.now, retry_at=lambda _, __, at: at + WAIT)
            return await made.__aenter__()

        self._orphans(lease.chunk)
        self._skip_who_left(lease.chunk)
        assert [one.id for one in due] == self._due(lease.chunk)
        hand = Hand(worker, lease, due, self.runner.run(ledger()))
        self.hands.append(hand)
        self.holder[lease.chunk] = hand

    def _close(self, hand: Hand) -> None:
        self.hands.remove(hand)
        with contextlib.suppress(DeliveryError):
            self.runner.run(hand.ledger.__aexit__(None, None, None))

    def _orphans(self, *numbers: int) -> None:
        for one in [one for number in numbers or CHUNKS for one in self._in_chunk(number)]:
            if self.states[one] is IN_FLIGHT:
                self.states[one] = UNKNOWN

    def _noted(self) -> None:
        """What the dead had only claimed goes on, where nobody has had their chunks since."""
        for hand in self.holder.values():
            for one in () if hand in self.hands else hand.on_wire.keys() - hand.begun:
                if self.states[one] is IN_FLIGHT:
                    self.states[one] = QUEUED
                    self.allowed[one] += 1

    def _rescued(self) -> None:
        for number, hand in list(self.holder.items()):
            if hand.worker not in self.alive:
                del self.holder[number]
                self._orphans(number)

    def _skip_who_left(self, number: int) -> None:
        for one in self.left.intersection(self._in_chunk(number)):
            if self.states[one] in {QUEUED, DEFERRED}:
                self.states[one] = SKIPPED

    def _closed(self) -> None:
        if self.status is SENDING and not {QUEUED, DEFERRED, IN_FLIGHT} & set(self.states.values()):
            self.status = SENT

    def _skip(self) -> None:
        for one, state in self.states.items():
            if state in {QUEUED, DEFERRED}:
                self.states[one] = SKIPPED
