"""What a person settles: doubts, and another attempt for what failed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from digest.model import DeliveryState
from digest.store.campaigns import Campaign
from digest.store.outbox.again import queue_again
from digest.store.outbox.states import is_in, is_in_doubt
from digest.store.tables import deliveries, subscribers

LEFT = "left as it is"
"""The reason of a doubt that a person closed without an answer."""


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
        .where(is_in_doubt(campaign))
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
    return connection.execute(update(deliveries).where(is_in_doubt(campaign)).values(reason=LEFT)).rowcount


def queue_doubts(connection: Connection, campaign: Campaign, now: datetime) -> int:
    """Queue what is in doubt again, for those who may still be mailed; they may get it twice."""
    return queue_again(connection, campaign, now, is_in_doubt(campaign))


def queue_rejected(connection: Connection, campaign: Campaign, now: datetime) -> int:
    """Queue what was rejected or given up again, for those who may still be mailed."""
    return queue_again(connection, campaign, now, is_in(campaign, DeliveryState.REJECTED))


def queue_deferred(connection: Connection, campaign: Campaign) -> int:
    """Have what was deferred tried now, without waiting for its time; how long it was tried is not forgotten."""
    change = update(deliveries).where(is_in(campaign, DeliveryState.DEFERRED))
    return connection.execute(change.values(state=DeliveryState.QUEUED.value, next_attempt_at=None)).rowcount
