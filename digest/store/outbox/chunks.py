"""Chunks: a campaign's deliveries are shared out by the hundred, and whoever sends some takes their chunk first.

Each taking raises the chunk's fence. What is written about a delivery carries the number that its taker got, and
counts only while that is the chunk's: who was thought to be gone, and comes back after another has taken over, can
neither claim nor record any more.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, ScalarSelect, Select, and_, func, literal, or_, select, text, update

from digest.model import DeliveryState, Lease
from digest.store.campaigns import Campaign
from digest.store.sql.upsert import insert_for
from digest.store.tables import chunks, deliveries

SIZE = 500
"""Deliveries in a chunk, at most: few enough to hold in memory, enough to make one transaction for them cheap."""

_MANY = 10_000
_PLANNED = ("campaign_id", "subscriber_id", "address_key", "state", "reason", "attempts")


def plan(connection: Connection, campaign: Campaign, audience: Select[*tuple[int, int, str, str, str, int]]) -> int:
    """Write a delivery for each row that has none yet, in the order of the rows, and share them out.

    Args:
        connection: of a transaction that may write.
        campaign: whose.
        audience: its id, then subscriber, address key, state, reason and attempts.

    Returns:
        How many are new.
    """
    before = connection.execute(select(func.coalesce(func.max(deliveries.c.id), 0))).scalar_one()
    written = insert_for(connection, deliveries).from_select(_PLANNED, audience).on_conflict_do_nothing()
    # Without the option SQLAlchemy keeps an INSERT's count on SQLite only.
    count = connection.execute(written, execution_options={"preserve_rowcount": True}).rowcount
    if not count:
        return 0
    own = and_(deliveries.c.campaign_id == campaign.id, deliveries.c.id > before)
    first = connection.execute(select(func.min(deliveries.c.id)).where(own)).scalar_one()
    number = _latest(connection, campaign) + 1 + (deliveries.c.id - first) // SIZE
    shares = select(literal(campaign.id), number, func.min(deliveries.c.id), func.max(deliveries.c.id)).where(own)
    connection.execute(
        chunks.insert().from_select(["campaign_id", "number", "first_id", "last_id"], shares.group_by(number))
    )
    if count > _MANY and connection.dialect.name == "postgresql":
        connection.execute(text("ANALYZE deliveries, chunks"))  # else it takes them for few until it looks by itself
    return count


def waiting(connection: Connection, campaign: Campaign, now: datetime) -> Sequence[int]:
    """The numbers of the chunks in which something is due."""
    # A look into each chunk for each state. Of an EXISTS, or of both states at once, PostgreSQL makes something that
    # reads the whole campaign for every chunk, as long as it has not counted a new one and takes it for small.
    queued = _one_of(campaign, deliveries.c.state == DeliveryState.QUEUED)
    deferred = _one_of(campaign, deliveries.c.state == DeliveryState.DEFERRED, deliveries.c.next_attempt_at <= now)
    due = or_(queued.is_not(None), deferred.is_not(None))
    query = select(chunks.c.number).where(chunks.c.campaign_id == campaign.id, due).order_by(chunks.c.number)
    return connection.execute(query).scalars().all()


def take(connection: Connection, campaign: Campaign, number: int) -> tuple[Lease, ColumnElement[bool]]:
    """From now on the chunk is ours; whoever had it before has lost it, and what it had in flight is in doubt.

    Returns:
        What our writes carry, and which deliveries it is about.
    """
    own = and_(chunks.c.campaign_id == campaign.id, chunks.c.number == number)
    raised = update(chunks).where(own).values(fence=chunks.c.fence + 1)
    row = connection.execute(raised.returning(chunks.c.first_id, chunks.c.last_id, chunks.c.fence)).one()
    inside = and_(deliveries.c.campaign_id == campaign.id, deliveries.c.id.between(row.first_id, row.last_id))
    orphans_to_unknown(connection, inside)
    return Lease(chunk=number, fence=row.fence), inside


def orphans_to_unknown(connection: Connection, which: ColumnElement[bool]) -> int:
    """What was in flight was perhaps delivered, and is never sent again by itself; called where nobody is sending."""
    change = update(deliveries).where(which, deliveries.c.state == DeliveryState.IN_FLIGHT)
    values = {"state": DeliveryState.UNKNOWN.value, "reply": "interrupted while it was being sent"}
    return connection.execute(change.values(**values)).rowcount


def is_due(campaign: Campaign, now: datetime) -> ColumnElement[bool]:
    """Which deliveries are to be attempted now.

    It asks for the states first: SQLite looks through the index for each of them, and within a range of ids only there.
    """
    return and_(
        deliveries.c.campaign_id == campaign.id,
        deliveries.c.state.in_((DeliveryState.QUEUED, DeliveryState.DEFERRED)),
        or_(deliveries.c.state == DeliveryState.QUEUED, deliveries.c.next_attempt_at <= now),
    )


def _one_of(campaign: Campaign, *which: ColumnElement[bool]) -> ScalarSelect[int]:
    """The id of any such delivery in the chunk that is being looked at."""
    inside = deliveries.c.id.between(chunks.c.first_id, chunks.c.last_id)
    own = deliveries.c.campaign_id == campaign.id
    return select(deliveries.c.id).where(own, *which, inside).limit(1).correlate(chunks).scalar_subquery()


def _latest(connection: Connection, campaign: Campaign) -> int:
    query = select(func.coalesce(func.max(chunks.c.number), 0)).where(chunks.c.campaign_id == campaign.id)
    return int(connection.execute(query).scalar_one())
