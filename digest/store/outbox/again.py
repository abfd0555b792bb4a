"""Deliveries that are queued once more: never one that somebody perhaps received, unless it is asked for by name."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select, update

from digest.model import CampaignStatus, DeliveryState, PersonSkip
from digest.store.campaigns import Campaign, locked
from digest.store.outbox.mailing import mailing_of
from digest.store.outbox.versions import latest_version
from digest.store.people import standing
from digest.store.tables import campaigns, deliveries, subscribers

_RUNNING = (CampaignStatus.PREPARED, CampaignStatus.SENDING, CampaignStatus.HELD, CampaignStatus.PAUSED)
_THEIR_OWN = (
    PersonSkip.UNSUBSCRIBED,
    PersonSkip.SUPPRESSED,
    PersonSkip.PAUSED,
    PersonSkip.ALTERNATIVE,
    PersonSkip.NOTHING_WANTED,
)
"""Why people are skipped who may change that themselves."""


def queue_again(connection: Connection, campaign: Campaign, now: datetime, which: ColumnElement[bool]) -> int:
    """Back to the start, with the campaign's present mail, for those who may be mailed; how many that is."""
    mailing = mailing_of(connection, campaign, now)
    mailable = standing.may_be_mailed(mailing, deliveries.c.subscriber_id, deliveries.c.address_key)
    fresh = {
        "state": DeliveryState.QUEUED.value,
        "reason": "",
        "attempts": 0,
        "first_tried_at": None,
        "next_attempt_at": None,
        "finished_at": None,
        "version": latest_version(connection, campaign),
    }
    return connection.execute(update(deliveries).where(which, mailable).values(**fresh)).rowcount


def queue_person(connection: Connection, subscriber_id: int, now: datetime) -> int:
    """Queue what a person was skipped for by their own word, and wants after all, of campaigns that still run."""
    key = select(subscribers.c.address_key).where(subscribers.c.id == subscriber_id).scalar_subquery()
    own = (
        deliveries.c.campaign_id.in_(select(campaigns.c.id).where(campaigns.c.status.in_(_RUNNING))),
        deliveries.c.address_key == key,
        deliveries.c.subscriber_id == subscriber_id,
    )
    columns = (deliveries.c.id, deliveries.c.campaign_id, deliveries.c.state, deliveries.c.reason)
    # The state is not asked for: by its index, all that is skipped would be looked at.
    rows = connection.execute(select(*columns).where(*own)).all()
    skipped = {
        row.campaign_id: row.id for row in rows if row.state == DeliveryState.SKIPPED and row.reason in _THEIR_OWN
    }
    still_skipped = deliveries.c.state == DeliveryState.SKIPPED
    queued = 0
    for campaign_id, delivery_id in sorted(skipped.items()):
        # Nobody finishes it meanwhile; and what was seen before the lock was had may be over.
        campaign = locked(connection, campaign_id)
        if campaign is not None and campaign.status in _RUNNING:
            queued += queue_again(connection, campaign, now, (deliveries.c.id == delivery_id) & still_skipped)
    return queued
