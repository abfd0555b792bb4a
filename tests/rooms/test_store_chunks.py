"""Chunks on real databases: everybody is in one, and only who took it last may write about those in it."""

from datetime import timedelta

import pytest
from earlier_schema import put_back
from sqlalchemy import event, select, text

from digest.errors import DeliveryError
from digest.model import ITSELF, Accepted, CampaignStatus, DeliveryState, Recipient
from digest.store import campaigns, outbox, people
from digest.store.engine import open_store
from digest.store.outbox import chunks, progress
from digest.store.outbox.ledger import Ledger
from digest.store.tables import chunks as table
from digest.store.tables import deliveries, suppressions


def listed(store, now, count):
    recipients = [Recipient(address=f"m{number}@example.org") for number in range(count)]
    with store.write() as connection:
        plan = people.plan_list(connection, name="members", title="Members", listed=recipients, max_removals=1)
        people.apply_list(connection, plan, now)


def released(store, now, name="notice-1"):
    with store.write() as connection:
        values = {"name": name, "digest": "announcement", "period": name, "list_names": ["members"]}
        return campaigns.create(connection, by=ITSELF, status=CampaignStatus.SENDING, now=now, **values)


def planned(store, campaign, now):
    with store.write() as connection:
        return outbox.plan_deliveries(connection, campaign, now)


@pytest.fixture
def campaign(store, now):
    listed(store, now, 12)
    made = released(store, now)
    planned(store, made, now)
    return made


def ledger(store, campaign, now):
    return Ledger(store, campaign, clock=lambda: now, retry_at=lambda _delivery, _outcome, at: at)


def states(store, campaign):
    query = select(deliveries.c.state).where(deliveries.c.campaign_id == campaign.id).order_by(deliveries.c.id)
    with store.read() as connection:
        return connection.execute(query).scalars().all()


def shares(store, campaign):
    """How many deliveries each chunk has, and that none is in two or in none."""
    query = (
        select(table.c.number, deliveries.c.id)
        .join(deliveries, deliveries.c.id.between(table.c.first_id, table.c.last_id), full=True)
        .where(table.c.campaign_id == campaign.id, deliveries.c.campaign_id == campaign.id)
    )
    with store.read() as connection:
        pairs = connection.execute(query).all()
        ids = connection.execute(select(deliveries.c.id).where(deliveries.c.campaign_id == campaign.id)).scalars().all()
    assert sorted(pair.id for pair in pairs) == sorted(ids)
    numbers = [pair.number for pair in pairs]
    return {number: numbers.count(number) for number in sorted(set(numbers))}


def test_everybody_is_in_one_chunk_whenever_they_were_planned(store, now):
    listed(store, now, 2 * chunks.SIZE)
    one, two = released(store, now), released(store, now, "notice-2")
    assert planned(store, one, now) == 2 * chunks.SIZE
    assert planned(store, two, now) == 2 * chunks.SIZE
    listed(store, now, 2 * chunks.SIZE + 3)
    assert planned(store, one, now) == 3
    assert planned(store, one, now) == 0
    assert shares(store, one) == {1: chunks.SIZE, 2: chunks.SIZE, 3: 3}
    assert shares(store, two) == {1: chunks.SIZE, 2: chunks.SIZE}


def test_whom_a_correction_reaches_is_in_one_too(store, campaign, now):
    correction = released(store, now, "notice-2")
    with store.write() as connection:
        connection.execute(deliveries.update().values(state=DeliveryState.ACCEPTED.value))
        assert outbox.plan_correction(connection, correction, campaign, now) == 12
    assert shares(store, correction) == {1: 12}
    assert len(list(outbox.due(store, correction, now))) == 12


def test_only_chunks_in_which_something_is_due_are_taken(store, now):
    listed(store, now, 3 * chunks.SIZE)
    campaign = released(store, now)
    planned(store, campaign, now)
    middle = deliveries.c.id.between(chunks.SIZE + 1, 2 * chunks.SIZE)
    with store.write() as connection:
        connection.execute(deliveries.update().where(~middle).values(state=DeliveryState.ACCEPTED.value))
        connection.execute(
            deliveries.update().where(middle).values(state="deferred", next_attempt_at=now + timedelta(hours=1))
        )
    assert list(outbox.due(store, campaign, now)) == []
    assert {delivery.lease.chunk for delivery in outbox.due(store, campaign, now + timedelta(hours=1))} == {2}


def test_each_taking_of_a_chunk_raises_its_fence(store, campaign):
    with store.write() as connection:
        fences = [chunks.take(connection, campaign, 1)[0].fence for _ in range(3)]
    assert fences == sorted(set(fences))


def test_of_campaigns_planned_at_once_whose_chunks_overlap_each_looks_into_its_own(store, campaign, now):
    other = released(store, now, "notice-2")
    planned(store, other, now)
    with store.write() as connection:
        connection.execute(table.update().values(first_id=1, last_id=24))
        assert [list(chunks.waiting(connection, one, now)) for one in (campaign, other)] == [[1], [1]]
    assert [len(list(outbox.due(store, one, now))) for one in (campaign, other)] == [12, 12]


def test_who_was_suppressed_before_the_chunk_is_taken_is_not_in_it(store, campaign, now):
    stream = outbox.due(store, campaign, now)
    values = {"address_key": "m3@example.org", "reason": "by hand", "since": now}
    with store.write() as connection:
        connection.execute(suppressions.insert().values(**values))
    assert "m3@example.org" not in {delivery.recipient.address for delivery in stream}
    assert states(store, campaign).count("skipped") == 1


async def test_who_lost_a_chunk_to_another_writes_nothing_more_and_is_told(store, campaign, now):
    mine = list(outbox.due(store, campaign, now))

    async def come_back_too_late():
        async with ledger(store, campaign, now) as stale:
            assert len(await stale.claim(mine[:3])) == 3
            again.extend(outbox.due(store, campaign, now))  # who was thought to be gone has lost them
            assert states(store, campaign)[:4] == ["unknown", "unknown", "unknown", "queued"]
            assert await stale.claim(mine[3:5]) == []
            await stale.release(mine[1:2])
            stale.record(mine[0], Accepted(reply="too late"))

    again = []
    with pytest.raises(DeliveryError, match="notice-1 was taken over by another process; what was in flight here"):
        await come_back_too_late()
    assert states(store, campaign)[:4] == ["unknown", "unknown", "unknown", "queued"]
    async with ledger(store, campaign, now) as other:
        assert await other.claim(again[:1]) == again[:1]
        other.record(again[0], Accepted(reply="ok"))
    assert states(store, campaign)[:5] == ["unknown", "unknown", "unknown", "accepted", "queued"]


async def test_what_is_still_ours_is_written_though_something_else_was_lost(store, now):
    listed(store, now, chunks.SIZE + 1)
    campaign = released(store, now)
    planned(store, campaign, now)
    *_, before_last, last = mine = list(outbox.due(store, campaign, now))

    async def lose_one_of_two():
        async with ledger(store, campaign, now) as running:
            assert len(await running.claim([mine[0], last])) == 2
            with store.write() as connection:
                chunks.take(connection, campaign, 1)
            running.record(mine[0], Accepted(reply="ok"))
            running.record(last, Accepted(reply="ok"))
            assert await running.claim([before_last]) == []

    with pytest.raises(DeliveryError, match="taken over"):
        await lose_one_of_two()
    assert [states(store, campaign)[place] for place in (0, -1)] == ["unknown", "accepted"]


def test_what_was_planned_before_there_were_chunks_is_shared_out_when_the_store_is_opened(store, campaign, now):
    with store.write() as connection:
        put_back(connection, "0004")
    url = store.engine.url.render_as_string(hide_password=False)
    again = open_store(url, base=store.lock_folder, var=store.lock_folder)
    assert shares(again, campaign) == {1: 12}
    assert len(list(outbox.due(again, campaign, now))) == 12
    again.close()


@pytest.mark.parametrize("store_url", ["sqlite:///var/digest.sqlite"])
def test_of_a_million_only_those_in_the_range_of_a_chunk_are_looked_at(store, campaign, now):
    plans = []

    def explain(connection, _cursor, statement, parameters, *_):
        if "BETWEEN" in statement and "EXPLAIN" not in statement:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(row.detail for row in rows if " deliveries " in row.detail)

    event.listen(store.engine, "before_cursor_execute", explain)
    assert len(list(outbox.due(store, campaign, now))) == 12
    assert len(plans) == 5  # which chunks by either state, who was in flight, who is suppressed, who is due
    assert {plan.partition(" (")[2] for plan in plans} == {"campaign_id=? AND state=? AND id>? AND id<?)"}


@pytest.mark.parametrize(
    ("statement", "table", "by"),
    [
        (progress._claimable, "deliveries", "INTEGER PRIMARY KEY (rowid=?)"),
        (progress._claim, "deliveries", "INTEGER PRIMARY KEY (rowid=?)"),
        (progress._release, "deliveries", "INTEGER PRIMARY KEY (rowid=?)"),
        (progress._record, "deliveries", "INTEGER PRIMARY KEY (rowid=?)"),
        (progress._fences, "chunks", "INDEX sqlite_autoindex_chunks_1 (campaign_id=? AND number=?)"),
    ],
)
def test_a_write_looks_up_what_it_is_about_however_many_there_are(tmp_path, statement, table, by):
    store = open_store("sqlite:///var/digest.sqlite", base=tmp_path, var=tmp_path / "var")
    prepared = statement(store.engine.dialect)
    with store.read() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {prepared.sql}", (None,) * len(prepared.order))
        steps = [row.detail for row in rows]
    store.close()
    assert f"SEARCH {table} USING {by}" in steps
    assert not [step for step in steps if step.startswith("SCAN") and "anon_1" not in step and "chosen" not in step]


@pytest.mark.parametrize("store_url", ["sqlite:///var/digest.sqlite"])
def test_only_postgresql_is_told_to_count_what_was_planned(store, now, monkeypatch):
    monkeypatch.setattr(chunks, "_MANY", 10)
    listed(store, now, 12)
    assert planned(store, released(store, now), now) == 12


@pytest.mark.service("postgresql")
def test_postgresql_knows_at_once_how_many_a_big_campaign_has(postgresql_url, tmp_path, now, monkeypatch):
    monkeypatch.setattr(chunks, "_MANY", 10)
    store = open_store(postgresql_url, base=tmp_path, var=tmp_path / "var")
    listed(store, now, 12)
    planned(store, released(store, now), now)
    with store.read() as connection:
        assert connection.execute(text("SELECT reltuples FROM pg_class WHERE relname = 'deliveries'")).scalar() == 12
    store.close()
