"""Forgetting in the store: no table names them afterwards, on real databases."""

import pytest
from sqlalchemy import select, update

from digest.model import BY_LINK, ITSELF, CampaignStatus, DeliveryState, PersonSkip, Recipient
from digest.store import campaigns, outbox, people
from digest.store.organisers import activity
from digest.store.people import Consent, journal
from digest.store.tables import deliveries, metadata, subscribers

ADA, BO = Recipient(address="ada@example.org", name="Ada"), Recipient(address="Bo@Example.org", name="Bó")


@pytest.fixture
def campaign(store, now):
    """Everything that is held of two people."""
    with store.write() as connection:
        plan = people.plan_list(connection, name="members", title="Members", listed=[ADA, BO], max_removals=1)
        people.apply_list(connection, plan, now)
        made = campaigns.create(
            connection,
            name="weekly-1",
            digest="weekly",
            period="1",
            status=CampaignStatus.SENDING,
            by=ITSELF,
            list_names=["members"],
            now=now,
        )
        outbox.plan_deliveries(connection, made, now)
        for person in (ADA, BO):
            number, _ = people.find(connection, person.address)
            people.mute(connection, number, ["soil"])
            people.pause(connection, number, now)
            people.suppress(connection, person.address, reason="told", detail=f"<{person.address}> unknown", now=now)
            journal.record(connection, person.address, Consent(at=now, verb="subscribe", how=f"by {person.name}"))
            activity.record(connection, at=now, by=BY_LINK, verb="told", subject=person.address, detail=person.name)
        connection.execute(update(deliveries).values(reply="to ada@example.org or Bo@Example.org"))
    return made


def text_of(store):
    """Every value of every table."""
    with store.read() as connection:
        return " ".join(
            str(value)
            for table in metadata.sorted_tables
            for row in connection.execute(table.select())
            for value in row
        ).lower()


def only_adas(store):
    with store.write() as connection:
        own = deliveries.c.address_key == "ada@example.org"
        connection.execute(update(deliveries).where(own).values(reply=""))


def test_no_table_names_who_is_forgotten_and_others_are_as_they_were(store, campaign, now):
    only_adas(store)
    with store.write() as connection:
        assert people.forget(connection, "bo@example.org", now) is True
        assert people.find(connection, BO.address) is None
        assert people.suppression(connection, BO.address) is None
        assert people.suppression(connection, ADA.address) == "told"
        assert len(people.journal_of(connection, ADA.address)) == 1
        assert people.preferences_of(connection, people.find(connection, ADA.address)[0])[""].muted == ("soil",)
        assert [one.subject for one in activity.latest(connection, limit=9)] == [people.NAMELESS, ADA.address]
    held = text_of(store)
    assert "bo@example.org" not in held
    assert "bó" not in held
    assert "ada@example.org" in held


def test_deliveries_stay_counted_and_what_waited_is_skipped(store, campaign, now):
    with store.write() as connection:
        people.forget(connection, BO.address, now)
        report = outbox.report_of(connection, campaign)
        assert report.skipped == {PersonSkip.FORGOTTEN.value: 1}
        assert report.states[DeliveryState.QUEUED] == 1
        assert connection.execute(select(subscribers.c.id).order_by(subscribers.c.id)).all() == [(1,), (2,)]


def test_two_who_are_forgotten_stand_beside_each_other(store, campaign, now):
    with store.write() as connection:
        assert people.forget(connection, BO.address, now) is True
        assert people.forget(connection, ADA.address, now) is True
        known = people.known_again(connection)
        assert [known(one) for one in ("BO@example.org", ADA.address, "cy@example.org")] == [True, True, False]


def test_a_list_that_was_planned_before_brings_nobody_back(store, now):
    with store.write() as connection:
        plan = people.plan_list(connection, name="members", title="Members", listed=[ADA, BO], max_removals=1)
        people.forget(connection, BO.address, now)
        people.apply_list(connection, plan, now)
        assert people.find(connection, BO.address) is None
        assert people.find(connection, ADA.address) is not None


def test_what_is_in_flight_is_known(store, campaign, now):
    with store.write() as connection:
        assert people.is_in_flight(connection, BO.address) is False
        own = deliveries.c.address_key == "bo@example.org"
        connection.execute(update(deliveries).where(own).values(state=DeliveryState.IN_FLIGHT.value))
        assert people.is_in_flight(connection, "BO@EXAMPLE.ORG") is True
        assert people.is_in_flight(connection, ADA.address) is False
        assert people.is_in_flight(connection, "nobody@example.org") is False
