"""How a campaign stands, in numbers; and what was sent to one person."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from digest.config.addresses import address_key
from digest.model import CampaignStatus, DeliveryState, PersonSkip, Report, ReturnKind
from digest.store.campaigns import Campaign, with_ids
from digest.store.outbox.states import is_in
from digest.store.people.returns import people_by_kind
from digest.store.tables import campaigns, deliveries, subscribers


def missed_by_pausing(connection: Connection, address: str, *, since: datetime, limit: int) -> tuple[Campaign, ...]:
    """The latest campaigns begun since then that went, and not to somebody who had paused; the newest first."""
    own = (deliveries.c.address_key == address_key(address)) & (deliveries.c.reason == PersonSkip.PAUSED)
    # Campaigns first: by campaign and address the UNIQUE index finds a delivery, by the address alone nothing does.
    query = select(campaigns.c.id).join(deliveries, (deliveries.c.campaign_id == campaigns.c.id) & own)
    went = campaigns.c.status.in_((CampaignStatus.SENDING, CampaignStatus.SENT))
    late = query.where(campaigns.c.created_at >= since, went).order_by(campaigns.c.id.desc()).limit(limit)
    found = with_ids(connection, connection.execute(late).scalars().all())
    return tuple(sorted(found, key=lambda one: one.id, reverse=True))


def report_of(connection: Connection, campaign: Campaign) -> Report:
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
    returned = people_by_kind(connection, campaign.id)
    seconds = connection.execute(select(campaigns.c.seconds).where(campaigns.c.id == campaign.id)).scalar_one()
    return Report(
        campaign=campaign.name,
        status=campaign.status,
        reason=campaign.reason,
        states=states,
        skipped=skipped,
        in_doubt=in_doubt,
        bounced=returned.get(ReturnKind.BOUNCE, 0),
        complained=returned.get(ReturnKind.COMPLAINT, 0),
        seconds=seconds,
    )


def accepted_by_campaign(connection: Connection, campaign_ids: Collection[int]) -> Mapping[int, int]:
    """How many mails of each of these campaigns were accepted, by its id."""
    query = (
        select(deliveries.c.campaign_id, func.count())
        .where(deliveries.c.campaign_id.in_(campaign_ids), deliveries.c.state == DeliveryState.ACCEPTED)
        .group_by(deliveries.c.campaign_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def count_accepted(connection: Connection, campaign: Campaign, *, at_most: int) -> int:
    """How many of a campaign's mails were accepted, counted no further than so many."""
    accepted = select(deliveries.c.id).where(is_in(campaign, DeliveryState.ACCEPTED)).limit(at_most)
    return connection.execute(select(func.count()).select_from(accepted.subquery())).scalar_one()


def history(connection: Connection, subscriber_id: int) -> Sequence[tuple[str, str, str, datetime | None]]:
    """One person's deliveries, newest first: (campaign, state, reason or reply, when)."""
    query = (
        select(
            campaigns.c.name,
            deliveries.c.state,
            deliveries.c.reason,
            deliveries.c.reply,
            deliveries.c.relay,
            deliveries.c.finished_at,
        )
        .join(campaigns, campaigns.c.id == deliveries.c.campaign_id)
        .where(
            # By the UNIQUE index of campaign and address: planning would have to fill one of subscribers.
            deliveries.c.campaign_id.in_(select(campaigns.c.id)),
            deliveries.c.address_key.in_(select(subscribers.c.address_key).where(subscribers.c.id == subscriber_id)),
            deliveries.c.subscriber_id == subscriber_id,
        )
        .order_by(deliveries.c.id.desc())
    )
    return [
        (
            row.name,
            row.state,
            " ".join(filter(None, (row.reason or row.reply, row.relay and f"(relay {row.relay})"))),
            row.finished_at,
        )
        for row in connection.execute(query)
    ]
