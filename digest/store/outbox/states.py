"""Which deliveries are in which state, said once for all who ask."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, ScalarSelect, and_, or_, select

from digest.model import DeliveryState
from digest.store.campaigns import Campaign
from digest.store.tables import deliveries

UNTRIED = (DeliveryState.QUEUED, DeliveryState.SKIPPED)
TRIED = tuple(state for state in DeliveryState if state not in UNTRIED)
PENDING = (DeliveryState.QUEUED, DeliveryState.DEFERRED)


def is_in(campaign: Campaign, *states: DeliveryState) -> ColumnElement[bool]:
    """A campaign's deliveries in any of these states."""
    return and_(deliveries.c.campaign_id == campaign.id, deliveries.c.state.in_(states))


def first_in(campaign_id: Any, state: DeliveryState) -> "ScalarSelect[int]":
    """The id of the first delivery of a campaign, which may be a column, in a state.

    A range of one state, in whose order it is asked: only the index of states gives that. An equality becomes a scan of
    the whole table where PostgreSQL takes the state for frequent, though this campaign may have none of it left.
    """
    own = (deliveries.c.campaign_id == campaign_id, deliveries.c.state.between(state, state))
    query = select(deliveries.c.id).where(*own).order_by(deliveries.c.state, deliveries.c.id).limit(1)
    return query.correlate_except(deliveries).scalar_subquery()


def has_any(connection: Connection, campaign: Campaign, *states: DeliveryState) -> bool:
    """Whether a campaign has a delivery in any of these states; it costs the same however large the outbox is."""
    return bool(connection.execute(select(or_(*(first_in(campaign.id, one).is_not(None) for one in states)))).scalar())


def is_pending(campaign: Campaign | None = None) -> ColumnElement[bool]:
    """What is still to be sent, of a campaign or of all."""
    return is_in(campaign, *PENDING) if campaign is not None else deliveries.c.state.in_(PENDING)


def is_in_doubt(campaign: Campaign) -> ColumnElement[bool]:
    """What is unknown and not closed by a person."""
    return is_in(campaign, DeliveryState.UNKNOWN) & (deliveries.c.reason == "")
