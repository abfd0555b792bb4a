"""Chunks: a campaign's deliveries are shared out by the hundred, and whoever sends some takes their chunk first.

Each taking raises the chunk's fence. What is written about a delivery carries the number that its taker got, and
counts only while that is the chunk's: who was thought to be gone, and comes back after another has taken over, can
neither claim nor record any more.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    Select,
    Subquery,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    true,
    update,
)

from digest.model import CampaignStatus, DeliveryState, Lease
from digest.store.campaigns import Campaign, locked
from digest.store.engine import nobody_has
from digest.store.outbox.states import PENDING, first_in
from digest.store.outbox.workers import is_alive
from digest.store.sql.newer import require_known_tables
from digest.store.sql.upsert import insert_for
from digest.store.tables import campaigns, chunks, deliveries

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
    locked(connection, campaign.id)  # that nobody else plans it meanwhile
    planned = exists().where(deliveries.c.campaign_id == campaign.id)
    before, is_planned = connection.execute(select(func.coalesce(func.max(deliveries.c.id), 0), planned)).one()
    written = insert_for(connection, deliveries).from_select(_PLANNED, audience)
    if is_planned:  # else looking for conflicts would cost a sixth of a large plan
        written = written.on_conflict_do_nothing()
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
    query = select(chunks.c.number).where(chunks.c.campaign_id == campaign.id, something_due(now))
    query = query.order_by(chunks.c.number)
    return connection.execute(query).scalars().all()


def chunks_of_sending(connection: Connection) -> dict[int, int]:
    """How many chunks each campaign has that is being sent, by its id."""
    count = func.count().label("chunks")
    query = select(chunks.c.campaign_id, count).join(campaigns, campaigns.c.id == chunks.c.campaign_id)
    query = query.where(campaigns.c.status == CampaignStatus.SENDING).group_by(chunks.c.campaign_id)
    return {row.campaign_id: row.chunks for row in connection.execute(query)}


def take(connection: Connection, campaign: Campaign, number: int) -> tuple[Lease, ColumnElement[bool]]:
    """From now on the chunk is ours; whoever had it before has lost it, and what it had in flight is in doubt.

    Returns:
        What our writes carry, and which deliveries it is about.
    """
    own = and_(chunks.c.campaign_id == campaign.id, chunks.c.number == number)
    raised = update(chunks).where(own).values(fence=chunks.c.fence + 1)
    row = connection.execute(raised.returning(chunks.c.first_id, chunks.c.last_id, chunks.c.fence)).one()
    which = _between(campaign.id, row)
    orphans_to_unknown(connection, which)
    return Lease(chunk=number, fence=row.fence), which


def take_free(
    connection: Connection, campaign: Campaign, number: int, worker_id: str, lost_after: timedelta
) -> tuple[Lease, ColumnElement[bool]] | None:
    """As `take`, for one of several workers: None where another holds the chunk and is alive, or has the campaign.

    Args:
        connection: of a transaction that may write, on PostgreSQL.
        campaign: whose.
        number: of the chunk.
        worker_id: who holds it from now on, until it lets go or gives no sign of life.
        lost_after: who gave no sign for so long holds nothing any more.

    Raises:
        OutgrownError: when the tables are of a newer version: nobody who does not know them takes more of them.
    """
    require_known_tables(connection)
    if not nobody_has(connection, f"campaign-{campaign.id}"):
        return None
    own = and_(chunks.c.campaign_id == campaign.id, chunks.c.number == number)
    # Two at once: the second waits for the first here, and then sees who holds it.
    own_row = select(chunks.c.number).where(own).with_for_update()
    if (
        connection.execute(own_row).scalar() is None
        or connection.execute(select(is_free(lost_after)).where(own)).scalar() is not True
    ):
        return None
    taken = take(connection, campaign, number)
    connection.execute(update(chunks).where(own).values(holder=worker_id))
    return taken


def inside(connection: Connection, campaign: Campaign, lease: Lease) -> ColumnElement[bool] | None:
    """Which deliveries a chunk that was taken is about; None once another has taken it."""
    own = and_(chunks.c.campaign_id == campaign.id, chunks.c.number == lease.chunk, chunks.c.fence == lease.fence)
    row = connection.execute(select(chunks.c.first_id, chunks.c.last_id).where(own).with_for_update(read=True)).first()
    if row is None:
        return None
    return _between(campaign.id, row)


def let_go(connection: Connection, campaign: Campaign, lease: Lease) -> bool:
    """Whoever wants the chunk may have it; what is in flight still is in doubt. False where it was lost before."""
    own = and_(chunks.c.campaign_id == campaign.id, chunks.c.number == lease.chunk, chunks.c.fence == lease.fence)
    change = update(chunks).where(own).values(holder=None).returning(chunks.c.first_id, chunks.c.last_id)
    row = connection.execute(change).first()
    if row is None:
        return False
    orphans_to_unknown(connection, _between(campaign.id, row))
    return True


def held_by(connection: Connection, worker_id: str) -> list[tuple[int, Lease]]:
    """What a worker holds, as the store has it: a campaign's id and the chunk each."""
    query = select(chunks.c.campaign_id, chunks.c.number, chunks.c.fence).where(chunks.c.holder == worker_id)
    return [(row.campaign_id, Lease(chunk=row.number, fence=row.fence)) for row in connection.execute(query)]


def rescue(connection: Connection, lost_after: timedelta, campaign_id: int | None = None) -> set[int]:
    """Take every chunk from holders who are lost: what they had in flight is in doubt, and what they write is void.

    Returns:
        The ids of the campaigns that it was of.
    """
    lost = and_(chunks.c.holder.is_not(None), ~is_alive(chunks.c.holder, lost_after))
    if campaign_id is not None:
        lost = and_(lost, chunks.c.campaign_id == campaign_id)
    rows = connection.execute(
        select(chunks.c.campaign_id, chunks.c.number, chunks.c.first_id, chunks.c.last_id)
        .where(lost)
        .order_by(chunks.c.campaign_id, chunks.c.number)
        .with_for_update(skip_locked=True, of=chunks)
    ).all()
    for row in rows:
        own = and_(chunks.c.campaign_id == row.campaign_id, chunks.c.number == row.number)
        connection.execute(update(chunks).where(own).values(fence=chunks.c.fence + 1, holder=None))
        orphans_to_unknown(connection, _between(row.campaign_id, row))
    return {row.campaign_id for row in rows}


def is_held(connection: Connection, campaign: Campaign) -> bool:
    """Whether any worker holds a chunk of it."""
    held = select(chunks.c.number).where(chunks.c.campaign_id == campaign.id, chunks.c.holder.is_not(None))
    return connection.execute(held.limit(1)).scalar() is not None


def next_free(
    connection: Connection, now: datetime, lost_after: timedelta, campaign_ids: Sequence[int]
) -> tuple[int, int] | None:
    """A campaign of these and the number of its chunk in which something is due, and which nobody holds.

    The first chunks of all come before the second ones of any, so that a small campaign waits for no large one.
    """
    which = campaigns.c.id.in_(campaign_ids)
    free = next_of_each(which, now, lost_after, at_most=1)
    row = connection.execute(select(free).order_by(free.c.number, free.c.campaign_id).limit(1)).first()
    return None if row is None else (row.campaign_id, row.number)


def next_of_each(which: ColumnElement[bool], now: datetime, lost_after: timedelta, *, at_most: int) -> Subquery:
    """Of each of these campaigns the next chunks in which something is due and which nobody holds; PostgreSQL only.

    What is over is passed without a look into it, and what comes after so many is not looked at: it costs about as much
    at the end of a campaign as at its beginning, and however large that is.

    Args:
        which: of the table of campaigns.
        now: by which something is due.
        lost_after: who gave no sign for so long holds nothing any more.
        at_most: of each campaign.

    Returns:
        Its columns are `campaign_id` and `number`.
    """
    first = func.least(*(first_in(campaigns.c.id, state) for state in PENDING))
    chosen = select(campaigns.c.id, first.label("first_id")).where(which).offset(0).subquery()
    ahead = (
        select(chunks.c.campaign_id, chunks.c.number)
        .where(chunks.c.campaign_id == chosen.c.id, chunks.c.last_id >= chosen.c.first_id)
        .where(something_due(now), is_free(lost_after))
        .order_by(chunks.c.number)
        .limit(at_most)
        .correlate(chosen)
        .lateral()
    )
    return select(ahead).select_from(chosen.join(ahead, true())).subquery()


def is_free(lost_after: timedelta) -> ColumnElement[bool]:
    """Whether no living worker holds the chunk."""
    return or_(chunks.c.holder.is_(None), ~is_alive(chunks.c.holder, lost_after))


def something_due(now: datetime) -> ColumnElement[bool]:
    """Whether anything in the chunk is to be attempted now."""
    # A look into each chunk for each state. Of an EXISTS, or of both states at once, PostgreSQL makes something that
    # reads the whole campaign for every chunk, as long as it has not counted a new one and takes it for small.
    queued = _one_of(deliveries.c.state == DeliveryState.QUEUED, _may_begin(now))
    deferred = _one_of(deliveries.c.state == DeliveryState.DEFERRED, deliveries.c.next_attempt_at <= now)
    return or_(queued.is_not(None), deferred.is_not(None))


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
        or_(and_(deliveries.c.state == DeliveryState.QUEUED, _may_begin(now)), deliveries.c.next_attempt_at <= now),
    )


def _may_begin(now: datetime) -> ColumnElement[bool]:
    """Whether a queued delivery does not wait for a day on which a relay may be given it."""
    return or_(deliveries.c.next_attempt_at.is_(None), deliveries.c.next_attempt_at <= now)


def _one_of(*which: ColumnElement[bool]) -> ScalarSelect[int]:
    """The id of any such delivery in the chunk that is being looked at."""
    inside = _between(chunks.c.campaign_id, chunks.c)
    return select(deliveries.c.id).where(inside, *which).limit(1).correlate(chunks).scalar_subquery()


def _between(campaign_id: Any, chunk: Any) -> ColumnElement[bool]:
    """The deliveries of a campaign that a chunk, as it was read or as it is being looked at, is about."""
    return and_(deliveries.c.campaign_id == campaign_id, deliveries.c.id.between(chunk.first_id, chunk.last_id))


def _latest(connection: Connection, campaign: Campaign) -> int:
    query = select(func.coalesce(func.max(chunks.c.number), 0)).where(chunks.c.campaign_id == campaign.id)
    return int(connection.execute(query).scalar_one())
