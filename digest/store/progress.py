"""How deliveries move on while their campaign is being sent: one statement moves a group, whatever its size."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, assert_never

from sqlalchemy import (
    ColumnElement,
    Connection,
    Dialect,
    FromClause,
    Integer,
    Select,
    String,
    Text,
    bindparam,
    case,
    func,
    select,
    update,
)

from digest.model import Accepted, CampaignStatus, Deferred, Delivery, DeliveryState, Outcome, Rejected, Unknown
from digest.store.json_rows import JsonRows, processor
from digest.store.prepared import Prepared, prepare
from digest.store.tables import Instant, campaigns, chunks, deliveries

RetryAt = Callable[[Delivery, Deferred, datetime], datetime | None]
"""When a delivery that was deferred like this, then, is tried again; None gives it up."""

Row = dict[str, Any]
"""A delivery after an attempt: its `id`, its lease, and a value for each other column of `_RESULT`."""

_INSTANT = Instant()
_LEASED = JsonRows((("id", Integer()), ("chunk", Integer()), ("fence", Integer())))
_RESULT = JsonRows(
    (
        *_LEASED.columns,
        ("state", String()),
        ("reason", Text()),
        ("finished_at", _INSTANT),
        ("next_attempt_at", _INSTANT),
        ("stage", String()),
        ("code", Integer()),
        ("reply", Text()),
    )
)


def claim(connection: Connection, campaign_id: int, wanted: Sequence[Delivery], now: datetime) -> set[int]:
    """Put in flight what is ours and still to be sent, if the campaign is being sent; the ids of that."""
    if not wanted:
        return set()
    dialect = connection.dialect
    as_kept = processor(dialect, _INSTANT)
    moment = as_kept(now) if as_kept else now
    claimed = _claim(dialect).run(connection, campaign=campaign_id, now=moment, chosen=_chosen(dialect, wanted))
    return {row[0] for row in claimed.fetchall()}


def release(connection: Connection, campaign_id: int, held: Sequence[Delivery]) -> None:
    """Put what is in flight and ours back among the queued, as if it had not been claimed."""
    if held:
        _release(connection.dialect).run(connection, campaign=campaign_id, chosen=_chosen(connection.dialect, held))


def record(connection: Connection, campaign_id: int, rows: Sequence[Row]) -> int:
    """Write down what came of each delivery that is ours; how many these are."""
    if not rows:
        return 0
    array = _RESULT.array(connection.dialect, rows)
    return int(_record(connection.dialect).run(connection, campaign=campaign_id, results=array).rowcount)


def add_seconds(connection: Connection, campaign_id: int, seconds: float) -> None:
    """Add to the time that sending has taken."""
    change = update(campaigns).where(campaigns.c.id == campaign_id)
    connection.execute(change.values(seconds=campaigns.c.seconds + seconds))


def row(delivery: Delivery, outcome: Outcome, at: datetime, retry_at: RetryAt) -> Row:
    """What a delivery's row says once this came of it."""
    made: Row = {
        "id": delivery.id,
        "chunk": delivery.lease.chunk,
        "fence": delivery.lease.fence,
        "reason": "",
        "finished_at": at,
        "next_attempt_at": None,
        "stage": None,
        "code": None,
        "reply": outcome.reply,
    }
    match outcome:
        case Accepted():
            made["state"], made["code"] = DeliveryState.ACCEPTED.value, 250
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


def _chosen(dialect: Dialect, rows: Sequence[Delivery]) -> str:
    leased = [{"id": one.id, "chunk": one.lease.chunk, "fence": one.lease.fence} for one in rows]
    return _LEASED.array(dialect, leased)


def _is_ours(rows: FromClause) -> ColumnElement[bool]:
    """Whether rows carry the fence of their chunk; looked up for each, so that no database reads all chunks first."""
    campaign: ColumnElement[int] = bindparam("campaign", required=False)
    fence = select(chunks.c.fence).where(chunks.c.campaign_id == campaign, chunks.c.number == rows.c.chunk)
    return rows.c.fence == fence.correlate(rows).scalar_subquery()


def _ours(dialect: Dialect) -> Select[tuple[int]]:
    chosen = _LEASED.table(dialect.name, "chosen")
    return select(chosen.c.id).where(_is_ours(chosen))


@cache
def _claim(dialect: Dialect) -> Prepared:
    # Shared on PostgreSQL: a pause waits for the claims before it, and a cancelling does not meet them half way.
    own = select(campaigns.c.status).where(campaigns.c.id == bindparam("campaign", required=False))
    status = own.with_for_update(read=True).scalar_subquery()
    change = (
        update(deliveries)
        .where(
            deliveries.c.id.in_(_ours(dialect)),
            deliveries.c.state.in_((DeliveryState.QUEUED, DeliveryState.DEFERRED)),
            status == CampaignStatus.SENDING,
        )
        .values(
            state=DeliveryState.IN_FLIGHT.value,
            attempts=deliveries.c.attempts + 1,
            first_tried_at=func.coalesce(deliveries.c.first_tried_at, bindparam("now", type_=_INSTANT, required=False)),
        )
        .returning(deliveries.c.id)
    )
    return prepare(change, dialect)


@cache
def _release(dialect: Dialect) -> Prepared:
    change = (
        update(deliveries)
        .where(deliveries.c.id.in_(_ours(dialect)), deliveries.c.state == DeliveryState.IN_FLIGHT)
        .values(
            state=DeliveryState.QUEUED.value,
            attempts=deliveries.c.attempts - 1,
            first_tried_at=case((deliveries.c.attempts > 1, deliveries.c.first_tried_at)),
        )
    )
    return prepare(change, dialect)


@cache
def _record(dialect: Dialect) -> Prepared:
    results = _RESULT.table(dialect.name, "results")
    change = update(deliveries).where(deliveries.c.id == results.c.id, _is_ours(results))
    names = [name for name, _ in _RESULT.columns[len(_LEASED.columns) :]]
    return prepare(change.values({name: results.c[name] for name in names}), dialect)
