"""Pictures beside backups: in one folder for all backups that lie there, each once, since its name is its content's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from digest.app import App
from digest.core.content.pictures import picture_files
from digest.errors import DigestError, UsageError
from digest.store import backup as store_backup
from digest.store.content import pictures as picture_store
from digest.store.content.picture_files import PictureFiles

PICTURES_BESIDE = "digest-pictures"
"""What the folder beside a backup is called."""

_SQLITE = b"SQLite format 3\0"
_FRESH = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptPictures:
    """What came of the files of a store's pictures."""

    there: int  # files
    missing: int


def keep_known(app: App, target: Path) -> None:
    """Take the pictures that the store knows now to a place beside a backup that is to come; raises as `keep_of`."""
    if not target.parent.is_dir():
        return  # where the store cannot go either, which is told then
    with app.store.read() as connection:
        names = picture_store.files(connection)
    _taken(names, of=picture_files(app), to=_beside(target), where=target.parent / PICTURES_BESIDE)


def keep_of(app: App, target: Path) -> KeptPictures:
    """Take the pictures that a backup knows to the folder beside it. A file is written before the store knows it.

    Raises:
        DigestError: when they cannot be written.
    """
    names = store_backup.pictures_in(target)
    return _taken(names, of=picture_files(app), to=_beside(target), where=target.parent / PICTURES_BESIDE)


def bring_back(app: App, source: Path) -> KeptPictures:
    """Take the pictures that a backup knows, and that are lost here, from the folder beside it.

    Raises:
        DigestError: when they cannot be written.
    """
    names = store_backup.pictures_in(source)
    where = app.config.resolve(app.config.paths.var) / "pictures"
    return _taken(names, of=_beside(source), to=picture_files(app), where=where)


def forget_others(folder: Path, now: datetime) -> None:
    """Erase from beside the backups of a folder the pictures that none of them knows; none where one cannot be read."""
    try:
        known = [store_backup.pictures_in(one) for one in folder.iterdir() if _is_backup(one)]
    except (UsageError, OSError):
        return
    _beside(folder / "any").erase_others(frozenset().union(*known), before=now - _FRESH)


def _beside(backup: Path) -> PictureFiles:
    return PictureFiles(backup.parent / PICTURES_BESIDE, private=True)


def _taken(names: Iterable[str], *, of: PictureFiles, to: PictureFiles, where: Path) -> KeptPictures:
    there = missing = 0
    for name in sorted(names):
        try:
            taken = to.take(name, of)
        except OSError as error:
            raise DigestError(f"The pictures cannot be written to {where}: {error.strerror}") from error
        there, missing = there + taken, missing + (not taken)
    return KeptPictures(there=there, missing=missing)


def _is_backup(file: Path) -> bool:
    if not file.is_file():
        return False
    with file.open("rb") as opened:
        return opened.read(len(_SQLITE)) == _SQLITE
