"""The store as one file: SQLite's online backup, taken and put back while others read and write."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from digest.errors import DigestError, UsageError
from digest.store.engine import Store, open_store
from digest.store.tables import SCHEMA_VERSION

DUMP = "pg_dump --format=custom --file={target} DATABASE"
"""What backs PostgreSQL up."""

_TAKEN_AT = "backed_up_at"


def back_up(store: Store, target: Path, now: datetime) -> None:
    """Write the store as it is at one instant into a file of its own, which is whole or not there.

    Raises:
        UsageError: for a store that is not SQLite, naming what does it there.
        DigestError: when it cannot be written.
    """
    must_be_sqlite(store, DUMP.format(target=target))
    half = target.with_name(f".{target.name}.{os.getpid()}.half")
    try:
        os.close(os.open(half, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with closing(store.engine.raw_connection()) as own, closing(sqlite3.connect(half)) as copy:
            own.driver_connection.backup(copy)  # type: ignore[union-attr]
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
            copy.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (_TAKEN_AT, now.isoformat()))
            copy.commit()
        with half.open("rb") as written:
            os.fsync(written.fileno())
        half.replace(target)
    except (OSError, sqlite3.Error) as error:
        raise DigestError(f"The backup {target} cannot be written: {error}") from error
    finally:
        half.unlink(missing_ok=True)


def taken_at(source: Path) -> datetime:
    """When a backup was taken.

    Raises:
        UsageError: when the file is none, is damaged, or is of a newer version.
    """
    try:
        with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as copy:
            (state,) = copy.execute("PRAGMA quick_check(1)").fetchone()
            (version,) = copy.execute("SELECT version_num FROM alembic_version").fetchone()
            row = copy.execute("SELECT value FROM settings WHERE name = ?", (_TAKEN_AT,)).fetchone()
    except sqlite3.Error as error:
        raise UsageError(f"{source} is no backup of a store: {error}") from None
    if state != "ok" or row is None:
        raise UsageError(f"{source} is no backup of a store" + ("" if row is None else f": it is damaged ({state})"))
    if version > SCHEMA_VERSION:
        raise UsageError(f"{source} is of a newer version of digest; restore it with that one")
    return datetime.fromisoformat(row[0])


def pictures_in(source: Path) -> frozenset[str]:
    """The names of the files of the pictures that a backup knows; none of one that is older than pictures.

    Raises:
        UsageError: when it cannot be read.
    """
    try:
        with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as copy:
            if not copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'pictures'").fetchone():
                return frozenset()
            return frozenset(name for row in copy.execute("SELECT name, small_name FROM pictures") for name in row)
    except sqlite3.Error as error:
        raise UsageError(f"{source} is no backup of a store: {error}") from None


@contextmanager
def opened_beside(store: Store, source: Path) -> Iterator[Store]:
    """A copy of a backup as a store of the newest version, to be changed before it is put back; it is deleted then.

    Args:
        store: SQLite; the copy lies beside its file.
        source: the backup, which stays as it is.

    Raises:
        DigestError: when it cannot be copied or opened.
    """
    file = store.file or source
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".half", dir=file.parent)
    os.close(handle)
    half = Path(name)
    try:
        with (
            closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as kept,
            closing(sqlite3.connect(half)) as copy,
        ):
            kept.backup(copy)
        url = store.engine.url.set(database=half.name).render_as_string(hide_password=False)
        with closing(open_store(url, base=half.parent, var=store.lock_folder)) as opened:
            yield opened
    except sqlite3.Error as error:
        raise DigestError(f"{source} was not restored, the store is as it was: {error}") from error
    finally:
        for ending in ("", "-wal", "-shm"):
            half.with_name(half.name + ending).unlink(missing_ok=True)


def put_back(store: Store, copy: Store) -> None:
    """Put another store in the place of what the store holds, in one transaction that others see whole or not at all.

    Args:
        store: SQLite.
        copy: as `opened_beside` gave it.

    Raises:
        DigestError: when it cannot be done; the store is as it was.
    """
    try:
        with closing(store.engine.raw_connection()) as own, closing(copy.engine.raw_connection()) as other:
            other.driver_connection.backup(own.driver_connection)  # type: ignore[union-attr]
    except sqlite3.Error as error:
        raise DigestError(f"The backup was not restored, the store is as it was: {error}") from error


def must_be_sqlite(store: Store, command: str) -> None:
    """Let pass a store that is one file.

    Raises:
        UsageError: naming the command that does it for PostgreSQL.
    """
    if store.file is None:
        raise UsageError(f"The store {store.place} is PostgreSQL, which has its own tools: `{command}`")
