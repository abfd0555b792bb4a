"""What is held about people is erased after its time, and no sooner."""

from datetime import timedelta
from importlib import util

import pytest
from conftest import ROOT
from sqlalchemy import select, update

from digest.app import open_app
from digest.config import Config
from digest.core.people import erase_expired
from digest.model import BY_SCHEDULE, ITSELF, CampaignStatus, Recipient
from digest.store import campaigns, outbox, people
from digest.store.organisers import activity
from digest.store.outbox import chunks, retention
from digest.store.people import Consent, journal
from digest.store.tables import campaigns as campaigns_table
from digest.store.tables import deliveries

DAY = timedelta(days=1)
KEPT = {"deliveries": "10 days", "activity": "20 days", "journal": "30 days"}


@pytest.fixture
def app(store_url, tmp_path, empty_store):
    values = {
        "network": {"name": "Growers"},
        "sender": {"email": "digest@example.org"},
        "store": {"url": store_url},
        "retention": KEPT,
    }
    with open_app(Config.model_validate(values).model_copy(update={"base": tmp_path})) as app:
        yield app


def sent(app, at, name, *, people_=1):
    """A campaign that went to so many people then."""
    with app.store.write() as connection:
        listed = [Recipient(address=f"ada{number or ''}@example.org") for number in range(people_)]
        plan = people.plan_list(connection, name="members", title="Members", listed=listed, max_removals=1)
        people.apply_list(connection, plan, at)
        made = campaigns.create(
            connection,
            name=name,
            digest="weekly",
            period=name,
            status=CampaignStatus.SENT,
            by=ITSELF,
            list_names=["members"],
            now=at - DAY,
        )
        outbox.plan_deliveries(connection, made, at)
        own = deliveries.c.campaign_id == made.id
        connection.execute(update(deliveries).where(own).values(state="accepted", code=250, reply="taken from Ada"))
        change = update(campaigns_table).where(campaigns_table.c.id == made.id)
        connection.execute(change.values(last_sent_at=at))


def told(app):
    query = select(campaigns_table.c.name, deliveries.c.reply).join(
        deliveries, deliveries.c.campaign_id == campaigns_table.c.id
    )
    with app.store.read() as connection:
        return dict(tuple(row) for row in connection.execute(query))


def test_what_servers_answered_is_erased_after_its_time_and_reports_count_as_before(app, now):
    sent(app, now - 10 * DAY - timedelta(seconds=1), "old")
    sent(app, now - 10 * DAY + timedelta(seconds=1), "new")
    assert erase_expired(app, now, by=BY_SCHEDULE).replies == 1
    assert told(app) == {"old": None, "new": "taken from Ada"}
    with app.store.read() as connection:
        report = outbox.report_of(connection, campaigns.by_name(connection, "old"))
    assert (report.accepted, report.recipients) == (1, 1)


def test_a_second_time_there_is_nothing_to_erase_and_nothing_is_written_down(app, now):
    sent(app, now - 11 * DAY, "old")
    assert bool(erase_expired(app, now, by=BY_SCHEDULE)) is True
    assert bool(erase_expired(app, now, by=BY_SCHEDULE)) is False
    with app.store.read() as connection:
        (row,) = activity.latest(connection, limit=9)
    told = "1 answers, 0 of the activity, 0 returns, 0 of the journal, 0 sign-ups"
    assert (row.verb, row.by, row.detail) == ("erase", BY_SCHEDULE, told)


def test_who_did_what_is_erased_after_its_time(app, now):
    with app.store.write() as connection:
        for days in (21, 19):
            activity.record(connection, at=now - days * DAY, by=ITSELF, verb=f"days {days}", subject="ada@example.org")
    assert erase_expired(app, now, by=BY_SCHEDULE).activity == 1
    with app.store.read() as connection:
        assert [one.verb for one in activity.latest(connection, limit=9)] == ["erase", "days 19"]


def test_consent_is_kept_as_long_as_mail_goes_by_it(app, now):
    sent(app, now, "new")
    with app.store.write() as connection:
        for name in ("ada", "gone"):
            for days in (31, 29):
                line = Consent(at=now - days * DAY, verb=f"days {days}")
                journal.record(connection, f"{name}@example.org", line)
    assert erase_expired(app, now, by=BY_SCHEDULE).journal == 1
    with app.store.read() as connection:
        held = {name: people.journal_of(connection, f"{name}@example.org") for name in ("ada", "gone")}
        assert {name: [one.verb for one in lines] for name, lines in held.items()} == {
            "ada": ["days 31", "days 29"],
            "gone": ["days 29"],
        }
        known = people.known_lists(connection)
        ada, _ = people.find(connection, "ada@example.org")
    with app.store.write() as connection:
        people.unsubscribe(connection, [ada], [known["members"]], now)
    assert erase_expired(app, now, by=BY_SCHEDULE).journal == 1


async def test_the_job_erases_by_the_schedule(app, now):
    sent(app, now - 11 * DAY, "old")
    spec = util.spec_from_file_location("retention_job", ROOT / "jobs/retention.py")
    job = util.module_from_spec(spec)
    spec.loader.exec_module(job)
    await job.run(app, now)
    assert told(app) == {"old": None}


def test_a_large_campaign_is_erased_in_parts_and_counts_as_erased_after_the_last(app, now, monkeypatch):
    monkeypatch.setattr(retention, "_PART", 1)
    many = chunks.SIZE + 4
    sent(app, now - 11 * DAY, "old", people_=many)
    with app.store.read() as connection:
        campaign = campaigns.by_name(connection, "old")
    parts, after = [], 0
    while after is not None:
        with app.store.write() as connection:
            count, after = retention.erase_details(connection, campaign.id, now, after=after)
            left = retention.expired_campaign(connection, now - 10 * DAY)
        parts.append((count, left))
    assert parts == [(chunks.SIZE, campaign.id), (4, campaign.id), (0, None)]
    sent(app, now - 11 * DAY, "another", people_=many)
    assert erase_expired(app, now, by=BY_SCHEDULE).replies == many
    assert set(told(app).values()) == {None}
