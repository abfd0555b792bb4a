"""What each source did when it was last collected."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from digest.store.tables import sources
from digest.store.upsert import upsert


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceState:
    """The memory of one source."""

    name: str
    etag: str | None = None
    last_modified: str | None = None
    last_success_at: datetime | None = None
    last_error_at: datetime | None = None
    last_error: str | None = None
    item_count: int | None = None  # items in the last successful answer


def states(connection: Connection) -> Mapping[str, SourceState]:
    """Every source that was ever collected, by name."""
    return {row.name: SourceState(**row._asdict()) for row in connection.execute(select(sources))}


def record_success(
    connection: Connection,
    name: str,
    *,
    now: datetime,
    etag: str | None,
    last_modified: str | None,
    item_count: int,
) -> None:
    """The source answered and was understood."""
    _record(
        connection,
        name,
        {
            "etag": etag,
            "last_modified": last_modified,
            "last_success_at": now,
            "last_error": None,
            "item_count": item_count,
        },
    )


def record_error(connection: Connection, name: str, *, now: datetime, error: str) -> None:
    """The source failed; what it yielded before stays."""
    _record(connection, name, {"last_error_at": now, "last_error": error})


def _record(connection: Connection, name: str, values: dict[str, Any]) -> None:
    upsert(connection, sources, {"name": name}, values)
