"""Preferences in the store: who wants less is skipped for it, set-based, and one person at a time."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, update

from digest.model import (
    ITSELF,
    NO_TERMS,
    CampaignStatus,
    DeliveryState,
    Offer,
    PersonSkip,
    Preferences,
    Recipient,
    Terms,
)
from digest.store import campaigns, outbox, people
from digest.store.tables import campaigns as campaigns_table
from digest.store.tables import deliveries

NAMES = ("ada", "bo", "cy")
DAY = timedelta(days=1)
QUEUED = "queued"


@pytest.fixture
def ids(store, now):
    """The ids of three members, by name."""
    listed = [Recipient(address=f"{name}@example.org") for name in NAMES]
    with store.write() as connection:
        plan = people.plan_list(connection, name="members", title="Members", listed=listed, max_removals=1)
        people.apply_list(connection, plan, now)
        return {name: people.find(connection, f"{name}@example.org")[0] for name in NAMES}


def edition(store, now, *, digest="weekly", period="1", terms=NO_TERMS):
    """An edition planned for everybody; each of them is judged once more by themselves, which must say the same."""
    with store.write() as connection:
        made = campaigns.create(
            connection,
            name=f"{digest}-{period}",
            digest=digest,
            period=period,
            status=CampaignStatus.SENDING,
            by=ITSELF,
            list_names=["members"],
            now=now,
            terms=terms,
        )
        outbox.plan_deliveries(connection, made, now)
        mailing = people.mailing(connection, made.audience, now, digest=digest, terms=terms, campaign_id=made.id)
        for row in connection.execute(deliveries.select().where(deliveries.c.campaign_id == made.id)).all():
            alone = people.standing_of(connection, row.subscriber_id, mailing)
            assert (alone.value if alone else "") == row.reason
    return made


@contextmanager
def explained(store, start):
    """The steps in which SQLite carries out what is asked of it by such a statement."""
    steps = []

    def explain(connection, _cursor, statement, parameters, *_):
        if statement.startswith(start):
            steps.extend(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters))

    event.listen(store.engine, "before_cursor_execute", explain)
    yield steps
    event.remove(store.engine, "before_cursor_execute", explain)


def stands(store, campaign):
    """State, or why it is skipped, by name."""
    query = deliveries.select().where(deliveries.c.campaign_id == campaign.id)
    with store.read() as connection:
        return {row.address_key.partition("@")[0]: row.reason or row.state for row in connection.execute(query)}


def sent(store, campaign, at):
    """As if it had gone to everybody by then."""
    with store.write() as connection:
        own = deliveries.c.campaign_id == campaign.id
        connection.execute(
            update(deliveries).where(own).values(state=DeliveryState.ACCEPTED.value, finished_at=at, reason="")
        )
        change = update(campaigns_table).where(campaigns_table.c.id == campaign.id)
        connection.execute(change.values(last_sent_at=at))


def test_who_paused_all_mail_or_this_digest_is_skipped_until_the_pause_is_over(store, now, ids):
    with store.write() as connection:
        people.pause(connection, ids["ada"], now + DAY)
        people.pause(connection, ids["bo"], now + DAY, digest="weekly")
        people.pause(connection, ids["cy"], now + DAY, digest="monthly")
    paused = PersonSkip.PAUSED.value
    assert stands(store, edition(store, now)) == {"ada": paused, "bo": paused, "cy": QUEUED}
    assert set(stands(store, edition(store, now + DAY, period="2")).values()) == {QUEUED}


def test_a_pause_that_is_ended_is_over(store, now, ids):
    with store.write() as connection:
        people.pause(connection, ids["ada"], now + DAY)
        people.pause(connection, ids["ada"], None)
    assert stands(store, edition(store, now))["ada"] == QUEUED


def test_who_paused_after_the_plan_is_taken_out_when_their_chunk_is_taken(store, now, ids):
    campaign = edition(store, now)
    with store.write() as connection:
        people.pause(connection, ids["ada"], now + DAY)
    assert [one.subscriber_id for one in outbox.due(store, campaign, now)] == [ids["bo"], ids["cy"]]
    assert stands(store, campaign)["ada"] == PersonSkip.PAUSED.value


def test_who_chose_the_alternative_gets_it_and_it_alone(store, now, ids):
    with store.write() as connection:
        people.choose(connection, ids["ada"], digest="weekly", chosen="monthly")
        people.choose(connection, ids["bo"], digest="weekly", chosen="gone since")
    weekly = edition(store, now, terms=Terms(alternatives=("monthly",)))
    monthly = edition(store, now, digest="monthly", terms=Terms(instead_of="weekly"))
    assert stands(store, weekly) == {"ada": PersonSkip.ALTERNATIVE.value, "bo": QUEUED, "cy": QUEUED}
    assert stands(store, monthly) == {"ada": QUEUED}


def test_who_changes_their_mind_after_the_plan_is_taken_out(store, now, ids):
    with store.write() as connection:
        people.choose(connection, ids["ada"], digest="weekly", chosen="monthly")
    monthly = edition(store, now, digest="monthly", terms=Terms(instead_of="weekly"))
    with store.write() as connection:
        people.choose(connection, ids["ada"], digest="weekly", chosen=None)
        outbox.skip_person(connection, ids["ada"], now)
    assert stands(store, monthly) == {"ada": PersonSkip.ALTERNATIVE.value}


OFFERS = (
    Offer(section="posts", categories=("soil", "tools")),
    Offer(section="posts", categories=("plots",)),
    Offer(section="events", categories=()),
)


@pytest.mark.parametrize(
    ("muted", "gets"),
    [
        ((["posts", "events"], ""), False),
        ((["Soil", "TOOLS", "plots", "events"], ""), False),
        ((["soil", "tools", "plots", "events"], "weekly"), False),
        ((["posts"], ""), True),
        ((["soil", "plots", "events"], ""), True),
        ((["soil", "tools", "events"], ""), True),
        ((["posts", "events"], "monthly"), True),
        ((["vacancies"], ""), True),
    ],
)
def test_who_muted_all_that_is_in_it_is_skipped_by_name_and_nobody_else(store, now, ids, muted, gets):
    names, scope = muted
    with store.write() as connection:
        people.mute(connection, ids["ada"], names, digest=scope)
    found = stands(store, edition(store, now, terms=Terms(offers=OFFERS)))
    assert found == {"ada": QUEUED if gets else PersonSkip.NOTHING_WANTED.value, "bo": QUEUED, "cy": QUEUED}


def test_what_is_muted_for_all_mail_and_for_this_digest_counts_together(store, now, ids):
    with store.write() as connection:
        people.mute(connection, ids["ada"], ["posts"])
        people.mute(connection, ids["ada"], ["events"], digest="weekly")
    campaign = edition(store, now, terms=Terms(offers=OFFERS))
    assert stands(store, campaign)["ada"] == PersonSkip.NOTHING_WANTED.value


def test_a_delivery_knows_what_its_reader_muted_and_an_announcements_does_not(store, now, ids):
    with store.write() as connection:
        people.mute(connection, ids["ada"], ["Soil"])
        people.mute(connection, ids["ada"], ["events"], digest="weekly")
        people.mute(connection, ids["ada"], ["posts"], digest="monthly")
    muted = [one.recipient.muted for one in outbox.due(store, edition(store, now), now)]
    assert muted == [{"soil", "events"}, frozenset(), frozenset()]
    notice = edition(store, now, digest=campaigns.ANNOUNCEMENT)
    assert [one.recipient.muted for one in outbox.due(store, notice, now)] == [frozenset()] * 3


def test_what_is_muted_twice_or_unmuted_again_is_told(store, now, ids):
    with store.write() as connection:
        assert people.mute(connection, ids["ada"], ["Soil"]) is True
        assert people.mute(connection, ids["ada"], ["soil"]) is False
        assert people.unmute(connection, ids["ada"], ["SOIL"], digest="weekly") is False
        assert people.preferences_of(connection, ids["ada"]) == {"": Preferences(muted=("soil",))}
        assert people.unmute(connection, ids["ada"], ["SOIL"]) is True
        assert people.preferences_of(connection, ids["ada"]) == {}


def test_who_had_as_many_mails_this_week_as_may_be_gets_no_more_until_it_is_over(store, now, ids):
    for number, days in enumerate((6, 2)):
        sent(store, edition(store, now - days * DAY, period=str(number)), now - days * DAY)
    capped = edition(store, now, period="a", terms=Terms(per_week=2))
    assert set(stands(store, capped).values()) == {PersonSkip.OFTEN.value}
    assert set(stands(store, edition(store, now, period="b", terms=Terms(per_week=3))).values()) == {QUEUED}
    assert set(stands(store, edition(store, now, period="c")).values()) == {QUEUED}
    later = edition(store, now + DAY + timedelta(seconds=1), period="d", terms=Terms(per_week=2))
    assert set(stands(store, later).values()) == {QUEUED}


def test_only_mails_that_somebody_perhaps_received_count(store, now, ids):
    first = edition(store, now, period="0")
    sent(store, first, now)
    with store.write() as connection:
        own = (deliveries.c.campaign_id == first.id) & (deliveries.c.subscriber_id == ids["ada"])
        connection.execute(update(deliveries).where(own).values(state=DeliveryState.REJECTED.value))
    found = stands(store, edition(store, now, terms=Terms(per_week=1)))
    assert found == {"ada": QUEUED, "bo": PersonSkip.OFTEN.value, "cy": PersonSkip.OFTEN.value}


def test_a_campaign_does_not_count_against_itself(store, now, ids):
    campaign = edition(store, now, terms=Terms(per_week=1))
    sent(store, campaign, now)
    with store.read() as connection:
        mailing = people.mailing(
            connection, campaign.audience, now, digest="weekly", terms=campaign.terms, campaign_id=campaign.id
        )
        assert people.standing_of(connection, ids["ada"], mailing) is None


def test_terms_are_kept_as_they_were_given(store, now):
    terms = Terms(instead_of="weekly", alternatives=("monthly",), per_week=3, offers=OFFERS)
    made = edition(store, now, terms=terms)
    with store.read() as connection:
        assert campaigns.by_id(connection, made.id).terms == terms


EVERYTHING = Terms(alternatives=("monthly",), per_week=1, offers=OFFERS)


@pytest.mark.parametrize("store_url", ["sqlite:///var/digest.sqlite"])
@pytest.mark.parametrize("terms", [EVERYTHING, replace(EVERYTHING, instead_of="weekly")], ids=["all", "chosen"])
def test_of_a_million_whom_a_law_is_about_is_gathered_once_and_no_table_is_read_for_each(store, now, ids, terms):
    sent(store, edition(store, now, period="0"), now)
    with explained(store, "INSERT INTO deliveries") as steps:
        edition(store, now, terms=terms)
    within = {step.id: step.parent for step in steps}
    told = {step.id: step.detail for step in steps}

    def is_for_each(step):
        while step:
            if told[step].startswith("CORRELATED"):
                return True
            step = within[step]
        return False

    read = [step for step in steps if step.detail.startswith("SCAN") and "CONSTANT" not in step.detail]
    assert not [step for step in read if is_for_each(step.id)]
    assert not [step for step in read if "subscriptions" in step.detail or "deliveries" in step.detail]
    gathered = " ".join(step.detail for step in steps if not is_for_each(step.id))
    assert all(table in gathered for table in ("mutes", "preferences", "deliveries_1"))


@pytest.mark.parametrize("store_url", ["sqlite:///var/digest.sqlite"])
@pytest.mark.parametrize("terms", [EVERYTHING, replace(EVERYTHING, instead_of="weekly")], ids=["all", "chosen"])
def test_one_among_a_million_is_looked_up_and_no_table_is_read_for_them(store, now, ids, terms):
    sent(store, edition(store, now, period="0"), now)
    made = edition(store, now, terms=EVERYTHING)
    with store.read() as connection, explained(store, "SELECT") as steps:
        mailing = people.mailing(connection, made.audience, now, digest="weekly", terms=terms, campaign_id=made.id)
        people.standing_of(connection, ids["ada"], mailing)
    read = {step.detail for step in steps if step.detail.startswith("SCAN")}
    assert not [one for one in read if "CONSTANT" not in one and "campaigns" not in one]
    looked_up = " ".join(step.detail for step in steps)
    assert all(table in looked_up for table in ("mutes", "preferences", "sqlite_autoindex_deliveries"))
