"""Who did what when: a row for every change, written in the transaction that makes it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select

from digest.model import Activity, By
from digest.store.tables import activity


def record(connection: Connection, *, at: datetime, by: By, verb: str, subject: str, detail: str = "") -> None:
    """Put down what was done."""
    values = {"at": at, "by": str(by), "verb": verb, "subject": subject, "detail": detail}
    connection.execute(insert(activity).values(**values))


def latest(connection: Connection, *, limit: int, subject: str | None = None) -> Sequence[Activity]:
    """What was done last, newest first; to one subject, or to all."""
    query = select(activity).order_by(activity.c.id.desc()).limit(limit)
    if subject is not None:
        query = query.where(activity.c.subject == subject)
    return _read(connection, query)


def since(connection: Connection, number: int, *, limit: int) -> Sequence[Activity]:
    """What was done after the row of this number, oldest first."""
    return _read(connection, select(activity).where(activity.c.id > number).order_by(activity.c.id).limit(limit))


def newest_id(connection: Connection) -> int:
    """The number of what was done last; 0 where nothing was."""
    return connection.execute(select(func.max(activity.c.id))).scalar() or 0


def _read(connection: Connection, query: Select[Any]) -> Sequence[Activity]:
    return [
        Activity(at=row.at, by=By.parse(row.by), verb=row.verb, subject=row.subject, detail=row.detail)
        for row in connection.execute(query)
    ]
