"""What is done to one campaign, list or person is done to no other, on real databases."""

from datetime import timedelta

import pytest
from campaign_moves import move
from rooms.test_store_outbox import listing, person
from sqlalchemy import select, update

from digest.model import (
    ITSELF,
    Accepted,
    CampaignStatus,
    Delivery,
    DeliveryState,
    Lease,
    Newness,
    PersonSkip,
    Post,
    Shown,
    Terms,
)
from digest.store import appearances, campaigns, outbox, people
from digest.store.content import items
from digest.store.outbox import chunks, outcomes, progress, versions
from digest.store.tables import appearances as appearances_table
from digest.store.tables import campaigns as campaigns_table
from digest.store.tables import chunks as chunks_table
from digest.store.tables import deliveries

DAY = timedelta(days=1)
EVERYBODY = [person(state.value) for state in DeliveryState] + [person("another")]
WHICH = {**{state.value: state for state in DeliveryState}, "another": DeliveryState.QUEUED}


def campaign_of(store, now, name, version, states):
    """A campaign that is being sent, with one person in each state, and one appearance."""
    values = {
        "digest": "weekly",
        "period": name,
        "list_names": ["members"],
        "edition": name,
        "rendered": f'{{"subject": "{name}"}}',
    }
    with store.write() as connection:
        made = campaigns.create(connection, by=ITSELF, name=name, status=CampaignStatus.SENDING, now=now, **values)
        outbox.plan_deliveries(connection, made, now)
        own = deliveries.c.campaign_id == made.id
        connection.execute(update(deliveries).where(own).values(version=version))
        for key, state in states.items():
            late = {"next_attempt_at": now + 9 * DAY} if state is DeliveryState.DEFERRED else {}
            said = {"reply": f"{name} {state}"} if state in {DeliveryState.REJECTED, DeliveryState.UNKNOWN} else {}
            why = {"reason": PersonSkip.SUPPRESSED.value} if state is DeliveryState.SKIPPED else {}
            change = update(deliveries).where(own, deliveries.c.address_key == f"{key}@example.org")
            connection.execute(change.values(state=state.value, **late, **said, **why))
        shown = Shown(source="posts", key="1", newness=Newness.NEW, fingerprint=name, shown_at=now)
        appearances.record_appearances(connection, made.id, [shown])
        progress.add_seconds(connection, made.id, version, now)
    return made


def sent(connection, one, which):
    """A delivery of a campaign, by its address's first part, taken by nobody."""
    query = select(deliveries.c.id, deliveries.c.subscriber_id).where(
        deliveries.c.campaign_id == one.id, deliveries.c.address_key == f"{which}@example.org"
    )
    row = connection.execute(query).one()
    return Delivery(id=row.id, recipient=person(which), subscriber_id=row.subscriber_id, list_ids=(1,))


def state_of(store, one):
    """Every row of a campaign."""
    tables = ((campaigns_table, campaigns_table.c.id), (deliveries, deliveries.c.campaign_id))
    tables += ((chunks_table, chunks_table.c.campaign_id), (appearances_table, appearances_table.c.campaign_id))
    with store.read() as connection:
        return [
            tuple(connection.execute(select(table).where(own == one.id).order_by(*table.primary_key)).all())
            for table, own in tables
        ]


@pytest.fixture
def known(store, now):
    """A store with everybody on one list, and one item."""
    listing(store, now, members=EVERYBODY)
    with store.write() as connection:
        items.save(connection, [Post(source="posts", key="1", title="One", first_seen_at=now)], now)
    return store


def suppress_another(connection, now):
    people.suppress(connection, "another@example.org", reason="told", detail="", now=now)


def withdrawn(connection, one, now):
    suppress_another(connection, now)
    outbox.skip_unmailable(connection, one, now)


def planned_again(connection, one, now):
    listed = [*EVERYBODY, person("later")]
    plan = people.plan_list(connection, name="members", title="Members", listed=listed, max_removals=1)
    people.apply_list(connection, plan, now)
    outbox.plan_deliveries(connection, one, now)


def recorded(connection, one, now):
    delivery = sent(connection, one, "in_flight")
    outcome = Accepted(reply="ok")
    progress.record(connection, [progress.row(delivery, outcome, now, lambda *_: None)])


def shown_again(connection, one, now):
    shown = Shown(source="posts", key="1", newness=Newness.MOVED, fingerprint="moved", shown_at=now)
    appearances.record_appearances(connection, one.id, [shown])


def forgotten(connection, one, now):
    untried = (DeliveryState.QUEUED.value, DeliveryState.SKIPPED.value)
    connection.execute(
        update(deliveries)
        .where(deliveries.c.campaign_id == one.id, deliveries.c.state.not_in(untried))
        .values(state=untried[0])
    )
    move(connection, one.id, CampaignStatus.HELD)
    outbox.forget_unsent(connection, campaigns.by_id(connection, one.id))


WRITES = {
    "a new version": lambda connection, one, now: outbox.begin_version(connection, one),
    "what is put off too long": lambda connection, one, now: outbox.bring_forward(
        connection, one, now=now, latest=now + DAY
    ),
    "what is orphaned": lambda connection, one, now: outbox.orphans_to_unknown(connection, one),
    "taking back": lambda connection, one, now: outbox.skip_all(connection, one, PersonSkip.CANCELLED),
    "who may not": withdrawn,
    "doubts left": lambda connection, one, now: outbox.leave(connection, one),
    "doubts again": outbox.queue_doubts,
    "rejected again": outbox.queue_rejected,
    "deferred again": lambda connection, one, now: outbox.queue_deferred(connection, one),
    "a doubt proved": lambda connection, one, now: outbox.accept(
        connection, {sent(connection, one, "unknown").id: "log"}, now
    ),
    "a chunk taken": lambda connection, one, now: chunks.take(connection, one, 1),
    "a claim": lambda connection, one, now: progress.claim(
        connection, one.id, [sent(connection, one, "another").id], now
    ),
    "a release": lambda connection, one, now: progress.release(connection, [sent(connection, one, "in_flight").id]),
    "a result": recorded,
    "time": lambda connection, one, now: progress.add_seconds(connection, one.id, 5.0, now),
    "a status": lambda connection, one, now: move(connection, one.id, CampaignStatus.PAUSED),
    "a wider audience": lambda connection, one, now: campaigns.set_lists(connection, one.id, ["board"]),
    "another mail": lambda connection, one, now: campaigns.freeze(
        connection, one.id, content="x", rendered="{}", config_hash="c", template_hash="t", terms=Terms(per_week=2)
    ),
    "new people": planned_again,
    "forgetting what it showed": lambda connection, one, now: appearances.forget_appearances(connection, one.id),
    "what it shows": shown_again,
    "forgetting it": forgotten,
}


@pytest.mark.parametrize("write", WRITES)
def test_what_is_done_to_one_campaign_leaves_its_neighbours_as_they_were(known, now, write):
    before, own, after = (
        campaign_of(known, now, name, version, WHICH) for name, version in (("a", 3), ("b", 1), ("c", 4))
    )
    neighbours, mine = [state_of(known, one) for one in (before, after)], state_of(known, own)
    with known.write() as connection:
        WRITES[write](connection, own, now)
    assert state_of(known, own) != mine
    assert [state_of(known, one) for one in (before, after)] == neighbours


def answers(store, one, now):
    """Everything that can be asked about a campaign, but its deliveries' ids."""
    later = now + 30 * DAY
    with store.read() as connection:
        return {
            "due": outbox.count_due(connection, one, later),
            "due now": outbox.count_due(connection, one, now),
            "pending": outbox.has_pending(connection, one),
            "unbegun": outbox.has_unbegun(connection, one),
            "tried": outbox.was_tried(connection, one),
            "next": outbox.next_attempt_at(connection, one),
            "chunks": list(chunks.waiting(connection, one, later)),
            "held": progress.held(connection, one.id, [Lease(1, 0), Lease(1, 1), Lease(2, 0)]),
            "report": outbox.report_of(connection, one),
            "replies": outcomes.replies(connection, one),
            "domains": outcomes.domains(connection, one),
            "rows": list(outcomes.rows(store, one)),
            "doubts": [doubt.address for doubt in outbox.in_doubt(connection, one)],
            "version": versions.latest_version(connection, one),
            "earlier": outbox.has_earlier_version(connection, one),
            "correctable": outbox.count_correctable(connection, one, now),
            "audience": outbox.count_audience(connection, people.mailing(connection, one.audience, now), besides=one),
            "status": campaigns.status_of(connection, one.id),
            "itself": campaigns.by_id(connection, one.id),
            "by name": campaigns.by_name(connection, one.name),
            "by period": campaigns.find(connection, one.digest, one.period),
        }


@pytest.mark.parametrize(
    "states", [WHICH, dict.fromkeys(WHICH, DeliveryState.ACCEPTED), dict.fromkeys(WHICH, DeliveryState.QUEUED)]
)
def test_what_is_told_of_one_campaign_is_the_same_whatever_becomes_of_others(known, now, states):
    first = campaign_of(known, now, "a", 3, dict.fromkeys(WHICH, DeliveryState.SKIPPED))
    own = campaign_of(known, now, "b", 1, states)
    told = answers(known, own, now)
    with known.write() as connection:
        move(connection, first.id, CampaignStatus.PAUSED)
    campaign_of(known, now, "c", 4, WHICH)
    other = campaign_of(known, now, "d", 0, dict.fromkeys(WHICH, DeliveryState.DEFERRED))
    with known.write() as connection:
        chunks.take(connection, other, 1)
        move(connection, other.id, CampaignStatus.HELD)
    assert answers(known, own, now) == told


def test_what_is_queued_again_gets_its_own_campaigns_latest_mail(known, now):
    own = campaign_of(known, now, "b", 1, WHICH)
    campaign_of(known, now, "c", 4, WHICH)
    with known.write() as connection:
        outbox.begin_version(connection, own)
        outbox.queue_rejected(connection, own, now)
        query = select(deliveries.c.version).where(deliveries.c.id == sent(connection, own, "rejected").id)
        assert connection.execute(query).scalar_one() == 2


def test_a_correction_goes_to_whom_its_own_campaigns_earlier_mail_reached(known, now):
    own = campaign_of(known, now, "b", 1, WHICH)
    campaign_of(known, now, "c", 4, WHICH)
    reached = {"accepted", "unknown", "in_flight", "deferred"}
    with known.read() as connection:
        assert not outbox.has_earlier_version(connection, own)
        assert outbox.count_correctable(connection, own, now) == len(reached)
    with known.write() as connection:
        outbox.begin_version(connection, own)
    with known.read() as connection:
        assert outbox.has_earlier_version(connection, own)
        assert outbox.count_correctable(connection, own, now) == len(reached - {"deferred"})


def test_a_chunks_lease_is_of_its_own_campaign(known, now):
    own, other = (campaign_of(known, now, name, 0, WHICH) for name in "ab")
    with known.write() as connection:
        lease, _ = chunks.take(connection, own, 1)
        assert progress.held(connection, own.id, [lease]) == {lease}
        assert progress.held(connection, other.id, [lease]) == set()


def test_a_link_names_the_campaigns_own_lists_of_all_that_a_person_is_on(store, now):
    ada = person("ada")
    listing(store, now, members=[ada], board=[ada], others=[ada])
    with store.write() as connection:
        known = people.known_lists(connection)
        values = {"digest": "weekly", "period": "1", "list_names": ["members", "board"]}
        made = campaigns.create(connection, by=ITSELF, name="b", status=CampaignStatus.SENDING, now=now, **values)
        outbox.plan_deliveries(connection, made, now)
    (delivery,) = outbox.due(store, made, now)
    assert set(delivery.list_ids) == {known["members"], known["board"]}


@pytest.mark.parametrize("neighbours", [CampaignStatus.SENDING, CampaignStatus.PAUSED])
@pytest.mark.parametrize("status", [CampaignStatus.SENDING, CampaignStatus.PAUSED])
def test_a_claim_is_granted_by_its_own_campaigns_status(known, now, status, neighbours):
    before, own, after = (campaign_of(known, now, name, 0, WHICH) for name in "abc")
    with known.write() as connection:
        for one in (before, after):
            move(connection, one.id, neighbours)
        move(connection, own.id, status)
        queued = sent(connection, own, "queued").id
        granted = {queued} if status is CampaignStatus.SENDING else set()
        assert progress.claim(connection, own.id, [queued], now) == granted


def test_of_a_group_only_what_is_yet_to_be_sent_is_claimed(known, now):
    own = campaign_of(known, now, "a", 0, WHICH)
    with known.write() as connection:
        move(connection, own.id, CampaignStatus.SENDING)
        first, under_way = (sent(connection, own, state).id for state in ("queued", "in_flight"))
        assert progress.claim(connection, own.id, [first, under_way], now) == {first}
        assert progress.claim(connection, own.id, [first, under_way], now) == set()
