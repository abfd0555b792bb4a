"""Items as collected: one row per (source, key); the row's id grows from older to newer."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from pydantic import Field, TypeAdapter
from sqlalchemy import Connection, bindparam, select, update

from digest.model import Item, Kind
from digest.store.sql.upsert import insert_for
from digest.store.tables import items

_CODEC: TypeAdapter[Item] = TypeAdapter(Annotated[Item, Field(discriminator="kind")])


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """An item with the id of its row."""

    id: int
    item: Item


@dataclass(frozen=True, kw_only=True, slots=True)
class Saved:
    """What one collection of a source changed."""

    new: int
    changed: int
    unchanged: int


def load(connection: Connection, *, kind: Kind | None = None, source: str | None = None) -> Iterator[Stored]:
    """Stored items, newest first."""
    query = select(items.c.id, items.c.content, items.c.gone_at).order_by(items.c.id.desc())
    if kind is not None:
        query = query.where(items.c.kind == kind)
    if source is not None:
        query = query.where(items.c.source == source)
    for row in connection.execute(query):
        item = _CODEC.validate_python(row.content)
        yield Stored(id=row.id, item=replace(item, withdrawn=True) if row.gone_at else item)


def get(connection: Connection, item_id: int) -> Item | None:
    """One item by its row's id."""
    content = connection.execute(select(items.c.content).where(items.c.id == item_id)).scalar()
    return None if content is None else _CODEC.validate_python(content)


def withdraw(connection: Connection, source: str, listed: Collection[str], now: datetime) -> int:
    """Mark what a source that lists everything lists no longer, and unmark what is back; returns how many changed."""
    known = select(items.c.id, items.c.key, items.c.gone_at).where(items.c.source == source)
    rows = connection.execute(known).all()
    gone = [row.id for row in rows if row.key not in listed and row.gone_at is None]
    back = [row.id for row in rows if row.key in listed and row.gone_at is not None]
    for ids_, moment in ((gone, now), (back, None)):
        mark = update(items).where(items.c.id == bindparam("item")).values(gone_at=moment)
        if ids_:
            connection.execute(mark, [{"item": item_id} for item_id in ids_])
    return len(gone) + len(back)


def save(connection: Connection, collected: Sequence[Item], now: datetime) -> Saved:
    """Keep what a source yielded, newest first; an unchanged item writes nothing.

    An item that the source no longer lists stays: pages show only their latest posts.
    """
    new: list[Item] = []
    changed = unchanged = 0
    held = {stored.item.key: stored for stored in load(connection, source=collected[0].source)} if collected else {}
    for item in collected:
        before = held.get(item.key)
        if before is None:
            new.append(item)
            continue
        current = continued(item, before.item)
        if before.item == current:
            unchanged += 1
        else:
            changed += 1
            connection.execute(update(items).where(items.c.id == before.id).values(changed_at=now, **_row(current)))
    if new:
        rows = [{"source": i.source, "key": i.key, "first_seen_at": i.first_seen_at, **_row(i)} for i in reversed(new)]
        # Another process may be collecting the same: who comes second leaves the first one's row.
        statement = insert_for(connection, items).on_conflict_do_nothing()
        connection.execute(statement, [row | {"changed_at": now} for row in rows])
    return Saved(new=len(new), changed=changed, unchanged=unchanged)


def continued(item: Item, before: Item) -> Item:
    """An item as collected again: seen first when it was, and still in place of what it replaced."""
    replaces = tuple(dict.fromkeys((*item.replaces, *before.replaces)))
    return replace(item, first_seen_at=before.first_seen_at, withdrawn=before.withdrawn, replaces=replaces)


def ids(connection: Connection, wanted: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], int]:
    """Row ids by (source, key)."""
    query = select(items.c.id, items.c.source, items.c.key)
    known = {(row.source, row.key): int(row.id) for row in connection.execute(query)}
    return {pair: known[pair] for pair in wanted if pair in known}


def _row(item: Item) -> dict[str, object]:
    content = _CODEC.dump_python(replace(item, withdrawn=False), mode="json")  # that is the column's to say
    return {"kind": item.kind.value, "content": content}
