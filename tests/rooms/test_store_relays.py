"""Relays in a real store: what each was given on a day, which let be, and whose deliveries are marked."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from digest.model import ITSELF, CampaignStatus, Recipient, Throttle
from digest.store import campaigns, outbox, people
from digest.store.outbox import rates, relays
from digest.store.tables import chunks, deliveries

TODAY = date(2026, 11, 23)
PEOPLE = 4


@pytest.fixture
def campaign(store, now):
    listed = [Recipient(address=f"m{number}@example.org") for number in range(PEOPLE)]
    values = {"name": "notice-1", "digest": "announcement", "period": "1", "list_names": ["members"]}
    with store.write() as connection:
        plan = people.plan_list(connection, name="members", title="Members", listed=listed, max_removals=1)
        people.apply_list(connection, plan, now)
        made = campaigns.create(connection, by=ITSELF, status=CampaignStatus.SENDING, now=now, **values)
        outbox.plan_deliveries(connection, made, now)
    return made


def standing(store, name="north", day=TODAY):
    with store.read() as connection:
        return relays.standings(connection, [name], day)[name]


def test_a_relay_of_which_nothing_is_known_is_well_and_was_given_nothing(store):
    assert standing(store) == relays.Standing()


def test_what_is_given_counts_for_its_day_and_what_comes_back_does_not(store):
    for day, mails in ((TODAY - timedelta(2), 7), (TODAY - timedelta(1), 3), (TODAY, 5), (TODAY, 4)):
        with store.write() as connection:
            relays.lock_day(connection, ["north", "south"], day)
            relays.count_given(connection, {"north": mails}, day)
    with store.write() as connection:
        relays.count_given(connection, {"north": -2}, TODAY)
        relays.count_given(connection, {"north": -3}, TODAY - timedelta(1))  # nothing of it: no day of sending
    assert (standing(store).today, standing(store).days) == (7, 1)
    assert standing(store, "south") == relays.Standing()


def test_one_that_fails_is_let_be_for_twice_as_long_each_time_until_it_takes_a_mail(store):
    rests = []
    for _ in range(8):
        with store.write() as connection:
            relays.fail(connection, "north", "it does not answer")
        rests.append(standing(store).failing)
    expected = [60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert all(most - 30 < rest <= most for rest, most in zip(rests, expected, strict=True))
    assert (standing(store).failures, standing(store).failure) == (8, "it does not answer")
    with store.write() as connection:
        relays.recover(connection, "north")
    assert standing(store) == relays.Standing()


def test_a_pause_is_never_shortened(store):
    with store.write() as connection:
        rates.pause(connection, "north", 200.0)
        rates.pause(connection, "north", 5.0)
    assert 100 < standing(store).paused <= 200


def turn(store, number, change):
    with store.write() as connection:
        return rates.turn(connection, "north", number, change)


def known(store):
    with store.read() as connection:
        return rates.throttles(connection, ["north", "south"])


def asks(throttle, now):
    return throttle.asks(now, first=20.0, longest=60.0, random=0.0)


def test_who_finds_out_first_what_a_relay_asks_for_is_believed_and_the_others_learn_of_it(store):
    assert known(store) == ({}, 0.0)
    assert turn(store, 0, asks) is None
    told, now = turn(store, 0, asks)
    assert (told.turn, told.asked) == (1, 1)
    assert 10 < told.until - now <= 20
    assert standing(store).paused == pytest.approx(told.until - now, abs=5)
    assert turn(store, 1, asks) is None
    throttles, now = known(store)
    assert throttles.keys() == {"north"}
    assert (throttles["north"].asked, throttles["north"].since) == (2, told.since)
    assert 30 < throttles["north"].until - now <= 40


def test_a_relay_that_takes_mail_again_is_paused_no_more(store):
    turn(store, 0, asks)
    assert turn(store, 1, Throttle.takes) is None
    throttle = known(store)[0]["north"]
    assert (throttle.turn, throttle.is_asking, throttle.part) == (2, False, 1.0)
    assert 0 <= throttle.lasted < 10
    assert standing(store) == relays.Standing()


def test_deliveries_are_marked_by_who_holds_their_chunk_alone(store, campaign, now):
    (taken,) = outbox.due_by_chunk(store, campaign, now)
    with store.write() as connection:
        assert relays.give(connection, campaign, {"north": taken[:1], "south": taken[1:3]})
    with store.write() as connection:
        connection.execute(chunks.update().values(fence=chunks.c.fence + 1))
        assert not relays.give(connection, campaign, {"east": taken})
        relays.put_off(connection, campaign, taken, now + timedelta(hours=9))
    with store.read() as connection:
        rows = connection.execute(select(deliveries.c.relay, deliveries.c.next_attempt_at).order_by(deliveries.c.id))
        assert [tuple(row) for row in rows] == [("north", None), ("south", None), ("south", None), (None, None)]


def test_who_is_put_off_waits_untried_and_is_due_again_by_then(store, campaign, now):
    (taken,) = outbox.due_by_chunk(store, campaign, now)
    tomorrow = now + timedelta(hours=16)
    with store.write() as connection:
        relays.put_off(connection, campaign, taken[1:], tomorrow)
        assert outbox.count_due(connection, campaign, now) == 1
        assert outbox.count_due(connection, campaign, tomorrow) == PEOPLE
        assert outbox.next_attempt_at(connection, campaign) == tomorrow
        assert outbox.bring_forward(connection, campaign, now=now, latest=now) == 0
        assert outbox.bring_forward(connection, campaign, now=now - timedelta(days=9), latest=now) == PEOPLE - 1
    assert [len(chunk) for chunk in outbox.due_by_chunk(store, campaign, now)] == [PEOPLE]
