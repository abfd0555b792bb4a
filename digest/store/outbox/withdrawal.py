"""What is planned and taken back before it is claimed: of a campaign, or of people who may be mailed no more."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select, update

from digest.model import DeliveryState, PersonSkip
from digest.store.campaigns import Campaign, with_ids
from digest.store.outbox.mailing import mailing_of
from digest.store.outbox.states import PENDING, is_pending
from digest.store.people import standing
from digest.store.sql.among import among
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
    return skip_people(connection, (subscriber_id,), now)


def skip_people(connection: Connection, subscriber_ids: Collection[int], now: datetime) -> int:
    """Take back what is planned for people by campaigns that may mail them no more; how much that is."""
    # The UNIQUE index of campaign and address finds them, where the state is not asked for: by that, all that is queued
    # would be looked at.
    keys = select(subscribers.c.address_key).where(among(connection, subscribers.c.id, subscriber_ids))
    theirs = select(deliveries.c.id, deliveries.c.campaign_id, deliveries.c.state).where(
        deliveries.c.campaign_id.in_(select(campaigns.c.id)),
        deliveries.c.address_key.in_(keys),
        among(connection, deliveries.c.subscriber_id, subscriber_ids),
    )
    waiting: dict[int, list[int]] = defaultdict(list)
    for row in connection.execute(theirs):
        if row.state in PENDING:
            waiting[row.campaign_id].append(row.id)
    return sum(
        skip_unmailable(connection, campaign, now, among(connection, deliveries.c.id, waiting[campaign.id]))
        for campaign in with_ids(connection, waiting)
    )
