"""Who is planned, who is skipped and why, and what is still to be sent, on real databases."""

from collections import Counter
from datetime import timedelta
from itertools import product

import pytest
from campaign_moves import move
from sqlalchemy import event, insert, select, update

from digest.model import ITSELF, CampaignStatus, DeliveryState, PersonSkip, Recipient
from digest.store import campaigns, outbox, people
from digest.store.outbox import outcomes
from digest.store.tables import chunks, deliveries, suppressions


def person(name):
    return Recipient(address=f"{name}@example.org", name=name.title())


ADA, BO, CY, DI = map(person, ("ada", "bo", "cy", "di"))


def listing(store, now, **lists):
    """The lists as a configuration would have them."""
    with store.write() as connection:
        for name, members in lists.items():
            plan = people.plan_list(connection, name=name, title=name.title(), listed=members, max_removals=1)
            people.apply_list(connection, plan, now)


def leave(store, recipient, now, *lists):
    with store.write() as connection:
        known = people.known_lists(connection)
        subscriber_id, _ = people.find(connection, recipient.address)
        people.unsubscribe(connection, [subscriber_id], [known[name] for name in lists], now)
        return subscriber_id


def suppress(store, recipient, now):
    row = {"address_key": recipient.address.casefold(), "reason": "no such mailbox", "detail": "", "since": now}
    with store.write() as connection:
        connection.execute(insert(suppressions).values(row))


def planned(store, now, *lists, period="1"):
    """A campaign on its way to these lists."""
    with store.write() as connection:
        values = {"name": f"notice-{period}", "digest": "announcement", "period": period, "list_names": lists}
        campaign = campaigns.create(connection, by=ITSELF, status=CampaignStatus.SENDING, now=now, **values)
        outbox.plan_deliveries(connection, campaign, now)
    return campaign


def rows(store, campaign):
    """State and reason by the name before the @."""
    query = select(deliveries.c.address_key, deliveries.c.state, deliveries.c.reason)
    with store.read() as connection:
        found = connection.execute(query.where(deliveries.c.campaign_id == campaign.id))
        return {row.address_key.partition("@")[0]: (row.state, row.reason) for row in found}


def put(store, campaign, recipient, state, **values):
    """A delivery as it would stand later."""
    change = update(deliveries).where(
        deliveries.c.campaign_id == campaign.id, deliveries.c.address_key == recipient.address
    )
    with store.write() as connection:
        connection.execute(change.values(state=state.value, **values))


def due(store, campaign, now):
    return [delivery.recipient for delivery in outbox.due(store, campaign, now)]


def report(store, campaign):
    with store.read() as connection:
        return outbox.report_of(connection, campaign)


QUEUED = ("queued", "")


def test_a_person_on_several_lists_has_one_delivery_that_knows_the_lists(store, now):
    listing(store, now, members=[ADA, BO], board=[ADA, CY], others=[DI])
    campaign = planned(store, now, "members", "board")
    assert rows(store, campaign) == {"ada": QUEUED, "bo": QUEUED, "cy": QUEUED}
    with store.read() as connection:
        known = people.known_lists(connection)
    on = {delivery.recipient: set(delivery.list_ids) for delivery in outbox.due(store, campaign, now)}
    assert on == {ADA: {known["members"], known["board"]}, BO: {known["members"]}, CY: {known["board"]}}


def test_who_left_or_is_suppressed_is_skipped_by_name_and_who_was_dropped_has_no_row(store, now):
    listing(store, now, members=[ADA, BO, CY, DI])
    leave(store, BO, now, "members")
    suppress(store, CY, now)
    listing(store, now, members=[ADA, BO, CY])
    campaign = planned(store, now, "members")
    assert rows(store, campaign) == {
        "ada": QUEUED,
        "bo": ("skipped", "unsubscribed"),
        "cy": ("skipped", "suppressed"),
    }


def test_who_left_one_list_is_reached_by_the_other_and_only_it_is_in_their_link(store, now):
    listing(store, now, members=[ADA], board=[ADA])
    leave(store, ADA, now, "members")
    campaign = planned(store, now, "members", "board")
    with store.read() as connection:
        board = people.known_lists(connection)["board"]
    (delivery,) = outbox.due(store, campaign, now)
    assert delivery.list_ids == (board,)


def test_planning_again_adds_only_who_is_new_and_leaves_what_was_done(store, now):
    listing(store, now, members=[ADA, BO])
    campaign = planned(store, now, "members")
    put(store, campaign, ADA, DeliveryState.ACCEPTED)
    listing(store, now, members=[ADA, BO, CY])
    with store.write() as connection:
        assert outbox.plan_deliveries(connection, campaign, now) == 1
        assert outbox.plan_deliveries(connection, campaign, now) == 0
    assert rows(store, campaign) == {"ada": ("accepted", ""), "bo": QUEUED, "cy": QUEUED}


def test_planning_is_the_same_few_statements_whatever_the_number_of_people(store, now):
    listing(store, now, members=[person(f"m{number}") for number in range(1200)])
    seen = []
    event.listen(store.engine, "before_cursor_execute", lambda _c, _k, statement, *_: seen.append(statement))
    campaign = planned(store, now, "members")
    assert sum("INSERT INTO deliveries" in statement for statement in seen) == 1
    assert sum("INSERT INTO chunks" in statement for statement in seen) == 1
    assert len([statement for statement in seen if "deliveries" in statement or "chunks" in statement]) < 6
    assert len(rows(store, campaign)) == 1200


def test_what_is_due_comes_in_order_chunk_by_chunk_and_each_once(store, now):
    listing(store, now, members=[person(f"m{number}") for number in range(1200)])
    campaign = planned(store, now, "members")
    taken = []
    event.listen(
        store.engine,
        "after_cursor_execute",
        lambda _c, _k, statement, *_: taken.append(statement) if "UPDATE chunks" in statement else None,
    )
    stream = outbox.due(store, campaign, now)
    first = next(stream)
    assert len(taken) == 1  # the rest is still in the database
    ids = [first.id, *(delivery.id for delivery in stream)]
    assert ids == sorted(set(ids))
    assert len(ids) == 1200
    assert len(taken) == 3
    with store.read() as connection:
        assert outbox.count_due(connection, campaign, now) == 1200


def test_the_stream_holds_no_transaction_open_and_passes_over_what_was_settled_ahead_of_it(store, now):
    listing(store, now, members=[person(f"m{number}") for number in range(600)])
    campaign = planned(store, now, "members")
    stream = outbox.due(store, campaign, now)
    next(stream)
    with store.write() as connection:
        assert outbox.skip_all(connection, campaign, PersonSkip.CANCELLED) == 600
    assert len(list(stream)) == 499  # the chunk that was taken; a claim is refused for each of them


def test_a_deferred_delivery_is_due_when_its_time_has_come(store, now):
    listing(store, now, members=[ADA, BO, CY])
    campaign = planned(store, now, "members")
    again = now + timedelta(minutes=5)
    put(store, campaign, ADA, DeliveryState.DEFERRED, next_attempt_at=again, attempts=2, first_tried_at=now)
    put(store, campaign, BO, DeliveryState.DEFERRED, next_attempt_at=again + timedelta(hours=1))
    put(store, campaign, CY, DeliveryState.ACCEPTED)
    assert due(store, campaign, again - timedelta(seconds=1)) == []
    (delivery,) = outbox.due(store, campaign, again)
    assert (delivery.recipient, delivery.attempts, delivery.first_tried_at) == (ADA, 2, now)
    with store.read() as connection:
        assert outbox.next_attempt_at(connection, campaign) == again
        assert outbox.count_due(connection, campaign, again) == 1


def test_what_is_due_comes_in_order_whether_it_was_tried_before_or_not(store, now):
    listing(store, now, members=[ADA, BO, CY])
    campaign = planned(store, now, "members")
    put(store, campaign, BO, DeliveryState.DEFERRED, next_attempt_at=now)
    assert due(store, campaign, now) == [ADA, BO, CY]


@pytest.mark.parametrize("state", [s for s in DeliveryState if s not in (DeliveryState.QUEUED, DeliveryState.DEFERRED)])
def test_what_is_settled_or_in_doubt_is_never_due(store, now, state):
    listing(store, now, members=[ADA])
    campaign = planned(store, now, "members")
    put(store, campaign, ADA, state)
    assert due(store, campaign, now + timedelta(days=365)) == []


def test_who_leaves_is_taken_back_from_what_is_planned_and_not_from_what_was_done(store, now):
    listing(store, now, members=[ADA, BO])
    first, second, third = (planned(store, now, "members", period=period) for period in "123")
    put(store, first, ADA, DeliveryState.ACCEPTED)
    put(store, second, ADA, DeliveryState.DEFERRED, next_attempt_at=now)
    ada = leave(store, ADA, now, "members")
    with store.write() as connection:
        assert outbox.skip_person(connection, ada, now) == 2
    assert [rows(store, campaign)["ada"] for campaign in (first, second, third)] == [
        ("accepted", ""),
        ("skipped", "unsubscribed"),
        ("skipped", "unsubscribed"),
    ]
    assert rows(store, second)["bo"] == QUEUED


def test_who_leaves_one_list_still_gets_what_goes_to_another_of_theirs(store, now):
    listing(store, now, members=[ADA], board=[ADA])
    both = planned(store, now, "members", "board", period="1")
    members = planned(store, now, "members", period="2")
    ada = leave(store, ADA, now, "members")
    with store.write() as connection:
        outbox.skip_person(connection, ada, now)
    assert rows(store, both) == {"ada": QUEUED}
    assert rows(store, members) == {"ada": ("skipped", "unsubscribed")}


def test_who_is_dropped_by_a_file_after_the_plan_is_not_mailed(store, now):
    listing(store, now, members=[ADA, BO], board=[BO])
    campaign = planned(store, now, "members")
    wide = planned(store, now, "members", "board", period="2")
    listing(store, now, members=[ADA])
    with store.write() as connection:
        assert outbox.skip_unmailable(connection, campaign, now) == 1
        assert outbox.skip_unmailable(connection, wide, now) == 0
    assert rows(store, campaign) == {"ada": QUEUED, "bo": ("skipped", "no longer listed")}


def test_an_address_suppressed_after_the_plan_is_not_mailed(store, now):
    listing(store, now, members=[ADA, BO, CY])
    campaign = planned(store, now, "members")
    put(store, campaign, CY, DeliveryState.ACCEPTED)
    for recipient in (BO, CY):
        suppress(store, recipient, now)
    with store.write() as connection:
        assert outbox.skip_unmailable(connection, campaign, now) == 1
    assert rows(store, campaign) == {"ada": QUEUED, "bo": ("skipped", "suppressed"), "cy": ("accepted", "")}


def test_what_a_crash_left_in_flight_is_in_doubt_and_nothing_else_is(store, now):
    listing(store, now, members=[ADA, BO, CY])
    campaign, other = planned(store, now, "members", period="1"), planned(store, now, "members", period="2")
    put(store, campaign, ADA, DeliveryState.IN_FLIGHT)
    put(store, campaign, BO, DeliveryState.ACCEPTED)
    put(store, other, ADA, DeliveryState.IN_FLIGHT)
    with store.write() as connection:
        assert outbox.orphans_to_unknown(connection, campaign) == 1
        assert outbox.orphans_to_unknown(connection, campaign) == 0
    assert rows(store, campaign) == {"ada": ("unknown", ""), "bo": ("accepted", ""), "cy": QUEUED}
    assert rows(store, other)["ada"] == ("in_flight", "")
    with store.read() as connection:
        assert [(one.state, one.reply, one.people) for one in outcomes.replies(connection, campaign)] == [
            ("unknown", "interrupted while it was being sent", 1)
        ]


def test_a_reports_counts_add_up_to_everybody(store, now):
    people_ = [person(f"m{number}") for number in range(12)]
    listing(store, now, members=people_)
    leave(store, people_[0], now, "members")
    leave(store, people_[1], now, "members")
    suppress(store, people_[2], now)
    campaign = planned(store, now, "members")
    for recipient, state in zip(people_[3:], DeliveryState, strict=False):
        reason = PersonSkip.DELISTED.value if state is DeliveryState.SKIPPED else ""
        put(store, campaign, recipient, state, reason=reason)
    told = report(store, campaign)
    assert sum(told.states.values()) == 12
    assert told.states == Counter(dict.fromkeys(DeliveryState, 1)) + Counter(
        {DeliveryState.QUEUED: 2, DeliveryState.SKIPPED: 3}
    )
    assert told.skipped == {"unsubscribed": 2, "suppressed": 1, "no longer listed": 1}
    assert told.recipients == 12 - 4


def test_replies_are_counted_most_first_and_history_tells_one_persons_story(store, now):
    listing(store, now, members=[ADA, BO, CY])
    campaign = planned(store, now, "members")
    put(store, campaign, ADA, DeliveryState.REJECTED, stage="RCPT", reply="550 no", finished_at=now)
    for recipient in (BO, CY):
        put(store, campaign, recipient, DeliveryState.DEFERRED, stage="MAIL", reply="451 later", next_attempt_at=now)
    with store.read() as connection:
        told = [(one.state, one.stage, one.reply, one.people) for one in outcomes.replies(connection, campaign)]
        assert told == [("deferred", "MAIL", "451 later", 2), ("rejected", "RCPT", "550 no", 1)]
        ada, _ = people.find(connection, ADA.address)
        assert outbox.history(connection, ada) == [("notice-1", "rejected", "550 no", now)]


def test_what_a_jump_of_the_clock_put_off_beyond_any_schedule_is_due_again(store, now):
    listing(store, now, members=[ADA, BO, CY])
    campaign = planned(store, now, "members")
    hours = {ADA: 1, BO: 5, CY: 24 * 365}
    for recipient, later in hours.items():
        put(store, campaign, recipient, DeliveryState.DEFERRED, next_attempt_at=now + timedelta(hours=later))
    with store.write() as connection:
        assert outbox.bring_forward(connection, campaign, now=now, latest=now + timedelta(hours=5)) == 1
    assert due(store, campaign, now) == [CY]


@pytest.mark.parametrize("state", DeliveryState)
def test_what_is_told_of_a_campaign_follows_from_its_deliveries_states(store, now, state):
    listing(store, now, members=[ADA])
    campaign = planned(store, now, "members")
    put(store, campaign, ADA, state, next_attempt_at=now)
    with store.write() as connection:
        told = {
            "pending": outbox.has_pending(connection, campaign),
            "unbegun": outbox.has_unbegun(connection, campaign),
            "tried": outbox.was_tried(connection, campaign),
            "doubts": bool(outbox.in_doubt(connection, campaign)),
            "again": outbox.next_attempt_at(connection, campaign) == now,
            "put off": bool(outbox.bring_forward(connection, campaign, now=now, latest=now - timedelta(seconds=1))),
            "orphaned": bool(outbox.orphans_to_unknown(connection, campaign)),
        }
    holds = {
        DeliveryState.QUEUED: {"pending", "unbegun", "again"},
        DeliveryState.DEFERRED: {"pending", "tried", "again", "put off"},
        DeliveryState.IN_FLIGHT: {"unbegun", "tried", "orphaned"},
        DeliveryState.UNKNOWN: {"tried", "doubts"},
        DeliveryState.SKIPPED: set(),
    }
    assert {what for what, is_so in told.items() if is_so} == holds.get(state, {"tried"})


def test_only_what_was_skipped_or_held_before_anything_was_sent_is_forgotten_with_all_that_belongs_to_it(store, now):
    listing(store, now, members=[ADA])
    left, forgotten = {}, set()
    with store.write() as connection:
        for status, state in product(CampaignStatus, DeliveryState):
            values = {"name": f"{status}-{state}", "digest": "weekly", "list_names": ["members"]}
            values |= {"period": f"{status}-{state}", "status": CampaignStatus.SENDING}
            made = campaigns.create(connection, by=ITSELF, now=now, **values)
            outbox.plan_deliveries(connection, made, now)
            own = update(deliveries).where(deliveries.c.campaign_id == made.id)
            connection.execute(own.values(state=state.value))
            move(connection, made.id, status)
            left[made.id] = status, state
        for campaign_id, stands in left.items():
            made = campaigns.by_id(connection, campaign_id)
            outbox.forget_unsent(connection, made)
            outbox.forget_unsent(connection, made)  # is gone by now, or stays
            if campaigns.by_id(connection, campaign_id) is None:
                forgotten.add(stands)
        rows_left = connection.execute(select(deliveries.c.campaign_id)).scalars().all()
        chunks_left = connection.execute(select(chunks.c.campaign_id)).scalars().all()
    kept_back, untried = (CampaignStatus.SKIPPED, CampaignStatus.HELD), (DeliveryState.QUEUED, DeliveryState.SKIPPED)
    assert forgotten == set(product(kept_back, untried))
    assert sorted(rows_left) == sorted(chunks_left) == [one for one, stands in left.items() if stands not in forgotten]


def test_whether_a_campaign_was_tried_is_found_by_an_index_and_not_in_all_its_deliveries(store, now):
    listing(store, now, members=[ADA])
    campaign = planned(store, now, "members")
    steps = []

    def explain(connection, _cursor, statement, parameters, *_):
        if not statement.startswith("EXPLAIN"):
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps.extend(row[3] for row in rows)

    if store.engine.dialect.name != "sqlite":
        pytest.skip("the plan of a database that counts its rows is its own")
    event.listen(store.engine, "before_cursor_execute", explain)
    try:
        with store.read() as connection:
            assert not outbox.was_tried(connection, campaign)
    finally:
        event.remove(store.engine, "before_cursor_execute", explain)
    assert [step for step in steps if "campaign_id=? AND state>? AND state<?" in step]
