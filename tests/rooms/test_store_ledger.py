"""The ledger of a running campaign, on real databases: durable before DATA, ordered, and closed once it failed."""

import asyncio
import sqlite3
import threading
from contextlib import closing
from datetime import timedelta

import pytest
from campaign_moves import move
from sqlalchemy import event, select, text, update

from digest.errors import DeliveryError
from digest.model import (
    ITSELF,
    Accepted,
    CampaignStatus,
    Deferred,
    PersonSkip,
    Recipient,
    Rejected,
    Stage,
    Unknown,
)
from digest.store import campaigns, outbox, people
from digest.store.engine import open_store
from digest.store.outbox import wire
from digest.store.outbox.ledger import Ledger
from digest.store.tables import deliveries

PEOPLE = [Recipient(address=f"m{number}@example.org") for number in range(12)]


def plan_campaign(store, now):
    """A campaign on its way to twelve people."""
    with store.write() as connection:
        plan = people.plan_list(connection, name="members", title="Members", listed=PEOPLE, max_removals=1)
        people.apply_list(connection, plan, now)
        values = {"name": "notice-1", "digest": "announcement", "period": "1", "list_names": ["members"]}
        made = campaigns.create(connection, by=ITSELF, status=CampaignStatus.SENDING, now=now, **values)
        outbox.plan_deliveries(connection, made, now)
    return made


@pytest.fixture
def campaign(store, now):
    return plan_campaign(store, now)


@pytest.fixture
def queue(store, campaign, now):
    return list(outbox.due(store, campaign, now))


@pytest.fixture
async def ledger(store, campaign, now):
    return Ledger(
        store, campaign, clock=lambda: now, retry_at=lambda _delivery, _outcome, at: at + timedelta(minutes=5)
    )


def row(store, delivery):
    with store.read() as connection:
        return connection.execute(select(deliveries).where(deliveries.c.id == delivery.id)).one()


def counts(store, campaign):
    with store.read() as connection:
        told = outbox.report_of(connection, campaign).states
    return {state.value: count for state, count in told.items() if count}


async def claim(ledger, delivery):
    """Whether it is granted."""
    return await ledger.claim([delivery]) == [delivery]


def states(store, *chosen):
    return [row(store, delivery).state for delivery in chosen]


async def test_a_claim_returns_only_once_it_is_durable_for_everybody(store, ledger, queue, now):
    async with ledger:
        assert await claim(ledger, queue[0])
        url = store.engine.url.render_as_string(hide_password=False)
        another = open_store(url, base=store.lock_folder, var=store.lock_folder)  # with connections of its own
        with closing(another):
            seen = row(another, queue[0])
        assert (seen.state, seen.attempts, seen.first_tried_at) == ("in_flight", 1, now)


async def test_what_is_known_of_a_claim_is_noted_no_more_and_what_is_not_outlives_the_ledger(store, ledger, queue, now):
    accepted, released, refused, left = queue[:4]
    async with ledger:
        assert await ledger.claim(queue[:4]) == queue[:4]
        ledger.begin(accepted)
        ledger.record(accepted, Accepted(reply="ok"))
        await ledger.release([released, refused])
        with store.write() as connection:
            connection.execute(update(deliveries).where(deliveries.c.id == refused.id).values(state="skipped"))
        assert not await claim(ledger, refused)
    noted = wire.left_by_the_dead(store).noted
    assert [(one.delivery_id, one.state) for one in noted] == [(left.id, wire.State.CLAIMED)]
    assert outbox.settle_noted(store, now) == 1
    assert states(store, accepted, released, refused, left) == ["accepted", "queued", "skipped", "queued"]


async def test_the_moment_of_a_claim_is_kept_as_every_other_moment_is(store, ledger, queue, now):
    async with ledger:
        assert await claim(ledger, queue[0])
    query = select(deliveries.c.id).where(deliveries.c.first_tried_at == now)
    with store.read() as connection:
        assert connection.execute(query).scalars().all() == [queue[0].id]


async def test_what_is_claimed_cannot_be_claimed_again(store, campaign, ledger, queue, now):
    async with ledger, Ledger(store, campaign, clock=lambda: now, retry_at=lambda _delivery, _outcome, at: at) as other:
        assert await claim(ledger, queue[0])
        assert await claim(ledger, queue[0]) is False
        assert await claim(other, queue[0]) is False
    assert row(store, queue[0]).attempts == 1


async def test_of_many_claims_of_one_delivery_at_once_exactly_one_is_granted(store, campaign, queue, now):
    async with (
        Ledger(store, campaign, clock=lambda: now, retry_at=lambda _delivery, _outcome, at: at) as one,
        Ledger(store, campaign, clock=lambda: now, retry_at=lambda _delivery, _outcome, at: at) as two,
    ):
        for delivery in queue:
            granted = await asyncio.gather(claim(one, delivery), claim(two, delivery))
            assert sorted(granted) == [False, True]


@pytest.mark.parametrize("status", [CampaignStatus.PAUSED, CampaignStatus.HELD, CampaignStatus.CANCELLED])
async def test_a_campaign_that_is_not_being_sent_grants_no_claim_and_keeps_its_queue(
    store, campaign, ledger, queue, status
):
    async with ledger:
        assert await claim(ledger, queue[0])
        with store.write() as connection:
            move(connection, campaign.id, status)
        assert await claim(ledger, queue[1]) is False
        ledger.record(queue[0], Accepted(reply="250 ok"))  # what is on its way is still written down
    assert states(store, *queue[:3]) == ["accepted", "queued", "queued"]


async def test_who_left_between_the_queue_and_the_claim_is_not_mailed(store, ledger, queue):
    async with ledger:
        with store.write() as connection:
            known = people.known_lists(connection)
            people.unsubscribe(connection, [queue[0].subscriber_id], list(known.values()), ledger._clock())
            outbox.skip_person(connection, queue[0].subscriber_id, ledger._clock())
        assert await claim(ledger, queue[0]) is False
    assert states(store, queue[0]) == ["skipped"]


async def test_each_outcome_is_written_with_what_the_server_said(store, campaign, ledger, queue, now):
    outcomes = [
        Accepted(reply="2.0.0 taken"),
        Rejected(stage=Stage.RCPT, code=550, reply="5.7.1 not you"),
        Unknown(reply="lost after the final dot"),
        Deferred(stage=Stage.MAIL, code=451, reply="4.7.1 later"),
        Deferred(stage=Stage.DATA, code=None, reply="lost"),
    ]
    async with ledger:
        for delivery, outcome in zip(queue, outcomes, strict=False):
            assert await claim(ledger, delivery)
            ledger.record(delivery, outcome)
    found = [row(store, delivery) for delivery in queue[: len(outcomes)]]
    assert [(one.state, one.stage, one.code, one.reply) for one in found] == [
        ("accepted", None, 250, "2.0.0 taken"),
        ("rejected", "RCPT", 550, "5.7.1 not you"),
        ("unknown", None, None, "lost after the final dot"),
        ("deferred", "MAIL", 451, "4.7.1 later"),
        ("deferred", "DATA", None, "lost"),
    ]
    assert [one.finished_at for one in found] == [now, now, now, None, None]
    assert [one.next_attempt_at for one in found[2:4]] == [None, now + timedelta(minutes=5)]
    with store.read() as connection:
        assert outbox.report_of(connection, campaign).seconds > 0


async def test_a_deferred_delivery_is_claimed_again_and_given_up_when_the_schedule_says_so(store, campaign, now):
    (first, *_) = outbox.due(store, campaign, now)
    asked = []

    def retry_at(delivery, _outcome, at):
        asked.append((delivery.attempts, delivery.first_tried_at))
        return at + timedelta(minutes=5) if len(asked) == 1 else None

    later = Deferred(stage=Stage.RCPT, code=451, reply="4.2.1 later")
    async with Ledger(store, campaign, clock=lambda: now, retry_at=retry_at) as ledger:
        assert await claim(ledger, first)
        ledger.record(first, later)
    due = [delivery for delivery in outbox.due(store, campaign, now + timedelta(minutes=5)) if delivery.attempts]
    assert [delivery.id for delivery in due] == [first.id]
    async with Ledger(store, campaign, clock=lambda: now + timedelta(minutes=5), retry_at=retry_at) as ledger:
        assert await claim(ledger, due[0])
        ledger.record(due[0], later)
    assert asked == [(0, None), (1, now)]
    found = row(store, first)
    assert (found.state, found.attempts, found.reason) == ("rejected", 2, "gave up after repeated deferrals")
    assert (found.first_tried_at, found.reply) == (now, "4.2.1 later")


async def test_an_address_that_does_not_exist_is_suppressed_and_any_other_refusal_is_not(store, ledger, queue):
    async with ledger:
        for delivery, gone in zip(queue, (True, False), strict=False):
            assert await claim(ledger, delivery)
            ledger.record(delivery, Rejected(stage=Stage.RCPT, code=550, reply="no", no_such_mailbox=gone))
        assert await claim(ledger, queue[2])
        with store.read() as connection:  # a server that has taken nothing may know nobody
            assert people.suppression(connection, queue[0].recipient.address) is None
        ledger.record(queue[2], Accepted(reply="ok"))
    with store.read() as connection:
        assert people.suppression(connection, queue[0].recipient.address) == "no such mailbox"
        assert people.suppression(connection, queue[1].recipient.address) is None


async def test_what_is_released_stands_as_if_it_had_not_been_claimed(store, ledger, queue):
    async with ledger:
        assert await claim(ledger, queue[0])
        await ledger.release([queue[0]])
        found = row(store, queue[0])
        assert (found.state, found.attempts, found.first_tried_at) == ("queued", 0, None)
        assert await claim(ledger, queue[0])


async def test_what_is_released_after_an_earlier_attempt_stands_as_after_that(store, ledger, queue, now):
    before = now - timedelta(hours=1)
    with store.write() as connection:
        own = deliveries.update().where(deliveries.c.id == queue[0].id)
        connection.execute(own.values(attempts=1, first_tried_at=before))
    async with ledger:
        assert await claim(ledger, queue[0])
        assert (row(store, queue[0]).attempts, row(store, queue[0]).first_tried_at) == (2, before)
        await ledger.release([queue[0]])
    found = row(store, queue[0])
    assert (found.state, found.attempts, found.first_tried_at) == ("queued", 1, before)


async def test_a_release_takes_nothing_back_that_has_its_result(store, ledger, queue):
    async with ledger:
        assert await claim(ledger, queue[0])
        ledger.record(queue[0], Accepted(reply="ok"))
        await ledger.release([queue[0]])
    assert states(store, queue[0]) == ["accepted"]


async def test_what_gathers_during_a_commit_is_committed_together_and_results_never_after_a_later_claim(
    store, ledger, queue
):
    commits = []
    event.listen(store.engine, "commit", commits.append)
    async with ledger:
        assert all(await asyncio.gather(*(claim(ledger, delivery) for delivery in queue[:-1])))
        for delivery in queue[:-1]:
            ledger.record(delivery, Accepted(reply="ok"))
        claims = len(commits)
        assert await claim(ledger, queue[-1])
        assert states(store, *queue) == ["accepted"] * 11 + ["in_flight"]
    assert claims < 11
    assert len(commits) < 2 * len(queue)


async def test_a_result_recorded_last_is_durable_once_the_ledger_is_closed(store, ledger, queue):
    async with ledger:
        assert await claim(ledger, queue[0])
        ledger.record(queue[0], Accepted(reply="ok"))
    assert states(store, queue[0]) == ["accepted"]


@pytest.mark.parametrize("comes_back", [True, False])
async def test_a_table_that_is_gone_stops_the_sending_for_everybody(store, campaign, ledger, queue, comes_back):
    def rename(before, after):
        with store.write() as connection:
            connection.execute(text(f"ALTER TABLE {before} RENAME TO {after}"))

    async def send():
        async with ledger:
            assert await claim(ledger, queue[0])
            rename("deliveries", "elsewhere")
            ledger.record(queue[0], Accepted(reply="ok"))
            for delivery in queue[1:3]:
                with pytest.raises(DeliveryError):
                    await claim(ledger, delivery)
            if comes_back:
                rename("elsewhere", "deliveries")
            with pytest.raises(DeliveryError):  # a store that failed once is not trusted with a new claim
                await claim(ledger, queue[3])

    with pytest.raises(DeliveryError, match=r"store failed while sending.*deliveries"):
        await send()
    if not comes_back:
        rename("elsewhere", "deliveries")
    assert counts(store, campaign) == {"accepted" if comes_back else "in_flight": 1, "queued": 11}


async def test_a_store_locked_for_too_long_stops_the_sending_and_lets_no_claim_through(tmp_path, now):
    store = open_store("sqlite:///var/digest.sqlite", base=tmp_path, var=tmp_path / "var")
    campaign = plan_campaign(store, now)
    queue = list(outbox.due(store, campaign, now))
    event.listen(store.engine, "checkout", lambda raw, *_: raw.execute("PRAGMA busy_timeout = 50"))

    async def send(other):
        async with Ledger(store, campaign, clock=lambda: now, retry_at=lambda _delivery, _outcome, at: at) as ledger:
            other.execute("BEGIN IMMEDIATE")
            answers = await asyncio.gather(*(claim(ledger, one) for one in queue[:4]), return_exceptions=True)
            assert [type(answer) for answer in answers] == [DeliveryError] * 4
            other.execute("COMMIT")
            with pytest.raises(DeliveryError):
                await claim(ledger, queue[4])

    other = sqlite3.connect(tmp_path / "var/digest.sqlite", isolation_level=None)
    with closing(other), pytest.raises(DeliveryError, match="locked"):
        await send(other)
    assert counts(store, campaign) == {"queued": 12}
    store.close()


async def test_claims_that_waited_behind_a_failed_commit_are_refused_and_what_is_under_way_is_still_written(
    store, campaign, ledger, queue
):
    reached, others_wait = threading.Event(), threading.Event()
    armed = False

    @event.listens_for(store.engine, "begin")
    def fail_once(_connection):
        nonlocal armed
        if armed:
            armed = False
            reached.set()
            others_wait.wait(timeout=30)
            raise OSError("the disk was gone for a moment")

    async def send():
        nonlocal armed
        async with ledger:
            assert await claim(ledger, queue[0])
            assert await claim(ledger, queue[1])
            armed = True
            failing = asyncio.create_task(claim(ledger, queue[2]))
            await asyncio.to_thread(reached.wait, 30)
            waiting = [asyncio.create_task(claim(ledger, delivery)) for delivery in queue[3:]]
            giving_back = asyncio.create_task(ledger.release([queue[1]]))
            await asyncio.sleep(0)  # they have asked
            ledger.record(queue[0], Accepted(reply="ok"))
            others_wait.set()
            answers = await asyncio.gather(failing, *waiting, return_exceptions=True)
            assert {type(answer) for answer in answers} == {DeliveryError}
            await giving_back

    with pytest.raises(DeliveryError, match="gone for a moment"):
        await send()
    assert counts(store, campaign) == {"accepted": 1, "queued": 11}


@pytest.mark.service("postgresql")
async def test_a_claim_waits_for_a_cancelling_that_has_begun_and_is_refused_after_it(postgresql_url, tmp_path, now):
    store = open_store(postgresql_url, base=tmp_path, var=tmp_path / "var")
    campaign = plan_campaign(store, now)
    queue = list(outbox.due(store, campaign, now))

    def waits():
        with store.read() as connection:
            return connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one()

    async with Ledger(store, campaign, clock=lambda: now, retry_at=lambda _delivery, _outcome, at: at) as ledger:
        with store.write() as connection:
            move(connection, campaign.id, CampaignStatus.CANCELLED)
            asked = asyncio.create_task(ledger.claim(queue[:4]))
            while not (asked.done() or await asyncio.to_thread(waits)):
                pass
            assert not asked.done()
            outbox.skip_all(connection, campaign, PersonSkip.CANCELLED)
        assert await asked == []
    assert counts(store, campaign) == {"skipped": 12}
    store.close()


async def test_what_does_not_exist_is_suppressed_in_one_order_so_that_two_campaigns_never_wait_for_each_other(
    store, ledger, queue
):
    written = []

    @event.listens_for(store.engine, "before_cursor_execute")
    def note(_connection, _cursor, statement, parameters, *_):
        if statement.startswith("INSERT INTO suppressions"):
            values = parameters.values() if isinstance(parameters, dict) else parameters
            written.extend(value for value in values if str(value).endswith("@example.org"))

    async with ledger:
        assert len(await ledger.claim(queue)) == 12
        ledger.record(queue[0], Accepted(reply="ok"))
        for delivery in reversed(queue[1:]):
            ledger.record(delivery, Rejected(stage=Stage.RCPT, code=550, reply="no", no_such_mailbox=True))
        assert await ledger.claim(queue[:1]) == []  # all in the group before it
    assert written == sorted(delivery.recipient.address for delivery in queue[1:])


async def test_the_time_of_sending_runs_from_the_first_claim_to_the_last_result_and_is_written_once_a_second(
    store, campaign, ledger, queue, monkeypatch
):
    present = [100.0]
    monkeypatch.setattr("digest.store.outbox.ledger.monotonic", lambda: present[0])

    def written():
        with store.read() as connection:
            return outbox.report_of(connection, campaign).seconds

    async with ledger:
        assert await claim(ledger, queue[0])
        steps = ((103.0, 3.0), (104.0, 3.0), (104.25, 4.25), (104.5, 4.25))  # a second is not more than a second
        for (present[0], seconds), delivery, later in zip(steps, queue, queue[1:], strict=False):
            ledger.record(delivery, Accepted(reply="ok"))
            assert await claim(ledger, later)
            assert written() == seconds
        present[0] = 110.0
    assert written() == 4.5


async def test_a_server_that_has_taken_something_is_believed_from_then_on(store, ledger, queue):
    async with ledger:
        assert await claim(ledger, queue[0])
        ledger.record(queue[0], Accepted(reply="ok"))
        assert await claim(ledger, queue[1])  # in a later group
        ledger.record(queue[1], Rejected(stage=Stage.RCPT, code=550, reply="no", no_such_mailbox=True))
    with store.read() as connection:
        assert people.suppression(connection, queue[1].recipient.address) == "no such mailbox"


async def test_a_result_is_written_down_though_nothing_follows_it(store, ledger, queue):
    async with ledger, asyncio.timeout(20):
        assert await claim(ledger, queue[0])
        ledger.record(queue[0], Accepted(reply="ok"))
        while await asyncio.to_thread(states, store, queue[0]) != ["accepted"]:
            pass
