"""What editors set by hand, kept apart from what sources say so that collecting again leaves it alone."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from itertools import islice

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, select

from digest.model import Edit
from digest.store.sql.upsert import upsert
from digest.store.tables import edits


@cache
def _codec() -> TypeAdapter[Edit]:
    return TypeAdapter(Edit)


def load(connection: Connection) -> Mapping[tuple[str, str], Edit]:
    """Every edit, by the item's source and key."""
    return {(row.source, row.key): _codec().validate_python(row.content) for row in connection.execute(select(edits))}


def newest_kinds(connection: Connection, *, most: int) -> list[Edit]:
    """The edits that say what an item is, the newest first."""
    rows = connection.execute(select(edits).order_by(edits.c.edited_at.desc(), edits.c.source, edits.c.key))
    found = (_codec().validate_python(row.content) for row in rows)
    return list(islice((edit for edit in found if edit.kind is not None), most))


def save(connection: Connection, edit: Edit, now: datetime) -> None:
    """Keep an edit in place of an earlier one of the same item."""
    content = _codec().dump_python(edit, mode="json", exclude_none=True)
    upsert(connection, edits, {"source": edit.source, "key": edit.key}, {"content": content, "edited_at": now})


def forget(connection: Connection, pairs: Iterable[tuple[str, str]]) -> None:
    """Let the sources speak for themselves again, by source and key."""
    for source, key in pairs:
        connection.execute(delete(edits).where(edits.c.source == source, edits.c.key == key))
