"""What each source did when it was last collected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from digest.model import Told, kept
from digest.store.sql.upsert import upsert
from digest.store.tables import sources

_NO_ERROR = {"last_error": None, "last_error_told": None}


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceState:
    """The memory of one source."""

    name: str
    etag: str | None = None
    last_modified: str | None = None
    last_success_at: datetime | None = None
    last_error_at: datetime | None = None
    last_error: Told | None = None
    item_count: int | None = None  # in the last answer that held any
    read_as: str | None = None  # a fingerprint of the settings and the version that the last answer was read with
    unreadable: tuple[str, ...] = ()  # a line for each part of the last answer that could not be read


def states(connection: Connection) -> Mapping[str, SourceState]:
    """Every source that was ever collected, by name."""
    return {row.name: _state(row._asdict()) for row in connection.execute(select(sources))}


def record_success(
    connection: Connection,
    name: str,
    *,
    now: datetime,
    etag: str | None,
    last_modified: str | None,
    item_count: int,
    read_as: str,
    unreadable: Sequence[str] = (),
) -> None:
    """The source answered and was understood, save for what is unreadable."""
    _record(
        connection,
        name,
        {
            "etag": etag,
            "last_modified": last_modified,
            "last_success_at": now,
            **_NO_ERROR,
            # An empty answer does not make the source's usual size be forgotten: it is what makes it suspicious.
            **({"item_count": item_count} if item_count else {}),
            "read_as": read_as,
            "unreadable": [kept(line) or line for line in unreadable],
        },
    )


def record_unchanged(connection: Connection, name: str, *, now: datetime) -> None:
    """The source answered that nothing has changed: a success with nothing to keep; what was unreadable still is."""
    _record(connection, name, {"last_success_at": now, **_NO_ERROR})


def record_error(connection: Connection, name: str, *, now: datetime, error: str) -> None:
    """The source failed; what it yielded before stays."""
    _record(connection, name, {"last_error_at": now, "last_error": str(error), "last_error_told": kept(error)})


def _state(row: dict[str, Any]) -> SourceState:
    error, told = row["last_error"], row.pop("last_error_told")
    lines = (one if isinstance(one, dict) else {"says": one} for one in row["unreadable"] or ())
    return SourceState(
        **row
        | {
            "last_error": None if error is None else Told.read(error, told),
            "unreadable": tuple(Told.read(str(one.get("says", "")), one) for one in lines),
        }
    )


def _record(connection: Connection, name: str, values: dict[str, Any]) -> None:
    upsert(connection, sources, {"name": name}, values)
