"""What PostgreSQL does for the outbox's statements: none reads through the deliveries, whatever it takes them for.

They are taken for a hundred million. One campaign is over and one is yet to be sent, so that "queued" is frequent in
the table and the first has none of it.
"""

from datetime import timedelta

import pytest
from rooms.test_store_workers import LOST_AFTER, campaign, sign, store
from sqlalchemy import text

from digest.model import ITSELF, Accepted, CampaignStatus
from digest.store import campaigns, outbox
from digest.store.outbox import chunks, progress

__all__ = ["campaign", "store"]

pytestmark = pytest.mark.service("postgresql")

MANY = 4_000
SETTINGS = {"log_min_duration": "0", "log_level": "notice", "log_nested_statements": "on"}
PEOPLE = """INSERT INTO subscribers (address, address_key, name, created_at)
    SELECT 'x' || i || '@example.org', 'x' || i || '@example.org', '', now() FROM generate_series(1, :many) i"""
ON_A_LIST = """INSERT INTO subscriptions (subscriber_id, list_id, status, since, origin)
    SELECT subscribers.id, lists.id, 'active', now(), 'file' FROM subscribers, lists WHERE address_key LIKE 'x%'"""
DELIVERIES = """INSERT INTO deliveries (campaign_id, subscriber_id, address_key, state, reason, attempts)
    SELECT campaigns.id, subscribers.id, address_key, :state, '', 1 FROM subscribers, campaigns
    WHERE campaigns.name = :name AND address_key LIKE 'x%' ORDER BY subscribers.id"""
CHUNKS = """INSERT INTO chunks (campaign_id, number, first_id, last_id)
    SELECT campaign_id, 10 + (id - least_id) / 500, min(id), max(id) FROM deliveries,
    (SELECT min(id) AS least_id FROM deliveries WHERE address_key LIKE 'x%') AS first
    WHERE address_key LIKE 'x%' GROUP BY 1, 2"""


@pytest.fixture
def large(store, campaign, now):
    """The campaign with more people, and before it in the table another that is over."""
    with store.write() as connection:
        values = {"name": "over", "digest": "announcement", "period": "0", "list_names": ["members"]}
        campaigns.create(connection, by=ITSELF, status=CampaignStatus.SENDING, now=now, **values)
        connection.execute(text(PEOPLE), {"many": MANY})
        connection.execute(text(ON_A_LIST))
        for name, state in (("over", "accepted"), (campaign.name, "queued")):
            connection.execute(text(DELIVERIES), {"name": name, "state": state})
        connection.execute(text(CHUNKS))
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE deliveries, chunks, subscribers"))
        connection.execute(text("UPDATE pg_class SET reltuples = 1e8 WHERE relname = 'deliveries'"))
    return campaign


def plans(store, verb) -> str:
    """What PostgreSQL did for all statements of a verb."""
    told: list[str] = []
    with store.write() as connection:
        driver = connection.connection.driver_connection
        handler = lambda notice: told.append(notice.message_primary or "")  # noqa: E731
        connection.execute(text("LOAD 'auto_explain'"))
        for name, value in SETTINGS.items():
            connection.execute(text(f"SET LOCAL auto_explain.{name} = '{value}'"))
        driver.add_notice_handler(handler)
        try:
            verb(connection)
            connection.execute(text("SELECT 1"))  # what a SELECT did is told when the next one begins
        finally:
            driver.remove_notice_handler(handler)
    return "\n".join(told)


def test_nothing_that_is_asked_again_and_again_reads_through_the_deliveries(store, large, now):
    with store.write() as connection:
        over = campaigns.by_id(connection, large.id + 1)
        lease = outbox.take_chunk(connection, large, 12 + MANY // chunks.SIZE, "ann", LOST_AFTER)
        due = outbox.due_in(connection, large, lease, now)
    assert (over.status, len(due)) == (CampaignStatus.SENDING, chunks.SIZE)
    ids = [one.id for one in due]
    results = [progress.row(one, Accepted(reply="ok"), now, lambda *_: None) for one in due[:16]]
    both = (over.id, large.id)
    verbs = {
        "ended": outbox.ended,
        "has_open": lambda c: outbox.has_open(c, over),
        "has_unbegun": lambda c: outbox.has_unbegun(c, over),
        "was_tried": lambda c: outbox.was_tried(c, large),
        "has_pending": lambda c: outbox.has_pending(c, over),
        "next_free": lambda c: chunks.next_free(c, now, LOST_AFTER, both),
        "call": lambda c: outbox.call(c, now, lost_after=LOST_AFTER),
        "rescue": lambda c: chunks.rescue(c, timedelta(microseconds=1)),
        "next_attempt_at": lambda c: outbox.next_attempt_at(c, large),
        "take": lambda c: outbox.take_chunk(c, large, 13 + MANY // chunks.SIZE, "ann", LOST_AFTER),
        "due_in": lambda c: outbox.due_in(c, large, lease, now),
        "held": lambda c: progress.held(c, large.id, {lease}),
        "claim": lambda c: progress.claim(c, large.id, ids[:32], now),
        "record": lambda c: progress.record(c, results),
        "release": lambda c: progress.release(c, ids[16:32]),
        "let_go": lambda c: outbox.let_go(c, large, lease),
    }
    told = {name: plans(store, verb) for name, verb in verbs.items()}
    assert {name for name, plan in told.items() if "cost=" not in plan} == set(), "no plan was told"
    assert {name for name, plan in told.items() if "Seq Scan on deliveries" in plan} == set()


@pytest.mark.parametrize("counted", [8_000, -1], ids=["counted", "not counted yet"])
def test_a_group_is_looked_up_where_reading_all_would_do_for_once(store, large, now, counted):
    with store.write() as connection:
        connection.execute(
            text("UPDATE pg_class SET reltuples = :counted WHERE relname = 'deliveries'"), {"counted": counted}
        )
        lease = outbox.take_chunk(connection, large, 12 + MANY // chunks.SIZE, "ann", LOST_AFTER)
        due = outbox.due_in(connection, large, lease, now)
    ids = [one.id for one in due[:16]]
    results = [progress.row(one, Accepted(reply="ok"), now, lambda *_: None) for one in due[:16]]
    for verb in (
        lambda c: progress.claim(c, large.id, ids, now),
        lambda c: progress.release(c, ids),
        lambda c: progress.record(c, results),
    ):
        plan = plans(store, verb)
        assert "on deliveries" in plan
        assert "Seq Scan on deliveries" not in plan


def test_of_a_campaign_only_so_many_chunks_are_called_for_at_once_from_where_it_has_come_to(
    store, large, now, monkeypatch
):
    monkeypatch.setattr("digest.store.outbox.calls._AHEAD", 3)
    jobs = text("SELECT (args->>'number')::int FROM procrastinate_jobs WHERE args->>'campaign_id' = :one ORDER BY 1")
    with store.write() as connection:
        connection.execute(text("DELETE FROM procrastinate_jobs"))
        connection.execute(text("UPDATE deliveries SET state = 'accepted' WHERE address_key LIKE 'm%'"))
        sign(connection, "ann")
        first = 10 + MANY // chunks.SIZE
        assert outbox.take_chunk(connection, large, first + 1, "ann", LOST_AFTER) is not None
        outbox.call(connection, now, lost_after=LOST_AFTER)
        called = connection.execute(jobs, {"one": str(large.id)}).scalars().all()
        assert called == [first, first + 2, first + 3]
        assert chunks.next_free(connection, now, LOST_AFTER, (large.id,)) == (large.id, first)
