"""Which deliveries are in which state, said once for all who ask."""

from sqlalchemy import ColumnElement, and_

from digest.model import DeliveryState
from digest.store.campaigns import Campaign
from digest.store.tables import deliveries

UNTRIED = (DeliveryState.QUEUED, DeliveryState.SKIPPED)
TRIED = tuple(state for state in DeliveryState if state not in UNTRIED)
PENDING = (DeliveryState.QUEUED, DeliveryState.DEFERRED)


def is_in(campaign: Campaign, *states: DeliveryState) -> ColumnElement[bool]:
    """A campaign's deliveries in any of these states."""
    return and_(deliveries.c.campaign_id == campaign.id, deliveries.c.state.in_(states))


def is_pending(campaign: Campaign | None = None) -> ColumnElement[bool]:
    """What is still to be sent, of a campaign or of all."""
    return is_in(campaign, *PENDING) if campaign is not None else deliveries.c.state.in_(PENDING)


def is_in_doubt(campaign: Campaign) -> ColumnElement[bool]:
    """What is unknown and not closed by a person."""
    return is_in(campaign, DeliveryState.UNKNOWN) & (deliveries.c.reason == "")
