"""The versions of a campaign's mail: each rises when it is composed anew, so that it is known who got which."""

from sqlalchemy import ColumnElement, Connection, func, select, update

from digest.model import CampaignStatus, DeliveryState
from digest.store.campaigns import Campaign, set_shown
from digest.store.outbox.states import is_in, is_pending
from digest.store.tables import deliveries


def begin_version(connection: Connection, campaign: Campaign) -> int:
    """From now on a new mail goes out: what is pending gets it, the others keep what they got. How many are pending."""
    set_shown(connection, campaign.id, None)
    change = update(deliveries).where(is_pending(campaign))
    return connection.execute(change.values(version=latest_version(connection, campaign) + 1)).rowcount


def latest_version(connection: Connection, campaign: Campaign) -> int:
    """The version that is sent now; 0 is the first."""
    query = select(func.coalesce(func.max(deliveries.c.version), 0)).where(deliveries.c.campaign_id == campaign.id)
    return int(connection.execute(query).scalar_one())


def has_earlier_version(connection: Connection, campaign: Campaign) -> bool:
    """Whether somebody perhaps received a mail that the campaign has since replaced."""
    return connection.execute(select(deliveries.c.id).where(_has_earlier(campaign)).limit(1)).scalar() is not None


def received_faulty(connection: Connection, campaign: Campaign) -> ColumnElement[bool]:
    """Which deliveries perhaps brought what a correction is about: an earlier version, if there is one."""
    if has_earlier_version(connection, campaign):
        return _has_earlier(campaign)
    # Who is still being tried gets the faulty mail later, and would not be told.
    still_tried = (DeliveryState.DEFERRED,) if campaign.status is CampaignStatus.SENDING else ()
    return is_in(campaign, *DeliveryState.perhaps_received(), *still_tried)


def _has_earlier(campaign: Campaign) -> ColumnElement[bool]:
    every = deliveries.alias()
    latest = select(func.max(every.c.version)).where(every.c.campaign_id == campaign.id).scalar_subquery()
    return is_in(campaign, *DeliveryState.perhaps_received()) & (deliveries.c.version < latest)
