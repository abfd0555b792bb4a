"""How deliveries move on while their campaign is being sent: one statement moves a group, whatever its size."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, assert_never

from pydantic_core import from_json
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Dialect,
    FromClause,
    Integer,
    String,
    Text,
    and_,
    any_,
    bindparam,
    case,
    extract,
    func,
    literal,
    select,
    update,
)

from digest.model import (
    Accepted,
    CampaignStatus,
    Deferred,
    Delivery,
    DeliveryState,
    Lease,
    Outcome,
    Rejected,
    Unknown,
)
from digest.store.engine import is_shared
from digest.store.sql.json_rows import JsonRows, processor
from digest.store.sql.statements import Statement, compiled_for
from digest.store.tables import Instant, campaigns, chunks, deliveries

RetryAt = Callable[[Delivery, Deferred, datetime], datetime | None]
"""When a delivery that was deferred like this, then, is tried again; None gives it up."""

Row = dict[str, Any]
"""A delivery after an attempt: its `id`, and a value for each other column of `_RESULT`."""

_INSTANT = Instant()
_ID = JsonRows((("id", Integer()),))
_RESULT = JsonRows(
    (
        *_ID.columns,
        ("state", String()),
        ("reason", Text()),
        ("finished_at", _INSTANT),
        ("next_attempt_at", _INSTANT),
        ("stage", String()),
        ("code", Integer()),
        ("reply", Text()),
    )
)


def held(connection: Connection, campaign_id: int, leases: Iterable[Lease]) -> set[Lease]:
    """Those of them that nobody has taken over; they stay so until the transaction ends."""
    numbers = _chosen(connection.dialect, {lease.chunk for lease in leases})
    rows = _fences(connection.dialect).run(connection, campaign=campaign_id, chosen=numbers).fetchall()
    return {Lease(*row) for row in rows}.intersection(leases)


def claim(connection: Connection, campaign_id: int, ids: Sequence[int], now: datetime) -> set[int]:
    """Put in flight what is still to be sent, if the campaign is being sent; the ids of that."""
    if not ids:
        return set()
    dialect = connection.dialect
    as_kept = processor(dialect, _INSTANT)
    moment = as_kept(now) if as_kept else now
    chosen = _chosen(dialect, ids)
    if dialect.name != "sqlite":
        claimed = _claim(dialect).run(connection, campaign=campaign_id, now=moment, chosen=chosen)
        return {row[0] for row in claimed.fetchall()}
    # Its driver lets go of the interpreter for every row that it hands over, and waits for it again: all are one row.
    chosen, count = _claimable(dialect).run(connection, campaign=campaign_id, chosen=chosen).fetchone()
    if not count:
        return set()
    _claim(dialect).run(connection, campaign=campaign_id, now=moment, chosen=chosen)
    return set(ids) if count == len(ids) else {row["id"] for row in from_json(chosen)}


def release(connection: Connection, ids: Sequence[int]) -> None:
    """Put what is in flight back among the queued, as if it had not been claimed."""
    if ids:
        _release(connection.dialect).run(connection, chosen=_chosen(connection.dialect, ids))


def record(connection: Connection, rows: Sequence[Row]) -> None:
    """Write down what came of each delivery."""
    if rows:
        _record(connection.dialect).run(connection, results=_RESULT.array(connection.dialect, rows))


def add_seconds(connection: Connection, campaign_id: int, seconds: float, now: datetime) -> None:
    """Add to the time that sending has taken, until now."""
    change = update(campaigns).where(campaigns.c.id == campaign_id)
    added: Any = seconds
    if is_shared(connection):  # what others have written down as their time is not counted twice
        since = extract("epoch", literal(now, _INSTANT) - campaigns.c.last_sent_at)
        added = func.least(seconds, func.greatest(0.0, func.coalesce(since, seconds)))
    connection.execute(change.values(seconds=campaigns.c.seconds + added, last_sent_at=now))


def row(delivery: Delivery, outcome: Outcome, at: datetime, retry_at: RetryAt) -> Row:
    """What a delivery's row says once this came of it."""
    made = _over(delivery.id, outcome, at)
    match outcome:
        case Accepted():
            made = accepted_row(delivery.id, outcome, at)
        case Unknown():
            made["state"] = DeliveryState.UNKNOWN.value
        case Rejected():
            made |= {"state": DeliveryState.REJECTED.value, "stage": outcome.stage.value, "code": outcome.code}
        case Deferred():
            made |= {"stage": outcome.stage.value, "code": outcome.code}
            again = retry_at(delivery, outcome, at)
            if again is None:
                made |= {"state": DeliveryState.REJECTED.value, "reason": "gave up after repeated deferrals"}
            else:
                made |= {"state": DeliveryState.DEFERRED.value, "finished_at": None, "next_attempt_at": again}
        case _:
            assert_never(outcome)
    return made


def accepted_row(delivery_id: int, outcome: Accepted, at: datetime) -> Row:
    """What a delivery's row says once it was taken."""
    return _over(delivery_id, outcome, at) | {"state": DeliveryState.ACCEPTED.value, "code": 250}


def _over(delivery_id: int, outcome: Outcome, at: datetime) -> Row:
    return {
        "id": delivery_id,
        "reason": "",
        "finished_at": at,
        "next_attempt_at": None,
        "stage": None,
        "code": None,
        "reply": outcome.reply,
    }


def _chosen(dialect: Dialect, ids: Iterable[int]) -> str:
    return _ID.array(dialect, [{"id": number} for number in ids])


def _among(column: Column[int], chosen: FromClause, dialect: Dialect) -> ColumnElement[bool]:
    ids = select(chosen.c.id)
    if dialect.name == "sqlite":
        return column.in_(ids)
    # As an array they are looked up one by one. Joined, all deliveries would be read where there are some ten thousand.
    return column == any_(func.array(ids.scalar_subquery()))


def _among_chosen(column: Column[int], dialect: Dialect) -> ColumnElement[bool]:
    return _among(column, _ID.table(dialect.name, "chosen"), dialect)


@cache
def _fences(dialect: Dialect) -> Statement:
    own = chunks.c.campaign_id == bindparam("campaign", required=False)
    query = select(chunks.c.number, chunks.c.fence).where(own, _among_chosen(chunks.c.number, dialect))
    return compiled_for(
        query.with_for_update(read=True), dialect
    )  # on PostgreSQL; on SQLite nobody else writes meanwhile


def _to_be_claimed(dialect: Dialect) -> ColumnElement[bool]:
    # Shared on PostgreSQL: a pause waits for the claims before it, and a cancelling does not meet them half way.
    own = select(campaigns.c.status).where(campaigns.c.id == bindparam("campaign", required=False))
    status = own.with_for_update(read=True).scalar_subquery()
    return and_(
        _among_chosen(deliveries.c.id, dialect),
        deliveries.c.state.in_((DeliveryState.QUEUED, DeliveryState.DEFERRED)),
        status == CampaignStatus.SENDING,
    )


@cache
def _claimable(dialect: Dialect) -> Statement:
    rows = func.json_group_array(func.json_object("id", deliveries.c.id))
    return compiled_for(select(rows, func.count()).where(_to_be_claimed(dialect)), dialect)


@cache
def _claim(dialect: Dialect) -> Statement:
    change = (
        update(deliveries)
        .where(_to_be_claimed(dialect))
        .values(
            state=DeliveryState.IN_FLIGHT.value,
            attempts=deliveries.c.attempts + 1,
            first_tried_at=func.coalesce(deliveries.c.first_tried_at, bindparam("now", type_=_INSTANT, required=False)),
        )
    )
    return compiled_for(change if dialect.name == "sqlite" else change.returning(deliveries.c.id), dialect)


@cache
def _release(dialect: Dialect) -> Statement:
    change = (
        update(deliveries)
        .where(_among_chosen(deliveries.c.id, dialect), deliveries.c.state == DeliveryState.IN_FLIGHT)
        .values(
            state=DeliveryState.QUEUED.value,
            attempts=deliveries.c.attempts - 1,
            next_attempt_at=None,
            first_tried_at=case((deliveries.c.attempts > 1, deliveries.c.first_tried_at)),
        )
    )
    return compiled_for(change, dialect)


@cache
def _record(dialect: Dialect) -> Statement:
    results = _RESULT.table(dialect.name, "results")
    change = update(deliveries).where(deliveries.c.id == results.c.id)
    if dialect.name != "sqlite":
        change = change.where(_among(deliveries.c.id, _RESULT.table(dialect.name, "results").alias("those"), dialect))
    names = [name for name, _ in _RESULT.columns[len(_ID.columns) :]]
    return compiled_for(change.values({name: results.c[name] for name in names}), dialect)
