"""Backups of the store, and what must not happen after one was put back: that people get a mail again."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from digest.app import App
from digest.compose import next_due, period_of
from digest.core.campaigns import moves
from digest.core.campaigns.moves import Move
from digest.errors import TakenError
from digest.model import By, CampaignStatus
from digest.resources import private_folder
from digest.store import backup as store_backup
from digest.store import campaigns
from digest.store.engine import upgrade_store
from digest.store.organisers import activity

_PATTERN = "digest-*.sqlite"


@dataclass(frozen=True, kw_only=True, slots=True)
class Restored:
    """What a store was put back to, and what waits for a person since."""

    taken_at: datetime
    kept: Path  # what the store held before
    stopped: tuple[str, ...]  # campaigns that would have gone on, and perhaps have gone since


def back_up(app: App, target: Path, now: datetime) -> None:
    """Write the store into a file; raises as `digest.store.backup.back_up`."""
    store_backup.back_up(app.store, target, now)


async def back_up_daily(app: App, now: datetime) -> Path | None:
    """The day's backup into the folder of `[service] backup`; None where it is made already, or none is wanted.

    As many are kept as `[service] backups` says, the newest.
    """
    if app.config.service.backup is None or app.store.file is None:
        return None
    folder = app.config.resolve(app.config.service.backup)
    target = folder / f"digest-{now.astimezone(app.config.network.zone):%Y-%m-%d}.sqlite"
    if target.exists():
        return None
    private_folder(folder)
    await asyncio.to_thread(back_up, app, target, now)
    for old in sorted(folder.glob(_PATTERN))[: -app.config.service.backups]:
        old.unlink()
    return target


def restore(app: App, source: Path, now: datetime, *, by: By) -> Restored:
    """Put a backup in the place of what the store holds, which is kept beside it.

    What the backup does not know may have gone since: what was being sent is paused, drafts are held, and periods that
    were due since are on record as skipped. A person who knows says what goes on.

    Raises:
        TakenError: when the service runs on this store.
        UsageError: when the file is no backup, or the store is not SQLite.
        DigestError: when it cannot be done; the store is as it was.
    """
    store_backup.must_be_sqlite(app.store, f"pg_restore --clean --if-exists --dbname=DATABASE {source}")
    taken_at = store_backup.taken_at(source)
    with app.store.exclusive("service") as free:
        if not free:
            raise TakenError("`digest run` is running on this store; stop that first")
        file = app.store.file or source
        kept = file.with_name(f"{file.name}.before-{now:%Y%m%dT%H%M%S}")
        back_up(app, kept, now)
        store_backup.put_back(app.store, source)
        upgrade_store(app.store)
        with app.store.write() as connection:
            stopped = tuple(_stop(app, connection, taken_at, now, by))
            detail = f"as of {taken_at.isoformat(timespec='seconds')}"
            activity.record(connection, at=now, by=by, verb="restore", subject="store", detail=detail)
    return Restored(taken_at=taken_at, kept=kept, stopped=stopped)


def _stop(app: App, connection: Connection, taken_at: datetime, now: datetime, by: By) -> list[str]:
    reason = f"the store was restored as of {taken_at:%Y-%m-%d %H:%M} UTC; it may have gone since"
    stopped = []
    for one in campaigns.sending(connection):
        moves.moved(connection, one, Move.PAUSE, by=by, now=now, reason=reason)
        stopped.append(one.name)
    waiting = [one for one in campaigns.drafted(connection) if one.status is CampaignStatus.PREPARED]
    for one in waiting:
        moves.moved(connection, one, Move.HOLD, by=by, now=now, reason=reason)
        stopped.append(one.name)
    zone = app.config.network.zone
    for digest in app.config.digests:
        moment = next_due(digest, taken_at, zone)
        while moment <= now:
            period = period_of(digest, moment, zone)
            made = moves.begin(
                connection,
                name=f"{digest.name}-{period}",
                digest=digest.name,
                period=period,
                status=CampaignStatus.SKIPPED,
                reason=reason,
                list_names=digest.lists,
                by=by,
                now=now,
            )
            stopped += [made.name] if made else []
            moment = next_due(digest, moment, zone)
    return stopped
