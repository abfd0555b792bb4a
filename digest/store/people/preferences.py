"""What people want less of: rows by person and digest, where "" is all mail."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from digest.model import Preferences, Recipient
from digest.store.people.laws import EVERYTHING
from digest.store.people.subscribers import recipient_of
from digest.store.sql.upsert import added, upsert
from digest.store.tables import mutes, preferences, subscribers


def mute(connection: Connection, subscriber_id: int, names: Iterable[str], *, digest: str = EVERYTHING) -> bool:
    """Leave these categories or sections out of what a person gets; whether anything changed."""
    rows = [{"subscriber_id": subscriber_id, "name": name.casefold(), "digest": digest} for name in names]
    return sum(added(connection, mutes, row) for row in rows) > 0


def unmute(connection: Connection, subscriber_id: int, names: Iterable[str], *, digest: str = EVERYTHING) -> bool:
    """Let a person have these again; whether anything changed."""
    own = (mutes.c.subscriber_id == subscriber_id) & (mutes.c.digest == digest)
    gone = delete(mutes).where(own, mutes.c.name.in_([name.casefold() for name in names]))
    return connection.execute(gone).rowcount > 0


def pause(connection: Connection, subscriber_id: int, until: datetime | None, *, digest: str = EVERYTHING) -> None:
    """Send a person nothing until then; None ends a pause."""
    _put(connection, subscriber_id, digest, paused_until=until)


def next_back(connection: Connection, now: datetime) -> tuple[int, Recipient] | None:
    """Somebody whose pause of all mail is over, and not yet ended."""
    over = (preferences.c.digest == EVERYTHING) & (preferences.c.paused_until <= now)
    people = select(subscribers).join(preferences, preferences.c.subscriber_id == subscribers.c.id).where(over)
    row = connection.execute(people.order_by(subscribers.c.id).limit(1)).one_or_none()
    return None if row is None else (row.id, recipient_of(row))


def choose(connection: Connection, subscriber_id: int, *, digest: str, chosen: str | None) -> None:
    """Send a person another digest in the place of this one; None is this one again."""
    _put(connection, subscriber_id, digest, chosen=chosen)


def preferences_of(connection: Connection, subscriber_id: int) -> Mapping[str, Preferences]:
    """All of a person's preferences, by digest."""
    muted: dict[str, list[str]] = {}
    own = select(mutes.c.digest, mutes.c.name).where(mutes.c.subscriber_id == subscriber_id).order_by(mutes.c.name)
    for digest, name in connection.execute(own):
        muted.setdefault(digest, []).append(name)
    rows = connection.execute(select(preferences).where(preferences.c.subscriber_id == subscriber_id))
    kept = {row.digest: row for row in rows}
    return {
        digest: Preferences(
            muted=tuple(muted.get(digest, ())),
            paused_until=kept[digest].paused_until if digest in kept else None,
            chosen=kept[digest].chosen if digest in kept else None,
        )
        for digest in sorted({*muted, *kept})
    }


def muted_by(connection: Connection, subscriber_id: int, digest: str) -> frozenset[str]:
    """What a person wants nothing of in an edition of a digest."""
    query = select(mutes.c.name).where(mutes.c.subscriber_id == subscriber_id, mutes.c.digest.in_((EVERYTHING, digest)))
    return frozenset(connection.execute(query).scalars())


def _put(connection: Connection, subscriber_id: int, digest: str, **values: Any) -> None:
    upsert(connection, preferences, {"subscriber_id": subscriber_id, "digest": digest}, values)
