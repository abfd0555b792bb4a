"""Items as collected: one row per (source, key); the row's id grows from older to newer."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field, TypeAdapter
from sqlalchemy import ColumnElement, Connection, Select, Text, and_, bindparam, func, or_, select, tuple_, update

from digest.model import Bearer, Event, Item, Post, Vacancy
from digest.store.sql.json_rows import JsonRows
from digest.store.sql.upsert import insert_for
from digest.store.tables import items

_NEWEST = 2_000  # of a source: as many as its answer may hold
_PAIRS = JsonRows((("source", Text()), ("key", Text())))
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


def load(
    connection: Connection, *, source: str | None = None, which: Select[tuple[int]] | None = None
) -> Iterator[Stored]:
    """Stored items, newest first.

    Args:
        connection: of any transaction.
        source: only of this one.
        which: only those whose ids this selects.
    """
    query = select(items.c.id, items.c.content, items.c.gone_at).order_by(items.c.id.desc())
    if source is not None:
        query = query.where(items.c.source == source)
    if which is not None:
        query = query.where(items.c.id.in_(which))
    for row in connection.execute(query):
        item = _CODEC.validate_python(row.content)
        yield Stored(id=row.id, item=replace(item, withdrawn=True) if row.gone_at else item)


def bearers(connection: Connection) -> Sequence[tuple[int, Bearer]]:
    """Every item's row id and what it goes by, newest first; the rest of it is not read."""
    title, url, replaces = (items.c.content[name].as_string() for name in ("title", "url", "replaces"))
    query = select(items.c.id, items.c.source, items.c.key, title, url, replaces).order_by(items.c.id.desc())
    return [
        (number, Bearer(source, key, title or "", url or "", _listed(replaces)))
        for number, source, key, title, url, replaces in connection.execute(query).all()
    ]


def _listed(told: str | None) -> tuple[str, ...]:
    return tuple(json.loads(told)) if told and told != "[]" else ()


def numbered(numbers: Collection[int], *, besides: Select[tuple[int]] | None = None) -> Select[tuple[int]]:
    """The ids of these rows, where they are there; `besides`: and those that this selects."""
    these = items.c.id.in_(numbers)
    return select(items.c.id).where(these if besides is None else these | items.c.id.in_(besides))


def comparable(source: str, *, since: datetime, lists_everything: bool) -> Select[tuple[int]]:
    """The ids of what a source's next answer is compared with: its newest, and all that it may still list.

    Args:
        source: its name.
        since: what was over by then is not compared any more.
        lists_everything: whether an answer is all there is; what is missing in it is withdrawn, or has another key.
    """
    latest = select(items.c.id).where(items.c.source == source).order_by(items.c.id.desc()).limit(_NEWEST).subquery()
    newest = select(latest.c.id)  # SQLite joins no queries that have a limit
    if not lists_everything:
        return newest
    current = items.c.gone_at.is_(None) & or_(items.c.over_at.is_(None), items.c.over_at >= since)
    return select(items.c.id).where(items.c.source == source, or_(current, items.c.id.in_(newest)))


def picture_addresses(connection: Connection, *, which: Select[tuple[int]]) -> Sequence[tuple[str, str]]:
    """Which source's item names a picture where, newest first; `which` selects the ids of the items."""
    address = items.c.content["image_url"].as_string()
    query = select(items.c.source, address).where(items.c.id.in_(which), address.is_not(None))
    return [(row[0], row[1]) for row in connection.execute(query.order_by(items.c.id.desc())) if row[1]]


def last_change(connection: Connection) -> datetime | None:
    """When anything was last new or changed."""
    return connection.execute(select(func.max(items.c.changed_at))).scalar()


def count(connection: Connection) -> int:
    """How many are stored."""
    return connection.execute(select(func.count()).select_from(items)).scalar_one()


def count_by_source(connection: Connection) -> Mapping[str, int]:
    """How many are stored of each source."""
    query = select(items.c.source, func.count().label("items")).group_by(items.c.source)
    return {row.source: row.items for row in connection.execute(query)}


def latest(connection: Connection, source: str, *, limit: int) -> tuple[Item, ...]:
    """What a source brought last, the newest first."""
    newest = select(items.c.id).where(items.c.source == source).order_by(items.c.id.desc()).limit(limit).subquery()
    return tuple(stored.item for stored in load(connection, which=select(newest.c.id)))


def get(connection: Connection, item_id: int) -> Item | None:
    """One item by its row's id."""
    content = connection.execute(select(items.c.content).where(items.c.id == item_id)).scalar()
    return None if content is None else _CODEC.validate_python(content)


def among(connection: Connection, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Item]:
    """The stored items of these sources and keys."""
    numbers = list(ids(connection, pairs).values())
    found = load(connection, which=select(items.c.id).where(items.c.id.in_(numbers)))
    return {(stored.item.source, stored.item.key): stored.item for stored in found}


def changes(connection: Connection, *, which: Select[tuple[int]]) -> Mapping[tuple[str, str], datetime]:
    """When each was last another than before, or told otherwise, by source and key.

    Args:
        connection: of any transaction.
        which: the ids of those.
    """
    query = select(items.c.source, items.c.key, items.c.changed_at).where(items.c.id.in_(which))
    return {(row.source, row.key): row.changed_at for row in connection.execute(query)}


def pairs(connection: Connection, *, which: Select[tuple[int]]) -> frozenset[tuple[str, str]]:
    """The sources and keys of those with these ids."""
    query = select(items.c.source, items.c.key).where(items.c.id.in_(which))
    return frozenset((row.source, row.key) for row in connection.execute(query))


def gone(connection: Connection, pairs: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """Which of these, by source and key, a source that lists everything lists no longer."""
    query = select(items.c.source, items.c.key).where(items.c.gone_at.is_not(None), _is_among(connection))
    rows = connection.execute(query, {"pairs": _PAIRS.array(connection.dialect, _rows(pairs))})
    return frozenset((row.source, row.key) for row in rows)


def withdraw(
    connection: Connection, source: str, listed: Collection[str], now: datetime, *, compared: Select[tuple[int]]
) -> int:
    """Mark what a source that lists everything lists no longer, and unmark what is back; returns how many changed.

    Args:
        connection: of a transaction that may write.
        source: its name.
        listed: the keys in its answer.
        now: since when the others are gone.
        compared: the ids of what the answer was compared with; of the rest it says nothing.
    """
    known = select(items.c.id, items.c.key, items.c.gone_at).where(items.c.source == source)
    rows = connection.execute(known.where(items.c.id.in_(compared))).all()
    gone = [row.id for row in rows if row.key not in listed and row.gone_at is None]
    back = [row.id for row in rows if row.key in listed and row.gone_at is not None]
    for ids_, moment in ((gone, now), (back, None)):
        mark = update(items).where(items.c.id == bindparam("item")).values(gone_at=moment, changed_at=now)
        if ids_:
            connection.execute(mark, [{"item": item_id} for item_id in ids_])
    return len(gone) + len(back)


def touch(connection: Connection, which: ColumnElement[bool], now: datetime) -> None:
    """Note that what is told of these items is another since now, though their source says what it said."""
    connection.execute(update(items).where(which).values(changed_at=now))


def are(connection: Connection, pairs: Iterable[tuple[str, str]]) -> ColumnElement[bool]:
    """Which items have these sources and keys."""
    return items.c.id.in_(list(ids(connection, pairs).values()))


def are_of_series(source: str, series: str) -> ColumnElement[bool]:
    """Which items are occurrences of this series."""
    return and_(items.c.source == source, items.c.content["series"].as_string() == series)


def save(connection: Connection, collected: Sequence[Item], now: datetime) -> Saved:
    """Keep what a source yielded, newest first; an unchanged item writes nothing.

    An item that the source no longer lists stays: pages show only their latest posts.
    """
    new: list[Item] = []
    changed: list[dict[str, object]] = []
    unchanged = 0
    held = _held(connection, collected)
    for item in collected:
        before = held.get(item.key)
        if before is None:
            new.append(item)
            continue
        current = continued(item, before.item)
        if before.item == current:
            unchanged += 1
        else:
            changed.append({"item": before.id, "changed_at": now, "weighed": None, **_row(current)})
    if changed:
        connection.execute(update(items).where(items.c.id == bindparam("item")), changed)
    if new:
        rows = [{"source": i.source, "key": i.key, "first_seen_at": i.first_seen_at, **_row(i)} for i in reversed(new)]
        # Another process may be collecting the same: who comes second leaves the first one's row.
        statement = insert_for(connection, items).on_conflict_do_nothing()
        connection.execute(statement, [row | {"changed_at": now} for row in rows])
    return Saved(new=len(new), changed=len(changed), unchanged=unchanged)


def continued(item: Item, before: Item) -> Item:
    """An item as collected again: seen first when it was, and still in place of what it replaced."""
    replaces = tuple(dict.fromkeys((*item.replaces, *before.replaces)))
    return replace(item, first_seen_at=before.first_seen_at, withdrawn=before.withdrawn, replaces=replaces)


def ids(connection: Connection, wanted: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], int]:
    """Row ids by (source, key)."""
    pairs = list(wanted)
    query = select(items.c.id, items.c.source, items.c.key).where(_is_among(connection))
    rows = connection.execute(query, {"pairs": _PAIRS.array(connection.dialect, _rows(pairs))})
    known = {(row.source, row.key): int(row.id) for row in rows}
    return {pair: known[pair] for pair in pairs if pair in known}


def _held(connection: Connection, collected: Sequence[Item]) -> dict[str, Stored]:
    """What is stored of these, all of one source, by key."""
    query = select(items.c.id, items.c.content, items.c.gone_at).where(_is_among(connection))
    pairs = _rows([(item.source, item.key) for item in collected])
    found = (
        (row, _CODEC.validate_python(row.content))
        for row in connection.execute(query, {"pairs": _PAIRS.array(connection.dialect, pairs)})
    )
    return {
        item.key: Stored(id=row.id, item=replace(item, withdrawn=True) if row.gone_at else item) for row, item in found
    }


def _is_among(connection: Connection) -> ColumnElement[bool]:
    """Whether an item is one of the parameter ``pairs``."""
    pairs = _PAIRS.table(connection.dialect.name, "pairs")
    return tuple_(items.c.source, items.c.key).in_(select(pairs.c.source, pairs.c.key))


def _rows(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"source": source, "key": key} for source, key in pairs]


def _row(item: Item) -> dict[str, object]:
    content = _CODEC.dump_python(replace(item, withdrawn=False), mode="json")  # that is the column's to say
    return {"kind": item.kind.value, "content": content, "over_at": _over_at(item)}


def _over_at(item: Item) -> datetime | None:
    """When it is over, to the day: it decides what is loaded, not what is shown."""
    match item:
        case Event(starts_at=starts_at, ends_at=ends_at, dates=dates):
            lasting = dates[-1] - starts_at if dates else timedelta(0)
            return (ends_at or starts_at + timedelta(days=1)) + lasting
        case Vacancy(closes_at=closes_at):
            return closes_at
        case Post():
            return None
