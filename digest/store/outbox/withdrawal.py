"""What is planned and taken back before it is claimed: of a campaign, or of people who may be mailed no more."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select, update

from digest.model import DeliveryState, PersonSkip
from digest.store.campaigns import Campaign, with_ids
from digest.store.outbox.mailing import mailing_of
from digest.store.outbox.states import is_pending
from digest.store.people import standing
from digest.store.tables import campaigns, deliveries, subscribers


def skip_all(connection: Connection, campaign: Campaign, reason: PersonSkip) -> int:
    """Take back whatever of a campaign is not yet claimed; returns how much that is."""
    change = update(deliveries).where(is_pending(campaign))
    return connection.execute(change.values(state=DeliveryState.SKIPPED.value, reason=reason.value)).rowcount


def skip_unmailable(
    connection: Connection, campaign: Campaign, now: datetime, which: ColumnElement[bool] | None = None
) -> int:
    """Take back what is planned for those who may be mailed no more, with why; of these deliveries, or of all."""
    mailing = mailing_of(connection, campaign, now)
    why_not = standing.why_not(mailing, deliveries.c.subscriber_id, deliveries.c.address_key)
    change = update(deliveries).where(is_pending(campaign), why_not != standing.MAY)
    if which is not None:
        change = change.where(which)
    return connection.execute(change.values(state=DeliveryState.SKIPPED.value, reason=why_not)).rowcount


def skip_person(connection: Connection, subscriber_id: int, now: datetime) -> int:
    """Take back what is planned for a person by campaigns that may mail them no more."""
    address_key = select(subscribers.c.address_key).where(subscribers.c.id == subscriber_id).scalar_subquery()
    own = (deliveries.c.address_key == address_key) & (deliveries.c.subscriber_id == subscriber_id)
    # One look-up for each campaign in its index of addresses, where by the person alone every delivery would be read.
    waiting = select(deliveries.c.campaign_id).where(deliveries.c.campaign_id.in_(select(campaigns.c.id)), own)
    ids = connection.execute(waiting.where(is_pending())).scalars().all()
    return sum(skip_unmailable(connection, campaign, now, own) for campaign in with_ids(connection, ids))
