"""Who did what when: a row for every change, written in the transaction that makes it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select

from digest.model import Activity, By
from digest.store.tables import activity


def record(connection: Connection, *, at: datetime, by: By, verb: str, subject: str, detail: str = "") -> None:
    """Put down what was done."""
    record_all(connection, [Activity(at=at, by=by, verb=verb, subject=subject, detail=detail)])


def record_all(connection: Connection, done: Iterable[Activity]) -> None:
    """Put down all that was done, in this order."""
    rows = [
        {"at": one.at, "by": str(one.by), "verb": one.verb, "subject": one.subject, "detail": one.detail}
        for one in done
    ]
    if rows:
        connection.execute(insert(activity), rows)


def latest(connection: Connection, *, limit: int, subject: str | None = None) -> Sequence[Activity]:
    """What was done last, newest first; to one subject, or to all."""
    query = select(activity).order_by(activity.c.id.desc()).limit(limit)
    if subject is not None:
        query = query.where(activity.c.subject == subject)
    return [
        Activity(at=row.at, by=By.parse(row.by), verb=row.verb, subject=row.subject, detail=row.detail)
        for row in connection.execute(query)
    ]
