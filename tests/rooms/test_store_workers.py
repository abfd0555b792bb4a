"""Workers in a real PostgreSQL: who holds a chunk, who is lost, who is called, and what they share of the relay."""

import threading
from datetime import timedelta
from time import monotonic

import psycopg
import pytest
from sqlalchemy import func, select, text

from digest.app import open_app
from digest.config import load_config
from digest.core.campaigns import outdated, together
from digest.errors import DigestError, OutgrownError, StoreError
from digest.model import ITSELF, CampaignStatus, DeliveryState, Recipient
from digest.store import campaigns, migrations, outbox, people
from digest.store.engine import open_store, upgrade_store
from digest.store.outbox import chunks, progress, rates, workers
from digest.store.sql.newer import TABLES
from digest.store.tables import SCHEMA_VERSION, deliveries
from digest.store.tables import chunks as table
from digest.store.tables import workers as seen_by

pytestmark = pytest.mark.service("postgresql")

LOST_AFTER = timedelta(seconds=30)
AT_ONCE = timedelta(microseconds=1)  # whoever gave a sign before this is lost


@pytest.fixture
def store(shared_url, tmp_path):
    opened = open_store(shared_url, base=tmp_path, var=tmp_path / "var", lost_after=LOST_AFTER)
    yield opened
    opened.close()


@pytest.fixture
def campaign(store, now):
    listed = [Recipient(address=f"m{number}@example.org") for number in range(chunks.SIZE + 4)]
    values = {"name": "notice-1", "digest": "announcement", "period": "1", "list_names": ["members"]}
    with store.write() as connection:
        plan = people.plan_list(connection, name="members", title="Members", listed=listed, max_removals=1)
        people.apply_list(connection, plan, now)
        made = campaigns.create(connection, by=ITSELF, status=CampaignStatus.SENDING, now=now, **values)
        outbox.plan_deliveries(connection, made, now)
        for name in ("ann", "bob"):
            sign(connection, name)
    return made


def sign(connection, name, *, wants=True, version="1"):
    workers.sign(connection, name, name=f"{name} 1", kind="worker", version=version, wants=wants)


def take(store, campaign, name, number=2, lost_after=LOST_AFTER):
    with store.write() as connection:
        return outbox.take_chunk(connection, campaign, number, name, lost_after)


def due(store, campaign, lease, now):
    with store.write() as connection:
        return outbox.due_in(connection, campaign, lease, now)


def claimed(store, campaign, deliveries_, now):
    """As the ledger claims: only what is still its holder's."""
    with store.write() as connection:
        held = progress.held(connection, campaign.id, {one.lease for one in deliveries_})
        return progress.claim(connection, campaign.id, [one.id for one in deliveries_ if one.lease in held], now)


def states(store):
    query = select(deliveries.c.state, func.count().label("people")).group_by(deliveries.c.state)
    with store.read() as connection:
        return {row.state: row.people for row in connection.execute(query)}


def jobs(store):
    waiting = "SELECT args ->> 'number' FROM procrastinate_jobs WHERE status = 'todo' ORDER BY priority DESC, id"
    with store.read() as connection:
        return [int(one) for one in connection.execute(text(waiting)).scalars()]


def test_a_chunk_is_one_living_workers_until_it_lets_go(store, campaign):
    mine = take(store, campaign, "ann")
    assert take(store, campaign, "bob") is None
    assert take(store, campaign, "ann") is None  # nor twice its own: a job may run twice
    with store.write() as connection:
        assert outbox.let_go(connection, campaign, mine) is True
    assert take(store, campaign, "bob").fence == mine.fence + 1


def test_who_has_a_campaign_for_itself_keeps_workers_away(store, campaign):
    with store.exclusive(f"campaign-{campaign.id}") as free:
        assert free
        assert take(store, campaign, "ann") is None
    assert take(store, campaign, "ann") is not None


def test_what_a_lost_worker_had_in_flight_is_in_doubt_the_rest_anothers_and_its_writes_are_void(store, campaign, now):
    lease = take(store, campaign, "ann")
    mine = due(store, campaign, lease, now)
    assert claimed(store, campaign, mine[:2], now) == {one.id for one in mine[:2]}
    theirs = take(store, campaign, "bob", lost_after=AT_ONCE)
    assert states(store)["unknown"] == 2
    assert [one.id for one in due(store, campaign, theirs, now)] == [one.id for one in mine[2:]]
    assert claimed(store, campaign, mine[2:], now) == set()
    assert due(store, campaign, lease, now) == []
    with store.write() as connection:
        assert outbox.let_go(connection, campaign, lease) is False
        assert progress.held(connection, campaign.id, {lease}) == set()
    with store.read() as connection:
        assert connection.execute(select(table.c.holder).where(table.c.number == 2)).scalar() == "bob"


def test_a_rescue_takes_chunks_from_the_lost_alone(store, campaign, now):
    claimed(store, campaign, due(store, campaign, take(store, campaign, "ann", 1), now)[:3], now)
    claimed(store, campaign, due(store, campaign, take(store, campaign, "bob", 2), now)[:1], now)
    with store.write() as connection:
        connection.execute(text("UPDATE workers SET seen_at = seen_at - interval '1 minute' WHERE id = 'ann'"))
    with store.write() as connection:
        assert chunks.rescue(connection, LOST_AFTER) == {campaign.id}
        assert chunks.rescue(connection, LOST_AFTER) == set()
    assert (states(store)["unknown"], states(store)["in_flight"]) == (3, 1)


def test_a_campaign_is_over_only_when_nobody_is_being_sent_to(store, campaign, now):
    with store.write() as connection:
        connection.execute(deliveries.update().values(state=DeliveryState.ACCEPTED.value))
        connection.execute(deliveries.update().where(deliveries.c.id == 1).values(state="in_flight"))
        assert (outbox.has_open(connection, campaign), list(outbox.ended(connection))) == (True, [])
        connection.execute(deliveries.update().values(state=DeliveryState.ACCEPTED.value))
        assert (outbox.has_open(connection, campaign), list(outbox.ended(connection))) == (False, [campaign.id])


def test_each_chunk_is_called_for_once_where_it_is_due_and_nobodys(store, campaign, now):
    assert jobs(store) == [1, 2]  # by the plan
    take(store, campaign, "ann", 1)
    with store.write() as connection:
        connection.execute(text("DELETE FROM procrastinate_jobs"))
        outbox.call(connection, now, lost_after=LOST_AFTER)
        outbox.call(connection, now, lost_after=LOST_AFTER)
    assert jobs(store) == [2]
    with store.write() as connection:
        outbox.call(connection, now, lost_after=AT_ONCE)
    assert jobs(store) == [1, 2]


def test_a_call_goes_with_the_transaction_that_made_it(store, campaign, now):
    with store.write() as connection:
        connection.execute(text("DELETE FROM procrastinate_jobs"))
    with store.engine.connect() as connection:
        outbox.call(connection, now)
        connection.rollback()
    assert jobs(store) == []
    with store.write() as connection:
        outbox.call(connection, now)
    assert jobs(store) == [1, 2]


def test_the_starts_of_all_workers_are_the_rates_and_unused_ones_at_the_end_are_given_back(store):
    with store.write() as connection:
        one = rates.lease(connection, "relay:25", 10, interval=0.5, ahead=0.0)
        other = rates.lease(connection, "relay:25", 4, interval=0.5, ahead=0.0)
        assert (one.first_in, one.ends_at) == (pytest.approx(0.0, abs=0.2), pytest.approx(other.ends_at - 2.0))
        assert 4.0 < other.first_in <= 5.0
        rates.give_back(connection, "relay:25", one, 5)  # others have what comes after: these are lost
        rates.give_back(connection, "relay:25", other, 3)
        third = rates.lease(connection, "relay:25", 1, interval=0.5, ahead=0.0)
        assert third.ends_at == pytest.approx(other.ends_at - 1.0)


def test_connections_are_shared_evenly_and_never_more_than_there_are(store, campaign):
    def share(name, in_use):
        with store.write() as connection:
            sign(connection, name)
            return rates.share(connection, "relay:25", name, total=5, in_use=in_use, lost_after=LOST_AFTER)[0]

    with store.write() as connection:
        sign(connection, "bob", wants=False)
    assert share("ann", 0) == 5
    assert share("bob", 0) == 0  # all are taken: it waits until some are let go
    assert share("ann", 5) == 3  # it still has five
    assert share("bob", 0) == 0
    assert share("ann", 3) == 3
    assert share("bob", 0) == 2
    with store.write() as connection:
        connection.execute(text("UPDATE workers SET seen_at = seen_at - interval '1 minute' WHERE id = 'ann'"))
    assert share("bob", 2) == 5


def test_a_server_that_asks_for_less_is_left_alone_by_all(store, campaign):
    with store.write() as connection:
        rates.pause(connection, "relay:25", 20.0)
        rates.pause(connection, "relay:25", 5.0)  # shorter: the longer one stands
        paused = rates.share(connection, "relay:25", "bob", total=5, in_use=0, lost_after=LOST_AFTER)[1]
    assert 10 < paused <= 20


def test_refusals_in_a_row_are_counted_over_all_workers_until_the_server_takes_one(store, campaign):
    with store.write() as connection:
        campaigns.count_refused(connection, campaign.id, (4, 6), began_anew=False)
        campaigns.count_refused(connection, campaign.id, (5, 5), began_anew=False)
        assert campaigns.refused_in_a_row(connection, campaign.id) == (9, 11)
        campaigns.count_refused(connection, campaign.id, (1, 2), began_anew=True)
        assert campaigns.refused_in_a_row(connection, campaign.id) == (1, 2)


def test_the_time_of_sending_is_counted_once_for_all_who_send(store, campaign, now):
    with store.write() as connection:
        progress.add_seconds(connection, campaign.id, 10.0, now + timedelta(seconds=10))
        progress.add_seconds(connection, campaign.id, 10.0, now + timedelta(seconds=12))
        assert outbox.report_of(connection, campaign).seconds == pytest.approx(12.0)
        progress.add_seconds(connection, campaign.id, 10.0, now + timedelta(seconds=11))  # a clock that is behind
        assert outbox.report_of(connection, campaign).seconds == pytest.approx(12.0)


def test_workers_are_shown_with_what_they_hold(store, campaign):
    take(store, campaign, "ann")
    with store.read() as connection:
        ann, bob = workers.seen(connection, LOST_AFTER)
    assert (ann.name, ann.chunks, ann.is_alive) == ("ann 1", ("notice-1 2",), True)
    assert bob.chunks == ()


def test_who_stood_still_in_a_transaction_is_told_that_the_store_failed_and_not_of_a_mistake(shared_url, tmp_path):
    at_once = timedelta(milliseconds=50)  # so long PostgreSQL waits for it
    impatient = open_store(shared_url, base=tmp_path, var=tmp_path / "var", lost_after=at_once)
    look_on = open_store(shared_url, base=tmp_path, var=tmp_path / "var")
    still = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid")

    def stand_still():
        with impatient.write() as connection:
            pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with look_on.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
                while other.execute(still, {"pid": pid}).scalar_one():
                    pass
            connection.execute(text("SELECT 1"))

    with pytest.raises(StoreError, match="idle-in-transaction"):
        stand_still()
    impatient.close()
    look_on.close()


@pytest.fixture(params=[-1, 1])
def mistaken(request, shared_url, tmp_path, now):
    """The product on a machine whose clock is an hour off."""
    config = f'[network]\nname = "G"\n[sender]\nemail = "d@example.org"\n[store]\nurl = "{shared_url}"\n[cluster]\n'
    (tmp_path / "config.toml").write_text(config)
    with open_app(load_config(tmp_path / "config.toml", environ={}), at=now + timedelta(hours=request.param)) as app:
        yield app


def test_a_worker_whose_clock_is_an_hour_off_neither_loses_what_it_holds_nor_takes_anothers(
    store, campaign, now, mistaken
):
    lease = take(store, campaign, "ann", 1)
    claimed(store, campaign, due(store, campaign, lease, now)[:2], now)
    with mistaken.store.write() as connection:
        sign(connection, "cyd")
    together.look_after(mistaken, mistaken.now)
    assert take(mistaken.store, campaign, "cyd", 1) is None
    theirs = take(mistaken.store, campaign, "cyd", 2)
    assert len(claimed(store, campaign, due(mistaken.store, campaign, theirs, mistaken.now)[:1], mistaken.now)) == 1
    assert take(store, campaign, "ann", 2) is None
    with store.write() as connection:
        assert chunks.rescue(connection, LOST_AFTER) == set()
        assert progress.held(connection, campaign.id, {lease, theirs}) == {lease, theirs}
    assert (states(store)["in_flight"], states(store).get("unknown", 0)) == (3, 0)


def test_a_worker_of_the_version_before_finishes_its_chunk_with_newer_tables_and_none_is_begun(
    store, campaign, now, shared_url, tmp_path
):
    lease = take(store, campaign, "ann", 2)
    with store.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("ALTER TABLE deliveries ADD COLUMN newer text"))
        connection.execute(text("ALTER TABLE chunks ADD COLUMN newer text DEFAULT 'x' NOT NULL"))
    assert len(claimed(store, campaign, due(store, campaign, lease, now), now)) == 4
    with pytest.raises(DigestError, match="newer version's"):
        open_store(shared_url, base=tmp_path, var=tmp_path / "var", lost_after=LOST_AFTER)
    with store.read() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"


def test_workers_that_know_older_tables_are_named_while_they_are_alive(store, campaign):
    with store.write() as connection:
        sign(connection, "cy", version=workers.version_of("1"))
        seen = {one.name: one for one in workers.seen(connection, LOST_AFTER)}
        lost = workers.seen(connection, AT_ONCE)
    assert {name: one.is_outdated for name, one in seen.items()} == {"ann 1": True, "bob 1": True, "cy 1": False}
    assert outdated(tuple(seen.values())) == (
        "workers ann 1, bob 1 are of an older version than the tables; upgrade and start them again"
    )
    assert (outdated((seen["cy 1"],)), outdated(lost)) == ("", "")


def test_nobody_takes_a_chunk_of_tables_that_a_newer_version_made(store, campaign):
    with store.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(OutgrownError, match="newer version's by now"):
        take(store, campaign, "ann")
    with pytest.raises(OutgrownError, match="upgrade it and start it again"):
        store.require_known_tables()
    with store.read() as connection:
        assert connection.execute(select(table.c.fence)).scalars().all() == [0, 0]


def test_the_time_that_an_upgrade_takes_makes_nobody_lost_and_who_runs_is_told(store, campaign, monkeypatch):
    with store.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        before = dict(connection.execute(select(seen_by.c.id, seen_by.c.seen_at)).all())

    def upgrade(connection):
        connection.execute(text("SELECT pg_sleep(0.2)"))
        connection.execute(text(f"UPDATE alembic_version SET version_num = '{SCHEMA_VERSION}'"))

    monkeypatch.setattr(migrations, "upgrade", upgrade)
    with psycopg.connect(store.conninfo, autocommit=True) as listening:
        listening.execute("LISTEN digest_news")
        upgrade_store(store)
        (told,) = listening.notifies(timeout=10, stop_after=1)
    assert told.payload == TABLES
    with store.read() as connection:
        after = dict(connection.execute(select(seen_by.c.id, seen_by.c.seen_at)).all())
    assert {timedelta(seconds=0.2) <= after[name] - before[name] for name in ("ann", "bob")} == {True}


def test_of_two_who_plan_one_campaign_at_once_the_second_waits_and_finds_all_planned(store, campaign, now):
    values = {"name": "notice-2", "digest": "announcement", "period": "2", "list_names": ["members"]}
    with store.write() as connection:
        fresh = campaigns.create(connection, by=ITSELF, status=CampaignStatus.PREPARED, now=now, **values)
    added = []

    def plan_too():
        with store.write() as connection:
            added.append(outbox.plan_deliveries(connection, fresh, now))

    second = threading.Thread(target=plan_too)
    with store.write() as connection:
        added.append(outbox.plan_deliveries(connection, fresh, now))
        second.start()
        _wait_for(store, "SELECT%campaigns%FOR UPDATE%")
    second.join()
    assert added == [chunks.SIZE + 4, 0]


def test_an_upgrade_waits_for_who_sends_without_having_a_part_of_the_tables(store, campaign, monkeypatch):
    with store.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    upgraded = threading.Event()
    monkeypatch.setattr(migrations, "upgrade", lambda _: upgraded.set())
    others = psycopg.connect(store.conninfo)
    others.execute("SELECT 1 FROM workers WHERE id = 'ann' FOR UPDATE")
    upgrading = threading.Thread(target=upgrade_store, args=(store,))
    upgrading.start()
    try:
        _wait_for(store, "LOCK TABLE%")
        others.execute("UPDATE campaigns SET reason = 'a deadlock, if it had these and waited for workers'")
        assert not upgraded.is_set()
        others.commit()
    finally:
        others.close()
        upgrading.join()
    assert upgraded.is_set()


def _wait_for(store, query):
    """Until a statement like this one waits for what another has locked."""
    waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE %s"
    with psycopg.connect(store.conninfo, autocommit=True) as looking:
        deadline = monotonic() + 30
        while looking.execute(waits, [query]).fetchone() == (0,):
            assert monotonic() < deadline
