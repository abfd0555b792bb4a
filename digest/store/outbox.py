"""The outbox: one row per campaign and person, from the plan to the last result."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain

from sqlalchemy import ColumnElement, Connection, Integer, case, func, literal, select, update

from digest.model import Delivery, DeliveryState, Lease, PersonSkip, Recipient, Report
from digest.store import chunks
from digest.store.campaigns import Campaign
from digest.store.engine import Store
from digest.store.json_rows import JsonRows
from digest.store.people import Status
from digest.store.tables import campaigns, deliveries, lists, subscribers, subscriptions, suppressions

_PENDING = (DeliveryState.QUEUED, DeliveryState.DEFERRED)
_ID = JsonRows((("id", Integer()),))


def plan(connection: Connection, campaign: Campaign) -> int:
    """Resolve the audience into deliveries, set-based; returns how many rows are new.

    A person on several lists gets one row. Who left all of them gets a row that says why they are
    skipped. Planning again adds only people who have no row yet.
    """
    active = func.max(case((subscriptions.c.status == Status.ACTIVE, 1), else_=0))
    suppressed = func.max(suppressions.c.address_key).is_not(None)
    state = case((suppressed, DeliveryState.SKIPPED.value), (active == 1, DeliveryState.QUEUED.value), else_="skipped")
    reason = case((suppressed, PersonSkip.SUPPRESSED.value), (active == 1, ""), else_=PersonSkip.UNSUBSCRIBED.value)
    audience = (
        select(
            literal(campaign.id),
            subscribers.c.id,
            subscribers.c.address_key,
            state,
            reason,
            literal(0),
        )
        .join(subscriptions, subscriptions.c.subscriber_id == subscribers.c.id)
        .join(lists, lists.c.id == subscriptions.c.list_id)
        .outerjoin(suppressions, suppressions.c.address_key == subscribers.c.address_key)
        .where(lists.c.name.in_(campaign.list_names), subscriptions.c.status != Status.DELISTED)
        .group_by(subscribers.c.id, subscribers.c.address_key)
        .order_by(subscribers.c.id)
    )
    return chunks.plan(connection, campaign, audience)


def due(store: Store, campaign: Campaign, now: datetime) -> Iterator[Delivery]:
    """Deliveries to attempt now, one by one; see `due_by_chunk`."""
    return chain.from_iterable(due_by_chunk(store, campaign, now))


def due_by_chunk(store: Store, campaign: Campaign, now: datetime) -> Iterator[list[Delivery]]:
    """Deliveries to attempt now, each chunk taken when it is asked for; memory does not grow with the list.

    With each chunk comes who is to get it by then. To be called only while holding the campaign's lock.
    """
    with store.read() as connection:
        waiting = chunks.waiting(connection, campaign, now)
    for number in waiting:
        with store.write() as connection:
            lease, inside = chunks.take(connection, campaign, number)
            _skip_suppressed(connection, inside)
            taken = _due(connection, campaign, inside & chunks.is_due(campaign, now), lease)
        yield taken


def count_due(connection: Connection, campaign: Campaign, now: datetime) -> int:
    """How many deliveries `due` would yield."""
    query = select(func.count()).select_from(deliveries).where(chunks.is_due(campaign, now))
    return connection.execute(query).scalar_one()


def has_pending(connection: Connection, campaign: Campaign) -> bool:
    """Whether anybody is still to be mailed."""
    query = select(deliveries.c.id).where(deliveries.c.campaign_id == campaign.id, deliveries.c.state.in_(_PENDING))
    return connection.execute(query.limit(1)).scalar() is not None


def next_attempt_at(connection: Connection, campaign: Campaign) -> datetime | None:
    """When the earliest deferred delivery is tried again."""
    query = select(func.min(deliveries.c.next_attempt_at)).where(
        deliveries.c.campaign_id == campaign.id, deliveries.c.state == DeliveryState.DEFERRED
    )
    return connection.execute(query).scalar()


def orphans_to_unknown(connection: Connection, campaign: Campaign) -> int:
    """After a crash: what was in flight was perhaps delivered, and is never sent again by itself.

    Call it only while holding the campaign's lock: then nobody else can have anything in flight.
    """
    return chunks.orphans_to_unknown(connection, deliveries.c.campaign_id == campaign.id)


def bring_forward(connection: Connection, campaign: Campaign, *, now: datetime, latest: datetime) -> int:
    """Make due what is put off beyond any schedule: the clock has jumped back since."""
    change = update(deliveries).where(
        deliveries.c.campaign_id == campaign.id,
        deliveries.c.state == DeliveryState.DEFERRED,
        deliveries.c.next_attempt_at > latest,
    )
    return connection.execute(change.values(next_attempt_at=now)).rowcount


def skip_pending(
    connection: Connection, *, reason: PersonSkip, subscriber_id: int | None = None, campaign: Campaign | None = None
) -> int:
    """Take back what is not yet claimed, from a person who has left or a campaign that is cancelled.

    For a person, only campaigns on none of whose lists they are still active.
    """
    condition: ColumnElement[bool] = deliveries.c.state.in_(_PENDING)
    if campaign is not None:
        condition &= deliveries.c.campaign_id == campaign.id
    if subscriber_id is not None:
        condition &= deliveries.c.subscriber_id == subscriber_id
        names = [
            row.name
            for row in connection.execute(
                select(lists.c.name)
                .join(subscriptions, subscriptions.c.list_id == lists.c.id)
                .where(subscriptions.c.subscriber_id == subscriber_id, subscriptions.c.status == Status.ACTIVE)
            )
        ]
        pending = select(campaigns.c.id, campaigns.c.list_names).where(
            campaigns.c.id.in_(select(deliveries.c.campaign_id).where(condition))
        )
        left = [row.id for row in connection.execute(pending) if not set(names) & set(row.list_names)]
        condition &= deliveries.c.campaign_id.in_(left)
    change = update(deliveries).where(condition)
    return connection.execute(change.values(state=DeliveryState.SKIPPED.value, reason=reason.value)).rowcount


def skip_delisted(connection: Connection, campaign: Campaign) -> int:
    """Take back what is planned for people whom a file has dropped since."""
    still_listed = (
        select(subscriptions.c.subscriber_id)
        .join(lists, lists.c.id == subscriptions.c.list_id)
        .where(lists.c.name.in_(campaign.list_names), subscriptions.c.status == Status.ACTIVE)
    )
    change = update(deliveries).where(
        deliveries.c.campaign_id == campaign.id,
        deliveries.c.state.in_(_PENDING),
        deliveries.c.subscriber_id.not_in(still_listed),
    )
    values = {"state": DeliveryState.SKIPPED.value, "reason": PersonSkip.DELISTED.value}
    return connection.execute(change.values(**values)).rowcount


def skip_suppressed(connection: Connection, campaign: Campaign) -> int:
    """Take back what is planned for addresses that were suppressed since."""
    return _skip_suppressed(connection, deliveries.c.campaign_id == campaign.id)


def _skip_suppressed(connection: Connection, which: ColumnElement[bool]) -> int:
    change = update(deliveries).where(
        which,
        deliveries.c.state.in_(_PENDING),
        deliveries.c.address_key.in_(select(suppressions.c.address_key)),
    )
    values = {"state": DeliveryState.SKIPPED.value, "reason": PersonSkip.SUPPRESSED.value}
    return connection.execute(change.values(**values)).rowcount


def report(connection: Connection, campaign: Campaign) -> Report:
    """How the campaign stands."""
    query = (
        select(deliveries.c.state, deliveries.c.reason, func.count())
        .where(deliveries.c.campaign_id == campaign.id)
        .group_by(deliveries.c.state, deliveries.c.reason)
    )
    states = dict.fromkeys(DeliveryState, 0)
    skipped: dict[str, int] = {}
    in_doubt = 0
    for state, reason, count in connection.execute(query):
        states[DeliveryState(state)] += count
        if state == DeliveryState.UNKNOWN and not reason:
            in_doubt = count
        if state == DeliveryState.SKIPPED:
            skipped[reason] = count
    seconds = connection.execute(select(campaigns.c.seconds).where(campaigns.c.id == campaign.id)).scalar_one()
    return Report(
        campaign=campaign.name,
        status=campaign.status,
        reason=campaign.reason,
        states=states,
        skipped=skipped,
        in_doubt=in_doubt,
        seconds=seconds,
    )


def history(connection: Connection, subscriber_id: int) -> Sequence[tuple[str, str, str, datetime | None]]:
    """One person's deliveries, newest first: (campaign, state, reason or reply, when)."""
    query = (
        select(
            campaigns.c.name,
            deliveries.c.state,
            deliveries.c.reason,
            deliveries.c.reply,
            deliveries.c.finished_at,
        )
        .join(campaigns, campaigns.c.id == deliveries.c.campaign_id)
        .where(deliveries.c.subscriber_id == subscriber_id)
        .order_by(deliveries.c.id.desc())
    )
    return [(row.name, row.state, row.reason or row.reply or "", row.finished_at) for row in connection.execute(query)]


def _due(connection: Connection, campaign: Campaign, which: ColumnElement[bool], lease: Lease) -> list[Delivery]:
    query = (
        select(
            deliveries.c.id,
            deliveries.c.attempts,
            deliveries.c.first_tried_at,
            subscribers.c.id.label("subscriber_id"),
            subscribers.c.address,
            subscribers.c.name,
        )
        .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
        .where(which)
        .order_by(deliveries.c.id)
    )
    rows = connection.execute(query).all()
    on_lists = _lists_of(connection, campaign, [row.subscriber_id for row in rows])
    return [
        Delivery(
            id=row.id,
            recipient=Recipient(address=row.address, name=row.name),
            subscriber_id=row.subscriber_id,
            list_ids=tuple(sorted(on_lists.get(row.subscriber_id, ()))),
            attempts=row.attempts,
            first_tried_at=row.first_tried_at,
            lease=lease,
        )
        for row in rows
    ]


def _lists_of(connection: Connection, campaign: Campaign, people: Sequence[int]) -> dict[int, list[int]]:
    """The ids of the campaign's lists that each of these people is on."""
    chosen = set(connection.execute(select(lists.c.id).where(lists.c.name.in_(campaign.list_names))).scalars())
    # Which lists it asks afterwards: a database that knew them might read these whole, for every page.
    links = select(subscriptions.c.subscriber_id, subscriptions.c.list_id).where(
        subscriptions.c.subscriber_id.in_(select(_ID.table(connection.dialect.name, "people").c.id)),
        subscriptions.c.status == Status.ACTIVE,
    )
    rows = _ID.array(connection.dialect, [{"id": number} for number in people])
    on_lists: dict[int, list[int]] = {}
    for subscriber_id, list_id in connection.execute(links, {"people": rows}).all():
        if list_id in chosen:
            on_lists.setdefault(subscriber_id, []).append(list_id)
    return on_lists
