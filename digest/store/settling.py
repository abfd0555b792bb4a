"""What is settled by a person: doubts, another attempt, a campaign composed anew, and whom a correction reaches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, func, literal, select, update

from digest.model import DeliveryState, PersonSkip
from digest.store import chunks
from digest.store.campaigns import Campaign
from digest.store.people import Status
from digest.store.tables import deliveries, lists, subscribers, subscriptions, suppressions

LEFT = "left as it is"
"""The reason of a doubt that a person closed without an answer."""

_PENDING = (DeliveryState.QUEUED, DeliveryState.DEFERRED)
_PERHAPS_RECEIVED = (DeliveryState.ACCEPTED, DeliveryState.UNKNOWN, DeliveryState.IN_FLIGHT)


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubt:
    """A delivery of which nobody knows whether it arrived."""

    id: int
    subscriber_id: int
    address: str


def in_doubt(connection: Connection, campaign: Campaign) -> Sequence[Doubt]:
    """What is unknown and not closed, in the order of the outbox."""
    query = (
        select(deliveries.c.id, deliveries.c.subscriber_id, subscribers.c.address)
        .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
        .where(_is_in_doubt(campaign))
        .order_by(deliveries.c.id)
    )
    return [Doubt(id=row.id, subscriber_id=row.subscriber_id, address=row.address) for row in connection.execute(query)]


def accept(connection: Connection, replies: Mapping[int, str], now: datetime) -> None:
    """What a relay's log proves to be taken: the reply by delivery."""
    if not replies:
        return
    change = (
        update(deliveries)
        .where(deliveries.c.id == bindparam("delivery"), deliveries.c.state == DeliveryState.UNKNOWN)
        .values(state=DeliveryState.ACCEPTED.value, reason="", code=250, finished_at=now, reply=bindparam("evidence"))
    )
    connection.execute(change, [{"delivery": one, "evidence": reply} for one, reply in replies.items()])


def leave(connection: Connection, campaign: Campaign) -> int:
    """Close every doubt as it is: still unknown, and asked about no more."""
    return connection.execute(update(deliveries).where(_is_in_doubt(campaign)).values(reason=LEFT)).rowcount


def queue_doubts(connection: Connection, campaign: Campaign) -> int:
    """Queue what is in doubt again, for those who may still be mailed; they may get it twice."""
    return _queue(connection, campaign, _is_in_doubt(campaign) & _may_be_mailed(campaign))


def queue_rejected(connection: Connection, campaign: Campaign) -> int:
    """Queue what was rejected or given up again, for those who may still be mailed."""
    return _queue(connection, campaign, _is_in(campaign, DeliveryState.REJECTED) & _may_be_mailed(campaign))


def queue_deferred(connection: Connection, campaign: Campaign) -> int:
    """Have what was deferred tried now, without waiting for its time; how long it was tried is not forgotten."""
    change = update(deliveries).where(_is_in(campaign, DeliveryState.DEFERRED))
    return connection.execute(change.values(state=DeliveryState.QUEUED.value, next_attempt_at=None)).rowcount


def begin_version(connection: Connection, campaign: Campaign) -> int:
    """From now on a new mail goes out: what is pending gets it, the others keep what they got. How many are pending."""
    latest = _latest_version(connection, campaign)
    change = update(deliveries).where(deliveries.c.campaign_id == campaign.id, deliveries.c.state.in_(_PENDING))
    return connection.execute(change.values(version=latest + 1)).rowcount


def has_earlier_version(connection: Connection, campaign: Campaign) -> bool:
    """Whether somebody perhaps received a mail that the campaign has since replaced."""
    return connection.execute(select(deliveries.c.id).where(_has_earlier(campaign)).limit(1)).scalar() is not None


def count_correctable(connection: Connection, campaign: Campaign) -> int:
    """How many perhaps received what a correction of the campaign is about, and may still be mailed."""
    reached = _received_faulty(connection, campaign) & _may_be_mailed(campaign)
    return connection.execute(select(func.count()).select_from(deliveries).where(reached)).scalar_one()


def plan_correction(connection: Connection, correction: Campaign, corrected: Campaign) -> int:
    """Plan a mail to those who perhaps received another; returns how many rows are new.

    If the other was composed anew, that is who received what it replaced; else it is everybody it reached. Who left
    or was suppressed since gets a row that says so. Planning again adds only people who have no row yet.
    """
    active, left = (_is_on(correction, deliveries.c.subscriber_id, status) for status in _STANDING)
    suppressed = _is_suppressed(deliveries.c.address_key)
    mailed = and_(active, ~suppressed)
    audience = (
        select(
            literal(correction.id),
            deliveries.c.subscriber_id,
            deliveries.c.address_key,
            case((mailed, DeliveryState.QUEUED.value), else_=DeliveryState.SKIPPED.value),
            case(
                (mailed, ""),
                (suppressed, PersonSkip.SUPPRESSED.value),
                (left, PersonSkip.UNSUBSCRIBED.value),
                else_=PersonSkip.DELISTED.value,
            ),
            literal(0),
        )
        .where(_received_faulty(connection, corrected))
        .order_by(deliveries.c.id)
    )
    return chunks.plan(connection, correction, audience)


_STANDING = (Status.ACTIVE, Status.UNSUBSCRIBED)


def _queue(connection: Connection, campaign: Campaign, condition: ColumnElement[bool]) -> int:
    """Back to the start, with the campaign's present mail."""
    latest = _latest_version(connection, campaign)
    fresh = {
        "state": DeliveryState.QUEUED.value,
        "reason": "",
        "attempts": 0,
        "first_tried_at": None,
        "next_attempt_at": None,
        "finished_at": None,
        "version": latest,
    }
    return connection.execute(update(deliveries).where(condition).values(**fresh)).rowcount


def _is_in(campaign: Campaign, *states: DeliveryState) -> ColumnElement[bool]:
    return and_(deliveries.c.campaign_id == campaign.id, deliveries.c.state.in_(states))


def _is_in_doubt(campaign: Campaign) -> ColumnElement[bool]:
    return _is_in(campaign, DeliveryState.UNKNOWN) & (deliveries.c.reason == "")


def _latest_version(connection: Connection, campaign: Campaign) -> int:
    query = select(func.coalesce(func.max(deliveries.c.version), 0)).where(deliveries.c.campaign_id == campaign.id)
    return int(connection.execute(query).scalar_one())


def _has_earlier(campaign: Campaign) -> ColumnElement[bool]:
    every = deliveries.alias()
    latest = select(func.max(every.c.version)).where(every.c.campaign_id == campaign.id).scalar_subquery()
    return _is_in(campaign, *_PERHAPS_RECEIVED) & (deliveries.c.version < latest)


def _received_faulty(connection: Connection, campaign: Campaign) -> ColumnElement[bool]:
    if has_earlier_version(connection, campaign):
        return _has_earlier(campaign)
    return _is_in(campaign, *_PERHAPS_RECEIVED)


def _may_be_mailed(campaign: Campaign) -> ColumnElement[bool]:
    return _is_on(campaign, deliveries.c.subscriber_id, Status.ACTIVE) & ~_is_suppressed(deliveries.c.address_key)


def _is_on(campaign: Campaign, person: ColumnElement[int], status: Status) -> ColumnElement[bool]:
    """Whether a person stands like this on one of the campaign's lists."""
    standing = (
        select(subscriptions.c.subscriber_id)
        .join(lists, lists.c.id == subscriptions.c.list_id)
        .where(lists.c.name.in_(campaign.list_names), subscriptions.c.status == status)
    )
    return person.in_(standing)


def _is_suppressed(address: ColumnElement[str]) -> ColumnElement[bool]:
    return address.in_(select(suppressions.c.address_key))
