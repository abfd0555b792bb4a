"""When the ledger's thread wakes and how long it gathers, whose error is told, and what it does when nobody waits."""

import asyncio
import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import event, select

from digest.errors import DeliveryError
from digest.model import ITSELF, Accepted, CampaignStatus, Recipient, Rejected, Stage, Unknown
from digest.store import campaigns, outbox, people
from digest.store.outbox import chunks
from digest.store.outbox.ledger import Ledger
from digest.store.outbox.wire import _STATES, State
from digest.store.steady import KEPT
from digest.store.tables import campaigns as campaigns_table
from digest.store.tables import deliveries

PEOPLE = [Recipient(address=f"m{number}@example.org") for number in range(6)]
TAKEN = Accepted(reply="ok")


@pytest.fixture
def campaign(store, now):
    with store.write() as connection:
        plan = people.plan_list(connection, name="members", title="Members", listed=PEOPLE, max_removals=1)
        people.apply_list(connection, plan, now)
        values = {"name": "notice-1", "digest": "announcement", "period": "1", "list_names": ["members"]}
        made = campaigns.create(connection, by=ITSELF, status=CampaignStatus.SENDING, now=now, **values)
        outbox.plan_deliveries(connection, made, now)
    return made


@pytest.fixture
def queue(store, campaign, now):
    return list(outbox.due(store, campaign, now))


class Bell(threading.Event):
    """An event whose waits are told, and whose limited ones last as the test says."""

    def __init__(self):
        super().__init__()
        self.waits = []  # (seconds that it was to last at most, whether it rang)
        self.begun = 0
        self.patience = 0.0
        self.limits = []

    def wait(self, timeout=None):
        self.begun += 1
        gathers = timeout not in {None, KEPT}  # else it waits for work, and meanwhile gives its connection back
        if gathers:
            self.limits.append(timeout)
        rang = super().wait(self.patience if gathers else 30)
        self.waits.append(("gathering" if gathers else "idle", rang))
        return rang


@pytest.fixture
def bell(monkeypatch):
    made = Bell()
    one = SimpleNamespace(Event=lambda: made, Thread=threading.Thread)  # a thread has an event of its own
    monkeypatch.setattr("digest.store.outbox.ledger.threading", one)
    return made


@pytest.fixture
async def ledger(store, campaign, now, bell):
    yield Ledger(store, campaign, clock=lambda: now, retry_at=lambda _delivery, _outcome, at: at)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ledger ")]  # it has ended
    assert store.engine.pool.checkedout() == 0


async def until(condition):
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.to_thread(lambda: None)


def state(store, delivery):
    with store.read() as connection:
        return connection.execute(select(deliveries.c.state).where(deliveries.c.id == delivery.id)).scalar_one()


def begun(store):
    """The transactions that the ledger's thread begins from now on."""
    found = []

    @event.listens_for(store.engine, "begin")
    def note(_connection):
        if threading.current_thread().name.startswith("ledger "):
            found.append(True)

    return found


async def test_a_claim_waits_for_nobody_and_a_result_by_itself_a_moment_for_a_claim(store, ledger, bell, queue):
    async with ledger:
        assert await ledger.claim(queue[:1]) == queue[:1]
        await until(lambda: bell.begun == 2)
        ledger.record(queue[0], TAKEN)
        await until(lambda: bell.begun == 4)
        assert state(store, queue[0]) == "accepted"
        assert bell.waits == [("idle", True), ("idle", True), ("gathering", False)]
    assert bell.waits[3:] == [("idle", True)]  # at the end it waits for nothing
    assert bell.limits == [pytest.approx(0.02)]


async def test_a_claim_that_comes_while_results_wait_is_committed_with_them_and_wakes_nobody_twice(
    store, ledger, bell, queue
):
    bell.patience = 30.0
    async with ledger:
        assert await ledger.claim(queue[:1]) == queue[:1]
        await until(lambda: bell.begun == 2)
        commits = begun(store)
        ledger.record(queue[0], TAKEN)
        await until(lambda: bell.begun == 3)
        assert await ledger.claim(queue[1:2]) == queue[1:2]
        await until(lambda: bell.begun == 4)
        assert len(commits) == 1
        assert bell.waits == [("idle", True), ("idle", True), ("gathering", True)]


async def test_who_is_woken_for_nothing_writes_nothing(store, ledger, bell, queue):
    async with ledger:
        assert await ledger.claim(queue[:1]) == queue[:1]
        await until(lambda: bell.begun == 2)
        commits = begun(store)
        bell.set()
        await until(lambda: bell.begun == 4)
        assert bell.waits == [("idle", True), ("idle", True), ("gathering", False)]
        assert commits == []


async def test_a_ledger_keeps_no_process_up_that_wants_to_end(ledger):
    async with ledger:
        (thread,) = [one for one in threading.enumerate() if one.name.startswith("ledger ")]
        assert thread.daemon


async def test_of_two_errors_the_first_is_told(store, ledger, queue):
    said = iter(("the first", "the second"))

    @event.listens_for(store.engine, "begin")
    def fail(_connection):
        if threading.current_thread().name.startswith("ledger ") and (error := next(said, None)):
            raise OSError(error)

    async def send():
        async with ledger:
            with pytest.raises(DeliveryError, match="the first"):
                await ledger.claim(queue[:1])
            with pytest.raises(DeliveryError, match="the second"):
                await ledger.release(queue[:1])

    with pytest.raises(DeliveryError, match="the first"):
        await send()


async def test_a_store_that_failed_is_told_though_the_chunk_is_lost_as_well(store, campaign, ledger, queue):
    armed = []

    @event.listens_for(store.engine, "begin")
    def fail(_connection):
        if armed and threading.current_thread().name.startswith("ledger "):
            raise OSError(armed.pop())

    async def send():
        async with ledger:
            assert await ledger.claim(queue[:1]) == queue[:1]
            armed.append("the disk was gone")
            with pytest.raises(DeliveryError, match="the disk was gone"):
                await ledger.claim(queue[1:2])
            with store.write() as connection:
                chunks.take(connection, campaign, 1)
            ledger.record(queue[0], TAKEN)

    with pytest.raises(DeliveryError, match="the disk was gone"):
        await send()


async def test_who_no_longer_waits_for_an_answer_keeps_it_from_nobody(store, ledger, queue):
    held, go_on = threading.Event(), threading.Event()
    armed = [True]

    @event.listens_for(store.engine, "begin")
    def hold(_connection):
        if threading.current_thread().name.startswith("ledger ") and armed:
            armed.clear()
            held.set()
            go_on.wait(30)

    told = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: told.append(context))
    async with ledger, asyncio.timeout(20):
        first = asyncio.create_task(ledger.claim(queue[:1]))
        await asyncio.to_thread(held.wait, 30)
        gone, waiting = (asyncio.create_task(ledger.claim(queue[n : n + 1])) for n in (1, 2))
        await asyncio.sleep(0)  # both have asked, and are in one group
        gone.cancel()
        go_on.set()
        assert (await first, await waiting) == (queue[:1], queue[2:3])
    assert told == []


async def test_a_result_without_a_claim_is_written_and_counts_no_time(store, campaign, ledger, queue):
    async with ledger:
        ledger.record(queue[0], TAKEN)
    assert state(store, queue[0]) == "accepted"
    with store.read() as connection:
        assert outbox.report_of(connection, campaign).seconds == 0


@pytest.mark.parametrize("outcome", [TAKEN, Unknown(reply="lost after the final dot")])
async def test_it_is_shown_since_the_first_who_may_have_it(store, campaign, now, queue, outcome):
    present = [now]

    def shown():
        own = campaigns_table.c.id == campaign.id
        with store.read() as connection:
            return connection.execute(select(campaigns_table.c.shown_since).where(own)).scalar()

    async with Ledger(store, campaign, clock=lambda: present[0], retry_at=lambda _delivery, _outcome, at: at) as ledger:
        assert await ledger.claim(queue[:4]) == queue[:4]
        ledger.record(queue[0], Rejected(stage=Stage.RCPT, code=550, reply="no"))
        await ledger.claim(queue[:1])
        assert shown() is None
        for delivery in queue[1:4]:
            present[0] += timedelta(hours=1)
            ledger.record(delivery, outcome)
            await ledger.claim(queue[:1])
    assert shown() == now + timedelta(hours=1)


async def test_a_ledger_that_rests_gives_its_connection_back_and_goes_on(store, campaign, queue, now, monkeypatch):
    monkeypatch.setattr("digest.store.outbox.ledger.KEPT", 0.01)
    async with Ledger(store, campaign, clock=lambda: now, retry_at=lambda _delivery, _outcome, at: at) as ledger:
        assert await ledger.claim(queue[:1]) == queue[:1]
        await until(lambda: store.engine.pool.checkedout() == 0)
        assert await ledger.claim(queue[1:2]) == queue[1:2]


async def test_it_notes_what_begins_and_what_is_answered(store, ledger, queue, monkeypatch):
    def noted(delivery):
        place = ledger._note._places[delivery.id]
        return ledger._note._file.words[2 * place + 1] % _STATES

    async with ledger:
        await ledger.claim(queue[:1])
        monkeypatch.setattr(ledger._note, "settled", lambda _deliveries: None)  # which would clear it away
        assert noted(queue[0]) == State.CLAIMED
        ledger.begin(queue[0])
        assert noted(queue[0]) == State.BEGUN
        ledger.record(queue[0], TAKEN)
        assert noted(queue[0]) == State.ACCEPTED
