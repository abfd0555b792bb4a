"""What is told of what came of a campaign, and of one person, on real databases."""

from datetime import timedelta

import pytest
from rooms.test_store_outbox import ADA, BO, CY, leave, listing, person, planned, put
from sqlalchemy import String, cast, update

from digest.model import DeliveryState, Recipient
from digest.store import outbox, people
from digest.store.outbox import outcomes
from digest.store.tables import deliveries

REJECTED, DEFERRED, UNKNOWN = DeliveryState.REJECTED, DeliveryState.DEFERRED, DeliveryState.UNKNOWN


def replies(store, campaign):
    with store.read() as connection:
        return outcomes.replies(connection, campaign)


def test_one_answer_to_many_is_told_once_without_their_addresses(store, now):
    listing(store, now, members=[ADA, BO, CY])
    campaign = planned(store, now, "members")
    for one in (ADA, BO):
        put(store, campaign, one, REJECTED, stage="RCPT", code=550, reply=f"<{one.address}> is unknown")
    put(store, campaign, CY, UNKNOWN)
    assert replies(store, campaign) == [
        outcomes.Reply(state=REJECTED, stage="RCPT", code=550, reply="<...> is unknown", people=2),
        outcomes.Reply(state=UNKNOWN, stage="", code=None, reply="", people=1),
    ]


@pytest.mark.parametrize("state", DeliveryState)
def test_only_what_was_not_accepted_is_an_answer_to_be_told(store, now, state):
    listing(store, now, members=[ADA])
    campaign = planned(store, now, "members")
    put(store, campaign, ADA, state, reply="said")
    assert [one.state for one in replies(store, campaign)] == [s for s in (DEFERRED, REJECTED, UNKNOWN) if s is state]


def test_fifty_answers_and_twenty_domains_are_told_the_most_frequent_first_and_then_by_the_alphabet(store, now):
    everybody = [Recipient(address=f"m@{number:02}.example.org") for number in range(60)]
    most = [Recipient(address="n@40.example.org"), Recipient(address="o@40.example.org")]
    listing(store, now, members=[*reversed(everybody), *most])
    campaign = planned(store, now, "members")
    own = update(deliveries).where(deliveries.c.campaign_id == campaign.id)
    with store.write() as connection:
        said = cast(deliveries.c.subscriber_id % 60 + 10, String)
        connection.execute(own.values(state=DEFERRED.value, stage="MAIL", reply=said))
        told = [one.domain for one in outcomes.domains(connection, campaign)]
    assert told == ["40.example.org", *(f"{number:02}.example.org" for number in range(19))]
    answers = [(one.people, one.reply) for one in replies(store, campaign)]
    assert answers[:2] == [(2, "11"), (2, "12")]
    assert answers[2:] == [(1, str(number)) for number in (10, *range(13, 60))]


@pytest.mark.parametrize("state", DeliveryState)
def test_of_a_domain_everybody_but_the_skipped_is_counted_under_what_came_of_them(store, now, state):
    listing(store, now, members=[ADA, BO])
    campaign = planned(store, now, "members")
    put(store, campaign, BO, state)
    with store.read() as connection:
        (told,) = outcomes.domains(connection, campaign)
    assert told.recipients == (1 if state is DeliveryState.SKIPPED else 2)
    counted = {name: getattr(told, name) for name in ("accepted", "deferred", "rejected", "unknown")}
    assert counted == {name: int(name == state) for name in counted}


def test_a_row_says_all_that_is_known_of_a_delivery(store, now):
    listing(store, now, members=[ADA, BO])
    campaign = planned(store, now, "members")
    facts = {
        "reason": "gave up",
        "attempts": 3,
        "finished_at": now,
        "stage": "RCPT",
        "code": 452,
        "reply": "full",
        "relay": "north",
    }
    put(store, campaign, ADA, REJECTED, **facts)
    nothing = {"reason": "", "attempts": 0, "finished_at": None, "stage": "", "code": None, "reply": "", "relay": ""}
    assert list(outcomes.rows(store, campaign)) == [
        outcomes.Row(address=ADA.address, name=ADA.name, state="rejected", **facts),
        outcomes.Row(address=BO.address, name=BO.name, state="queued", **nothing),
    ]


def test_a_persons_story_is_theirs_alone_the_newest_first_with_the_reason_before_the_reply(store, now):
    listing(store, now, members=[ADA, BO])
    first, second, third = (planned(store, now, "members", period=period) for period in "123")
    put(store, first, ADA, REJECTED, reason="gave up", reply="full", finished_at=now)
    put(store, second, ADA, REJECTED, reply="unknown", finished_at=now + timedelta(days=1))
    put(store, third, BO, REJECTED, reply="unknown")
    with store.read() as connection:
        ada, _ = people.find(connection, ADA.address)
        assert outbox.history(connection, ada) == [
            ("notice-3", "queued", "", None),
            ("notice-2", "rejected", "unknown", now + timedelta(days=1)),
            ("notice-1", "rejected", "gave up", now),
        ]


def test_a_report_counts_by_reason_and_an_open_doubt_apart_from_one_that_was_left(store, now):
    everybody = [ADA, BO, CY, *map(person, ("di", "ed", "fi", "gus"))]
    listing(store, now, members=everybody)
    leave(store, ADA, now, "members")
    campaign = planned(store, now, "members")
    for one in everybody[1:3]:
        put(store, campaign, one, UNKNOWN)
    put(store, campaign, everybody[3], UNKNOWN, reason=outbox.LEFT)
    for one in everybody[4:6]:
        put(store, campaign, one, DeliveryState.SKIPPED, reason="suppressed")
    with store.read() as connection:
        told = outbox.report_of(connection, campaign)
    assert (told.states[UNKNOWN], told.in_doubt) == (3, 2)
    assert told.skipped == {"unsubscribed": 1, "suppressed": 2}
    assert (told.campaign, told.status, told.reason, told.seconds) == (campaign.name, campaign.status, "", 0)
