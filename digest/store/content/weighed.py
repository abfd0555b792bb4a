"""What the answered items were read as, kept beside each until its source says something else of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from digest.store.content.items import ids
from digest.store.tables import items


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What is kept of one item."""

    id: int
    changed_at: datetime
    weighed: Mapping[str, Any] | None  # as whoever kept it wrote it


def load(connection: Connection, pairs: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], Kept]:
    """What is kept of these, by source and key; those that are not stored are left out."""
    numbers = list(ids(connection, pairs).values())
    query = select(items.c.id, items.c.source, items.c.key, items.c.changed_at, items.c.weighed)
    rows = connection.execute(query.where(items.c.id.in_(numbers)))
    return {
        (row.source, row.key): Kept(id=row.id, changed_at=row.changed_at, weighed=row.weighed or None) for row in rows
    }


def keep(connection: Connection, found: Iterable[Kept]) -> None:
    """Keep it of the items that did not change meanwhile."""
    rows = [{"item": one.id, "seen": one.changed_at, "weighed": one.weighed} for one in found]
    if rows:
        same = (items.c.id == bindparam("item")) & (items.c.changed_at == bindparam("seen"))
        connection.execute(update(items).where(same), rows)
