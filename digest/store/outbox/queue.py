"""What of a campaign is to be sent, and when."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain

from sqlalchemy import ColumnElement, Connection, Integer, and_, func, literal_column, select, update

from digest.model import CampaignStatus, Delivery, DeliveryState, Lease, Recipient
from digest.store.campaigns import ANNOUNCEMENT, Campaign
from digest.store.engine import Store
from digest.store.outbox import chunks
from digest.store.outbox.leaving import carry_out_all_leavings
from digest.store.outbox.states import PENDING, TRIED, first_in, has_any, is_in
from digest.store.outbox.withdrawal import skip_unmailable
from digest.store.people.laws import EVERYTHING
from digest.store.people.lists import ids_of_lists
from digest.store.people.subscribers import Status
from digest.store.sql.json_rows import JsonRows
from digest.store.tables import campaigns, deliveries, mutes, subscribers, subscriptions

_LONGEST_DAY = timedelta(hours=26)  # for which a delivery may wait until a relay may be given it
_ID = JsonRows((("id", Integer()),))


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
        carry_out_all_leavings(store)
        with store.write() as connection:
            lease, inside = chunks.take(connection, campaign, number)
            skip_unmailable(connection, campaign, now, inside)
            taken = _due(connection, campaign, inside & chunks.is_due(campaign, now), lease)
        yield taken


def take_chunk(
    connection: Connection, campaign: Campaign, number: int, worker_id: str, lost_after: timedelta
) -> Lease | None:
    """Have a chunk for one of several workers; None where it is another's, who is alive. See `chunks.take_free`."""
    taken = chunks.take_free(connection, campaign, number, worker_id, lost_after)
    return None if taken is None else taken[0]


def due_in(connection: Connection, campaign: Campaign, lease: Lease, now: datetime) -> list[Delivery]:
    """What is to be attempted now in a chunk that was taken, to whoever may be mailed by now; none once it is lost."""
    inside = chunks.inside(connection, campaign, lease)
    if inside is None:
        return []
    skip_unmailable(connection, campaign, now, inside)
    return _due(connection, campaign, inside & chunks.is_due(campaign, now), lease)


def has_open(connection: Connection, campaign: Campaign) -> bool:
    """Whether anybody is still to be mailed, or is being sent to."""
    return has_any(connection, campaign, *PENDING, DeliveryState.IN_FLIGHT)


def ended(connection: Connection) -> Sequence[int]:
    """The campaigns that may be sent, and of which nothing is left to send or under way; by id."""
    states = (*PENDING, DeliveryState.IN_FLIGHT)
    none = [first_in(campaigns.c.id, state).is_(None) for state in states]
    query = select(campaigns.c.id).where(campaigns.c.status == CampaignStatus.SENDING, *none)
    return connection.execute(query.order_by(campaigns.c.id)).scalars().all()


def delivery_of(
    connection: Connection, campaign: Campaign, subscriber_id: int
) -> tuple[Delivery, DeliveryState] | None:
    """One person's delivery of a campaign and its state, whatever that is; None when it was not for them."""
    own = (deliveries.c.campaign_id == campaign.id) & (deliveries.c.subscriber_id == subscriber_id)
    state = connection.execute(select(deliveries.c.state).where(own)).scalar()
    if state is None:
        return None
    (delivery,) = _due(connection, campaign, own, Lease(0, 0))
    return delivery, DeliveryState(state)


def record_resent(connection: Connection, delivery: Delivery, reply: str, now: datetime) -> None:
    """The person's server has taken the mail, once more or at last."""
    change = update(deliveries).where(deliveries.c.id == delivery.id)
    taken = {"state": DeliveryState.ACCEPTED.value, "reason": "", "code": 250, "reply": reply, "finished_at": now}
    connection.execute(change.values(**taken, stage=None, attempts=deliveries.c.attempts + 1))


def count_due(connection: Connection, campaign: Campaign, now: datetime) -> int:
    """How many deliveries `due` would yield."""
    query = select(func.count()).select_from(deliveries).where(chunks.is_due(campaign, now))
    return connection.execute(query).scalar_one()


def count_waiting(connection: Connection) -> int:
    """How many deliveries of what is being sent are not done."""
    states = (*PENDING, DeliveryState.IN_FLIGHT)
    going = select(campaigns.c.id).where(campaigns.c.status == CampaignStatus.SENDING)
    query = select(func.count()).select_from(deliveries)
    query = query.where(deliveries.c.campaign_id.in_(going), deliveries.c.state.in_(states))
    return connection.execute(query).scalar_one()


def has_pending(connection: Connection, campaign: Campaign) -> bool:
    """Whether anybody is still to be mailed."""
    return has_any(connection, campaign, *PENDING)


def has_unbegun(connection: Connection, campaign: Campaign) -> bool:
    """Whether anybody was not yet tried, or is being sent to; who is deferred was."""
    return has_any(connection, campaign, DeliveryState.QUEUED, DeliveryState.IN_FLIGHT)


def was_tried(connection: Connection, campaign: Campaign) -> bool:
    """Whether sending it to anybody was ever begun."""
    return has_any(connection, campaign, *TRIED)


def next_attempt_at(connection: Connection, campaign: Campaign) -> datetime | None:
    """When the earliest delivery that was put off, by a server or for want of one, is tried again."""
    # One after the other: each has an index, and nobody reads through all who are queued.
    first = (
        connection.execute(select(func.min(deliveries.c.next_attempt_at)).where(own)).scalar()
        for own in (is_in(campaign, DeliveryState.DEFERRED), _is_put_off(campaign))
    )
    return min((one for one in first if one is not None), default=None)


def orphans_to_unknown(connection: Connection, campaign: Campaign) -> int:
    """After a crash: what was in flight was perhaps delivered, and is never sent again by itself.

    Call it only while holding the campaign's lock: then nobody else can have anything in flight.
    """
    return chunks.orphans_to_unknown(connection, deliveries.c.campaign_id == campaign.id)


def bring_forward(connection: Connection, campaign: Campaign, *, now: datetime, latest: datetime) -> int:
    """Make due what is put off beyond any schedule: the clock has jumped back since."""
    beyond = (
        (is_in(campaign, DeliveryState.DEFERRED), latest),
        (_is_put_off(campaign), now + _LONGEST_DAY),
    )
    changes = (
        update(deliveries).where(own, deliveries.c.next_attempt_at > latest).values(next_attempt_at=now)
        for own, latest in beyond
    )
    return sum(connection.execute(change).rowcount for change in changes)


def _is_put_off(campaign: Campaign) -> ColumnElement[bool]:
    """Who is untried and waits for a day on which a relay may be given their mail."""
    return and_(
        deliveries.c.campaign_id == campaign.id,
        deliveries.c.state == literal_column(f"'{DeliveryState.QUEUED}'"),  # as its index has it
        deliveries.c.next_attempt_at.is_not(None),
    )


def _due(connection: Connection, campaign: Campaign, which: ColumnElement[bool], lease: Lease) -> list[Delivery]:
    query = (
        select(
            deliveries.c.id,
            deliveries.c.attempts,
            deliveries.c.first_tried_at,
            subscribers.c.id.label("subscriber_id"),
            subscribers.c.address,
            subscribers.c.name,
            subscribers.c.fields,
            subscribers.c.language,
        )
        .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
        .where(which)
        .order_by(deliveries.c.id)
    )
    rows = connection.execute(query).all()
    people = [row.subscriber_id for row in rows]
    on_lists = _lists_of(connection, campaign, people)
    muted = _muted(connection, campaign, people)
    return [
        Delivery(
            id=number,
            recipient=Recipient(
                address=address,
                name=name,
                muted=frozenset(muted.get(subscriber_id, ())),
                fields=fields,
                language=language,
            ),
            subscriber_id=subscriber_id,
            list_ids=tuple(sorted(on_lists.get(subscriber_id, ()))),
            attempts=attempts,
            first_tried_at=first_tried_at,
            lease=lease,
        )
        for number, attempts, first_tried_at, subscriber_id, address, name, fields, language in rows
    ]


def _lists_of(connection: Connection, campaign: Campaign, people: Sequence[int]) -> dict[int, list[int]]:
    """The ids of the campaign's lists that each of these people is on."""
    chosen = set(ids_of_lists(connection, campaign.list_names))
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


def _muted(connection: Connection, campaign: Campaign, people: Sequence[int]) -> dict[int, list[str]]:
    """What each of these people wants nothing of; an announcement is for them as a whole."""
    if campaign.digest == ANNOUNCEMENT:
        return {}
    query = select(mutes.c.subscriber_id, mutes.c.name).where(
        mutes.c.subscriber_id.in_(select(_ID.table(connection.dialect.name, "people").c.id)),
        mutes.c.digest.in_((EVERYTHING, campaign.digest)),
    )
    rows = _ID.array(connection.dialect, [{"id": number} for number in people])
    muted: dict[int, list[str]] = {}
    for subscriber_id, name in connection.execute(query, {"people": rows}).all():
        muted.setdefault(subscriber_id, []).append(name)
    return muted
