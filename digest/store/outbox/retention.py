"""What of people is erased after its time; that a mail went, and how it ended, stays countable."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, or_, select, update

from digest.store.people.subscribers import Status
from digest.store.tables import activity, campaigns, chunks, deliveries, journal, subscribers, subscriptions

_PART = 20  # chunks of 500


def expired_campaign(connection: Connection, before: datetime) -> int | None:
    """The id of a campaign that went out last before then, and of which more is held than is counted; None at the end.

    One that never went out is as old as its beginning.
    """
    old = or_(
        campaigns.c.last_sent_at < before,
        and_(campaigns.c.last_sent_at.is_(None), campaigns.c.created_at < before),
    )
    query = select(campaigns.c.id).where(old, campaigns.c.erased_at.is_(None)).order_by(campaigns.c.id).limit(1)
    return connection.execute(query).scalar()


def erase_details(connection: Connection, campaign_id: int, now: datetime, *, after: int = 0) -> tuple[int, int | None]:
    """Erase what the servers answered to the next ten thousand of a campaign's deliveries.

    Args:
        connection: of a transaction that may write; it should end before the next part, for whoever else writes.
        campaign_id: whose.
        now: when the last of them counts as erased.
        after: the id of the delivery that the part before ended with.

    Returns:
        How many had an answer, and the id that the part ends with; None of the last one.
    """
    ahead = and_(chunks.c.campaign_id == campaign_id, chunks.c.first_id > after)
    part = select(chunks.c.last_id).where(ahead).order_by(chunks.c.number).limit(_PART).subquery()
    end = connection.execute(select(func.max(part.c.last_id))).scalar()
    own = and_(deliveries.c.campaign_id == campaign_id, deliveries.c.reply.is_not(None))
    within = own if end is None else and_(own, deliveries.c.id.between(after + 1, end))
    erased = connection.execute(update(deliveries).where(within).values(reply=None)).rowcount
    if end is None:
        connection.execute(update(campaigns).where(campaigns.c.id == campaign_id).values(erased_at=now))
    return erased, end


def erase_activity(connection: Connection, before: datetime) -> int:
    """Erase who did what until then; how much that was."""
    return connection.execute(delete(activity).where(activity.c.at < before)).rowcount


def erase_journal(connection: Connection, before: datetime) -> int:
    """Erase what was agreed until then by those whom nothing is sent to by it any more; how much that was."""
    gone = delete(journal).where(journal.c.at < before, ~_is_relied_on())
    return connection.execute(gone).rowcount


def _is_relied_on() -> ColumnElement[bool]:
    """Whether the person that a line of the journal is about is on any list."""
    return exists().where(
        subscribers.c.address_key == journal.c.address_key,
        subscriptions.c.subscriber_id == subscribers.c.id,
        subscriptions.c.status == Status.ACTIVE,
    )
