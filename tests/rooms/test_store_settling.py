"""Doubts, another attempt, versions and corrections, on real databases."""

from datetime import timedelta

from rooms.test_store_outbox import ADA, BO, CY, DI, QUEUED, due, leave, listing, person, planned, put, rows, suppress
from sqlalchemy import event, select

from digest.model import ITSELF, Audience, CampaignStatus, DeliveryState, Recipient
from digest.store import campaigns, outbox, people
from digest.store.outbox import outcomes, versions
from digest.store.tables import deliveries

UNKNOWN, ACCEPTED, REJECTED = DeliveryState.UNKNOWN, DeliveryState.ACCEPTED, DeliveryState.REJECTED


def doubts(store, campaign):
    with store.read() as connection:
        return {doubt.address.partition("@")[0]: doubt.id for doubt in outbox.in_doubt(connection, campaign)}


def corrected(store, now, campaign, period="correction"):
    """A correction of the campaign, planned."""
    with store.write() as connection:
        correction = campaigns.create(
            connection,
            by=ITSELF,
            name=period,
            digest="announcement",
            period=period,
            status=CampaignStatus.SENDING,
            list_names=campaign.list_names,
            now=now,
        )
        outbox.plan_correction(connection, correction, campaign, now)
    return correction


def test_what_a_log_proves_is_accepted_and_no_doubt_any_more(store, now):
    listing(store, now, members=[ADA, BO, CY])
    campaign = planned(store, now, "members")
    for recipient in (ADA, BO):
        put(store, campaign, recipient, UNKNOWN)
    with store.write() as connection:
        outbox.accept(connection, {doubts(store, campaign)["ada"]: "as 4ABC12: sent"}, now)
        outbox.accept(connection, {}, now)
    assert set(doubts(store, campaign)) == {"bo"}
    assert rows(store, campaign) == {"ada": ("accepted", ""), "bo": ("unknown", ""), "cy": QUEUED}
    told = next(outcomes.rows(store, campaign))
    assert (told.state, told.code, told.reply, told.finished_at) == ("accepted", 250, "as 4ABC12: sent", now)


def test_a_proof_changes_nothing_that_is_settled_by_now(store, now):
    listing(store, now, members=[ADA])
    campaign = planned(store, now, "members")
    put(store, campaign, ADA, UNKNOWN)
    (one,) = doubts(store, campaign).values()
    put(store, campaign, ADA, REJECTED)
    with store.write() as connection:
        outbox.accept(connection, {one: "late"}, now)
    assert rows(store, campaign) == {"ada": ("rejected", "")}


def test_what_is_left_is_still_unknown_and_asked_about_no_more(store, now):
    listing(store, now, members=[ADA, BO])
    campaign, other = planned(store, now, "members", period="1"), planned(store, now, "members", period="2")
    put(store, campaign, ADA, UNKNOWN)
    put(store, other, ADA, UNKNOWN)
    with store.write() as connection:
        assert outbox.leave(connection, campaign) == 1
    assert rows(store, campaign) == {"ada": ("unknown", outbox.LEFT), "bo": QUEUED}
    assert (doubts(store, campaign), set(doubts(store, other))) == ({}, {"ada"})
    with store.read() as connection:
        told = outbox.report_of(connection, campaign)
    assert (told.states[UNKNOWN], told.in_doubt) == (1, 0)


def test_doubts_are_queued_again_from_the_start_for_those_who_may_still_be_mailed(store, now):
    listing(store, now, members=[ADA, BO, CY, DI])
    campaign = planned(store, now, "members")
    for recipient in (ADA, BO, CY):
        put(store, campaign, recipient, UNKNOWN, attempts=3, first_tried_at=now, finished_at=now)
    put(store, campaign, DI, ACCEPTED)
    leave(store, BO, now, "members")
    suppress(store, CY, now)
    with store.write() as connection:
        assert outbox.queue_doubts(connection, campaign, now) == 1
    (delivery,) = outbox.due(store, campaign, now)
    assert (delivery.recipient, delivery.attempts, delivery.first_tried_at) == (ADA, 0, None)
    assert rows(store, campaign) == {
        "ada": QUEUED,
        "bo": ("unknown", ""),
        "cy": ("unknown", ""),
        "di": ("accepted", ""),
    }


def test_what_was_rejected_is_queued_again_and_nothing_else(store, now):
    listing(store, now, members=[ADA, BO, CY])
    campaign = planned(store, now, "members")
    put(store, campaign, ADA, REJECTED, reason="gave up after repeated deferrals", attempts=9, first_tried_at=now)
    put(store, campaign, BO, UNKNOWN)
    put(store, campaign, CY, DeliveryState.SKIPPED, reason="unsubscribed")
    with store.write() as connection:
        assert outbox.queue_rejected(connection, campaign, now) == 1
    assert rows(store, campaign) == {"ada": QUEUED, "bo": ("unknown", ""), "cy": ("skipped", "unsubscribed")}
    assert due(store, campaign, now) == [ADA]


def test_what_is_deferred_is_due_at_once_and_how_long_it_was_tried_is_kept(store, now):
    listing(store, now, members=[ADA])
    campaign = planned(store, now, "members")
    again = now + timedelta(hours=3)
    put(store, campaign, ADA, DeliveryState.DEFERRED, next_attempt_at=again, attempts=2, first_tried_at=now)
    with store.write() as connection:
        assert outbox.queue_deferred(connection, campaign) == 1
    (delivery,) = outbox.due(store, campaign, now)
    assert (delivery.attempts, delivery.first_tried_at) == (2, now)


def test_a_correction_goes_to_whom_it_perhaps_reached_and_says_why_the_others_are_skipped(store, now):
    everybody = [ADA, BO, CY, DI, *map(person, ("ed", "fi", "gus"))]
    listing(store, now, members=everybody, board=[ADA])
    campaign = planned(store, now, "members", "board")
    for recipient, state in zip(everybody, [ACCEPTED, UNKNOWN, ACCEPTED, ACCEPTED, ACCEPTED, REJECTED], strict=False):
        put(store, campaign, recipient, state)
    leave(store, CY, now, "members")
    suppress(store, DI, now)
    listing(store, now, members=[one for one in everybody if one != person("ed")])
    with store.read() as connection:
        assert outbox.count_correctable(connection, campaign, now) == 2
    correction = corrected(store, now, campaign)
    assert rows(store, correction) == {
        "ada": QUEUED,
        "bo": QUEUED,
        "cy": ("skipped", "unsubscribed"),
        "di": ("skipped", "suppressed"),
        "ed": ("skipped", "no longer listed"),
    }
    with store.read() as connection:
        known = people.known_lists(connection)
    on = {delivery.recipient: set(delivery.list_ids) for delivery in outbox.due(store, correction, now)}
    assert on == {ADA: {known["members"], known["board"]}, BO: {known["members"]}}


def test_a_correction_goes_out_in_the_order_of_what_it_corrects(store, now):
    listing(store, now, members=[CY, BO, ADA])
    campaign = planned(store, now, "members")
    for recipient, state in ((CY, UNKNOWN), (BO, ACCEPTED), (ADA, UNKNOWN)):
        put(store, campaign, recipient, state)
    assert due(store, corrected(store, now, campaign), now) == [CY, BO, ADA]


def test_who_has_a_mail_already_is_not_counted_among_whom_it_would_go_to(store, now):
    listing(store, now, members=[ADA, BO], board=[ADA, BO, CY, DI])
    campaign, other = planned(store, now, "members", period="1"), planned(store, now, "board", period="2")
    leave(store, DI, now, "board")
    put(store, other, ADA, ACCEPTED)
    with store.read() as connection:
        board = people.mailing(connection, Audience(list_names=("board",)), now)
        assert outbox.count_audience(connection, board) == 3
        assert outbox.count_audience(connection, board, besides=campaign) == 1
        assert outbox.count_audience(connection, board, besides=other) == 0
        assert outbox.count_correctable(connection, other, now) == 1
        assert outbox.count_correctable(connection, other, now, besides=campaign) == 0


def test_planned_again_a_correction_adds_only_whom_the_mail_reached_since(store, now):
    listing(store, now, members=[ADA, BO])
    campaign = planned(store, now, "members")
    put(store, campaign, ADA, ACCEPTED)
    correction = corrected(store, now, campaign)
    put(store, campaign, BO, ACCEPTED)
    with store.write() as connection:
        assert outbox.plan_correction(connection, correction, campaign, now) == 1
        assert outbox.plan_correction(connection, correction, campaign, now) == 0
    assert rows(store, correction) == {"ada": QUEUED, "bo": QUEUED}


def test_of_a_campaign_composed_anew_only_the_earlier_versions_readers_are_corrected(store, now):
    listing(store, now, members=[ADA, BO, CY, DI])
    campaign = planned(store, now, "members")
    put(store, campaign, ADA, ACCEPTED)
    put(store, campaign, BO, UNKNOWN)
    put(store, campaign, CY, REJECTED)
    with store.write() as connection:
        assert not outbox.has_earlier_version(connection, campaign)
        assert outbox.begin_version(connection, campaign) == 1
        assert outbox.has_earlier_version(connection, campaign)
        outbox.queue_doubts(connection, campaign, now)  # Bo gets the new one now, and so does Cy
        outbox.queue_rejected(connection, campaign, now)
    for recipient in (BO, CY, DI):
        put(store, campaign, recipient, ACCEPTED)
    assert rows(store, corrected(store, now, campaign)) == {"ada": QUEUED}


def test_a_campaign_that_has_nobody_yet_is_in_its_first_version(store, now):
    campaign = planned(store, now)
    with store.write() as connection:
        assert versions.latest_version(connection, campaign) == 0
        assert not outbox.has_earlier_version(connection, campaign)


def test_domains_are_counted_largest_first_without_the_skipped(store, now):
    far = Recipient(address="far@example.net")
    listing(store, now, members=[ADA, BO, CY, far])
    leave(store, CY, now, "members")
    campaign = planned(store, now, "members")
    put(store, campaign, ADA, ACCEPTED)
    put(store, campaign, BO, REJECTED)
    put(store, campaign, far, UNKNOWN)
    with store.read() as connection:
        org, net = outcomes.domains(connection, campaign)
        assert [one.domain for one in outcomes.domains(connection, campaign, limit=1)] == ["example.org"]
    assert (org.domain, org.recipients, org.accepted, org.rejected, org.unknown) == ("example.org", 2, 1, 1, 0)
    assert (net.domain, net.recipients, net.accepted, net.unknown) == ("example.net", 1, 0, 1)


def test_every_delivery_is_a_row_by_address_and_pages_neither_lose_nor_repeat_one(store, now):
    listing(store, now, members=[person(f"m{number}") for number in range(2000)])
    campaign = planned(store, now, "members")
    planned(store, now, "members", period="2")
    seen = []
    event.listen(store.engine, "before_cursor_execute", lambda _c, _k, statement, *_: seen.append(statement))
    told = [row.address for row in outcomes.rows(store, campaign)]
    pages = [statement for statement in seen if statement.startswith("SELECT")]
    assert len(pages) == 3  # two that are full, and one that tells that this is all
    with store.read() as connection:
        query = select(deliveries.c.address_key).where(deliveries.c.campaign_id == campaign.id)
        assert told == connection.execute(query.order_by(deliveries.c.address_key)).scalars().all()
    assert len(set(told)) == 2000
