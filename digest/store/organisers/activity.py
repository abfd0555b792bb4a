"""Who did what when: a row for every change, written in the transaction that makes it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, insert, literal, select

from digest.model import Activity, By, Told, kept
from digest.store.tables import activity


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """Which of what was done; "" wherever it does not matter."""

    by: str = ""  # "command ada", or how it begins: "command"
    verb: str = ""
    subject: str = ""  # whole
    about: str = ""  # what stands anywhere in its subject


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """In which order what was done is told; each is that of an index."""

    by: str = "when"  # or "what", "who"
    descending: bool = True


NEWEST_FIRST = Order()


def record(connection: Connection, *, at: datetime, by: By, verb: str, subject: str, detail: str = "") -> None:
    """Put down what was done."""
    record_all(connection, [Activity(at=at, by=by, verb=verb, subject=subject, detail=detail)])


def record_all(connection: Connection, done: Iterable[Activity]) -> None:
    """Put down all that was done, in this order."""
    rows = [_row(one) for one in done]
    if rows:
        connection.execute(insert(activity), rows)


def record_of_each(connection: Connection, done: Activity, subjects: Select[*tuple[str]]) -> None:
    """Put down the same about each of these subjects, which a query knows, in its order."""
    row = {**_row(done), "subject": subjects.selected_columns[0]}
    values = [row[name] if name == "subject" else literal(row[name], activity.c[name].type) for name in row]
    connection.execute(insert(activity).from_select(list(row), subjects.with_only_columns(*values)))


def _row(done: Activity) -> dict[str, Any]:
    return {
        "at": done.at,
        "by": str(done.by),
        "verb": done.verb,
        "subject": done.subject,
        "detail": str(done.detail),
        "detail_told": kept(done.detail),
    }


def latest(
    connection: Connection,
    *,
    limit: int,
    subject: str | None = None,
    which: Filter | None = None,
    offset: int = 0,
    order: Order = NEWEST_FIRST,
) -> Sequence[Activity]:
    """What was done last, newest first unless another order is given; to one subject, or to all; or as a filter has it.

    By what or by whom, of each the latest stands at the end where the order goes up.
    """
    which = which or Filter(subject=subject or "")
    columns = {"what": [activity.c.verb], "who": [activity.c.by]}.get(order.by, [])
    ordered = [one.desc() if order.descending else one.asc() for one in (*columns, activity.c.id)]
    return list(_read(connection, _chosen(which).order_by(*ordered).limit(limit).offset(offset)))


def since(connection: Connection, number: int, *, limit: int) -> Sequence[Activity]:
    """What was done after the row of this number, oldest first."""
    query = select(activity).where(activity.c.id > number).order_by(activity.c.id).limit(limit)
    return list(_read(connection, query))


def latest_id(connection: Connection, *, verbs: Sequence[str] = ()) -> int:
    """Another one whenever something was done since; by one of these verbs, where any are named."""
    if not verbs:
        return connection.execute(select(func.max(activity.c.id))).scalar() or 0
    each = (select(func.max(activity.c.id)).where(activity.c.verb == verb) for verb in verbs)
    return max(connection.execute(one).scalar() or 0 for one in each)


def verbs(connection: Connection) -> Sequence[str]:
    """Everything that was ever done, by the alphabet."""
    return connection.execute(select(activity.c.verb).distinct().order_by(activity.c.verb)).scalars().all()


def actors(connection: Connection) -> Sequence[str]:
    """Everybody who ever did something, by the alphabet."""
    return connection.execute(select(activity.c.by).distinct().order_by(activity.c.by)).scalars().all()


def _chosen(which: Filter) -> Select[Any]:
    query = select(activity)
    if which.by:
        begins = activity.c.by.startswith(f"{which.by} ", autoescape=True)
        query = query.where((activity.c.by == which.by) | begins)
    if which.verb:
        query = query.where(activity.c.verb == which.verb)
    if which.subject:
        query = query.where(activity.c.subject == which.subject)
    if which.about:
        query = query.where(activity.c.subject.icontains(which.about, autoescape=True))
    return query


def _read(connection: Connection, query: Select[Any]) -> Iterator[Activity]:
    for row in connection.execute(query):
        detail = Told.read(row.detail, row.detail_told)
        yield Activity(at=row.at, by=By.parse(row.by), verb=row.verb, subject=row.subject, detail=detail)
