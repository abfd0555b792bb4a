"""Drafts of announcements: the rows. Whoever changes one names the version they saw."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from digest.model import By, Draft, Told, kept
from digest.store.tables import drafts


def create(connection: Connection, *, name: str, text: str, by: By, now: datetime, correcting: str | None) -> Draft:
    """Keep a new draft."""
    who = {"created_by": str(by), "created_at": now, "changed_by": str(by), "changed_at": now}
    values = {"name": name, "text": text, "correcting": correcting, "version": 1, "trouble": "", **who}
    (made,) = _many(connection.execute(insert(drafts).values(**values).returning(drafts)))
    return made


def find(connection: Connection, draft_id: int) -> Draft | None:
    """The draft of this id."""
    found = _many(connection.execute(select(drafts).where(drafts.c.id == draft_id)))
    return found[0] if found else None


def latest(connection: Connection, limit: int) -> tuple[Draft, ...]:
    """Those that were changed last, newest first."""
    return _many(
        connection.execute(select(drafts).order_by(drafts.c.changed_at.desc(), drafts.c.id.desc()).limit(limit))
    )


def due(connection: Connection, now: datetime) -> tuple[Draft, ...]:
    """Those whose time has come, the earliest first."""
    query = select(drafts).where(drafts.c.send_at <= now, drafts.c.campaign.is_(None))
    return _many(connection.execute(query.order_by(drafts.c.send_at, drafts.c.id)))


def scheduled(connection: Connection) -> tuple[Draft, ...]:
    """Those that go by themselves, the earliest first."""
    query = select(drafts).where(drafts.c.send_at.is_not(None), drafts.c.campaign.is_(None))
    return _many(connection.execute(query.order_by(drafts.c.send_at, drafts.c.id)))


def in_trouble(connection: Connection) -> tuple[Draft, ...]:
    """Those that did not go when they were to."""
    query = select(drafts).where(drafts.c.trouble != "", drafts.c.campaign.is_(None))
    return _many(connection.execute(query.order_by(drafts.c.id)))


def unsent_texts(connection: Connection) -> Sequence[str]:
    """What those say that did not go yet."""
    return tuple(connection.execute(select(drafts.c.text).where(drafts.c.campaign.is_(None))).scalars())


def change(connection: Connection, draft: Draft, *, by: By, now: datetime, **values: Any) -> bool:
    """Put values in the place of a draft's, unless it was changed or sent since it was read; whether they were.

    Args:
        connection: of a transaction that may write.
        draft: as whoever changes it saw it; only its id and version are looked at.
        by: who does.
        now: when.
        values: of its columns; why it did not go may be a `Told`.
    """
    if "trouble" in values:
        values |= {"trouble": str(values["trouble"]), "trouble_told": kept(values["trouble"])}
    told = {"version": draft.version + 1, "changed_by": str(by), "changed_at": now, **values}
    return connection.execute(update(drafts).where(_unsent(draft)).values(**told)).rowcount > 0


def discard(connection: Connection, draft: Draft) -> bool:
    """Delete a draft, unless it was changed or sent since it was read; whether it was."""
    return connection.execute(delete(drafts).where(_unsent(draft))).rowcount > 0


def _unsent(draft: Draft) -> ColumnElement[bool]:
    return (drafts.c.id == draft.id) & (drafts.c.version == draft.version) & drafts.c.campaign.is_(None)


def _many(rows: Any) -> tuple[Draft, ...]:
    found: Sequence[dict[str, Any]] = [dict(row) for row in rows.mappings()]
    who = ("created_by", "changed_by")
    for row in found:
        row["trouble"] = Told.read(row["trouble"], row.pop("trouble_told"))
    return tuple(Draft(**row | {name: By.parse(row[name]) for name in who}) for row in found)
