"""Backups of the store, and what must not happen after one was put back: that people get a mail again."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from digest.app import App
from digest.compose import next_due, period_of
from digest.config import DigestConfig
from digest.core.announcements import keep_all_back
from digest.core.campaigns import moves
from digest.core.campaigns.moves import Move
from digest.core.health.kept_pictures import KeptPictures, bring_back, forget_others, keep_known, keep_of
from digest.errors import DigestError, TakenError
from digest.model import By, CampaignStatus, Told
from digest.resources import private_folder
from digest.store import backup as store_backup
from digest.store import campaigns, outbox
from digest.store.campaigns import Campaign
from digest.store.organisers import activity, sessions, sign_ins

_PATTERN = "digest-*.sqlite"
_KNOWN = 500  # editions that are looked at of the store that is replaced


@dataclass(frozen=True, kw_only=True, slots=True)
class Restored:
    """What a store was put back to, and what waits for a person since."""

    taken_at: datetime
    kept: Path  # what the store held before
    stopped: tuple[str, ...]  # campaigns and drafts that would have gone on, and perhaps have gone since
    pictures: KeptPictures  # of those that it knows


def back_up(app: App, target: Path, now: datetime) -> KeptPictures:
    """Write the store into a file, and its pictures into a folder beside that.

    Most pictures come first, so that a folder which takes none is told before there is a backup without them.

    Raises:
        UsageError: for a store that is not SQLite.
        DigestError: when it cannot be written.
    """
    store_backup.must_be_sqlite(app.store, store_backup.DUMP.format(target=target))
    keep_known(app, target)
    store_backup.back_up(app.store, target, now)
    return keep_of(app, target)


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
    await asyncio.to_thread(forget_others, folder, now)
    return target


def restore(app: App, source: Path, now: datetime, *, by: By) -> Restored:
    """Put a backup in the place of what the store holds, which is kept beside it; its pictures are brought back, too.

    What the backup does not know may have gone since: what was being sent is paused, editions that wait are held,
    announcements are kept back, and periods that were due since, or are on record in what the store holds now, are on
    record as skipped. A person who knows says what goes on. Everybody signs in anew: who was signed out stays so.
    The store is never there without all that: it is changed in a copy of the backup, and that is put in its place.

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
        store_backup.back_up(app.store, kept, now)  # whose pictures stay where they are
        pictures = bring_back(app, source)
        with store_backup.opened_beside(app.store, source) as copy:
            with copy.write() as connection:
                stopped = tuple(_stop(app, connection, taken_at, now, by))
                sessions.end_all(connection)
                sign_ins.forget_all(connection)
                detail = f"as of {taken_at.isoformat(timespec='seconds')}"
                activity.record(connection, at=now, by=by, verb="restore", subject="store", detail=detail)
            outbox.forget_noted(app.store)
            store_backup.put_back(app.store, copy)
    return Restored(taken_at=taken_at, kept=kept, stopped=stopped, pictures=pictures)


def _stop(app: App, connection: Connection, taken_at: datetime, now: datetime, by: By) -> list[str]:
    told = f"the store was restored as of {taken_at:%Y-%m-%d %H:%M} UTC; it may have gone since"
    reason = Told.of(told, "reason_restored", {"moment": taken_at})
    stopped = []
    for one in campaigns.sending(connection):
        moves.moved(connection, one, Move.PAUSE, by=by, now=now, reason=reason)
        stopped.append(one.name)
    for one in (*campaigns.drafted(connection), *_prepared_by_hand(app, connection)):
        if one.status is not CampaignStatus.PREPARED:
            continue
        moves.moved(connection, one, Move.HOLD, by=by, now=now, reason=reason)
        stopped.append(one.name)
    stopped += [f"draft {one.id}" for one in keep_all_back(connection, reason, by=by, now=now)]
    for digest, period in (*_due_since(app, taken_at, now), *_begun(app)):
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
    return stopped


def _prepared_by_hand(app: App, connection: Connection) -> Sequence[Campaign]:
    """What the schedule lets go once it is due, though it did not draft it."""
    unasked = [one.name for one in app.config.digests if one.approval == "none"]
    known = campaigns.outlines(connection, digests=unasked, limit=_KNOWN)
    found = [campaigns.by_id(connection, one.id) for one in known if one.status is CampaignStatus.PREPARED]
    return [one for one in found if one is not None and one.send_at is None]


def _due_since(app: App, taken_at: datetime, now: datetime) -> Iterator[tuple[DigestConfig, str]]:
    zone = app.config.network.zone
    for digest in app.config.digests:
        moment = next_due(digest, taken_at, zone)
        while moment <= now:
            yield digest, period_of(digest, moment, zone)
            moment = next_due(digest, moment, zone)


def _begun(app: App) -> Sequence[tuple[DigestConfig, str]]:
    """What the store that is replaced knows of: a person may have sent an edition before it was due."""
    digests = {one.name: one for one in app.config.digests}
    try:
        with app.store.read() as connection:
            known = campaigns.outlines(connection, digests=digests, limit=_KNOWN)
    except (DigestError, SQLAlchemyError):  # it is damaged, and that is why it is replaced
        return ()
    return [(digests[one.digest], one.period) for one in known if one.status is not CampaignStatus.PREPARED]
