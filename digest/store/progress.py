"""How deliveries move on while their campaign is being sent: one statement moves a group, whatever its size."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, assert_never

from sqlalchemy import Connection, Integer, String, Text, Update, bindparam, case, func, select, update
from sqlalchemy.sql.dml import ReturningUpdate
from sqlalchemy.types import TypeEngine

from digest.model import Accepted, CampaignStatus, Deferred, Delivery, DeliveryState, Outcome, Rejected, Unknown
from digest.store.json_rows import json_array, json_table
from digest.store.tables import Instant, campaigns, deliveries

RetryAt = Callable[[Delivery, Deferred, datetime], datetime | None]
"""When a delivery that was deferred like this, then, is tried again; None gives it up."""

Row = dict[str, Any]
"""A delivery after an attempt: its `id`, and a value for each of `_RESULT`."""

_ID: dict[str, TypeEngine[Any]] = {"id": Integer()}
_RESULT: dict[str, TypeEngine[Any]] = {
    "state": String(),
    "reason": Text(),
    "finished_at": Instant(),
    "next_attempt_at": Instant(),
    "stage": String(),
    "code": Integer(),
    "reply": Text(),
}


def claim(connection: Connection, campaign_id: int, ids: Sequence[int], now: datetime) -> set[int]:
    """Put in flight what is still to be sent, if the campaign is being sent; returns what that is."""
    if not ids:
        return set()
    values = {"campaign": campaign_id, "now": now, "chosen": _chosen(connection, ids)}
    return set(connection.execute(_claim(connection.dialect.name), values).scalars())


def release(connection: Connection, ids: Sequence[int]) -> None:
    """Put what is in flight back among the queued, as if it had not been claimed."""
    if ids:
        connection.execute(_release(connection.dialect.name), {"chosen": _chosen(connection, ids)})


def record(connection: Connection, rows: Sequence[Row]) -> None:
    """Write down what came of each delivery."""
    if rows:
        results = json_array(connection.dialect, _ID | _RESULT, rows)
        connection.execute(_record(connection.dialect.name), {"results": results})


def add_seconds(connection: Connection, campaign_id: int, seconds: float) -> None:
    """Add to the time that sending has taken."""
    change = update(campaigns).where(campaigns.c.id == campaign_id)
    connection.execute(change.values(seconds=campaigns.c.seconds + seconds))


def row(delivery: Delivery, outcome: Outcome, at: datetime, retry_at: RetryAt) -> Row:
    """What a delivery's row says once this came of it."""
    made: Row = {
        "id": delivery.id,
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


def _chosen(connection: Connection, ids: Sequence[int]) -> str:
    return json_array(connection.dialect, _ID, [{"id": number} for number in ids])


@cache
def _claim(dialect: str) -> ReturningUpdate[int]:
    status = select(campaigns.c.status).where(campaigns.c.id == bindparam("campaign")).scalar_subquery()
    return (
        update(deliveries)
        .where(
            deliveries.c.id.in_(select(json_table(dialect, "chosen", _ID).c.id)),
            deliveries.c.state.in_((DeliveryState.QUEUED, DeliveryState.DEFERRED)),
            status == CampaignStatus.SENDING,
        )
        .values(
            state=DeliveryState.IN_FLIGHT.value,
            attempts=deliveries.c.attempts + 1,
            first_tried_at=func.coalesce(deliveries.c.first_tried_at, bindparam("now", type_=Instant())),
        )
        .returning(deliveries.c.id)
    )


@cache
def _release(dialect: str) -> Update:
    return (
        update(deliveries)
        .where(
            deliveries.c.id.in_(select(json_table(dialect, "chosen", _ID).c.id)),
            deliveries.c.state == DeliveryState.IN_FLIGHT,
        )
        .values(
            state=DeliveryState.QUEUED.value,
            attempts=deliveries.c.attempts - 1,
            first_tried_at=case((deliveries.c.attempts > 1, deliveries.c.first_tried_at)),
        )
    )


@cache
def _record(dialect: str) -> Update:
    results = json_table(dialect, "results", _ID | _RESULT)
    change = update(deliveries).where(deliveries.c.id == results.c.id)
    return change.values({name: results.c[name] for name in _RESULT})
