"""Opens the store: SQLite tuned to keep what it has committed, or PostgreSQL by its URL alone."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from secrets import token_urlsafe
from typing import Any
from urllib.parse import quote

from pydantic_core import from_json
from sqlalchemy import Connection, Engine, create_engine, event, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, InternalError, OperationalError, SQLAlchemyError

from digest.config.redaction import login_secrets, redacted
from digest.errors import DigestError, StoreError, UsageError
from digest.resources import private_folder, unwritable
from digest.store.sql.newer import have_all_tables, known_version, require_known_tables, tell_the_running
from digest.store.sql.upsert import insert_for
from digest.store.tables import SCHEMA_VERSION, settings, workers

_SHARED = "digest_shared"


@dataclass(frozen=True, kw_only=True, slots=True)
class Store:
    """An open store; every access is one short transaction."""

    engine: Engine
    lock_folder: Path  # for SQLite, where file locks live
    shared: bool = False  # several workers share each campaign

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read-only transaction; it never waits for a writer (SQLite: WAL).

        Raises:
            StoreError: when the database cannot do its work, with the cause.
        """
        with self.telling(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that may write; on SQLite it holds the write lock from its start.

        A read that becomes a write fails at once on SQLite, whatever the busy timeout.

        Raises:
            StoreError: when the database cannot do its work (full, locked for long, gone), with the cause.
        """
        with self.telling(), self.engine.connect() as connection:
            connection.info["write"] = True
            try:
                with connection.begin():
                    yield connection
            finally:
                connection.info["write"] = False

    @contextmanager
    def exclusive(self, name: str) -> Iterator[bool]:
        """A lock between processes that its holder's death releases; yields whether it was free."""
        if self.engine.dialect.name == "sqlite":
            yield from _file_lock(self.lock_folder / f"{name}.lock")
        else:
            yield from _advisory_lock(self.engine, name)

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Tell of what the database says in one line, as a StoreError."""
        try:
            yield
        except (OperationalError, InternalError, sqlite3.OperationalError) as error:  # any other is a mistake of ours
            told = f"The store {self.place} failed: {self.cause(error)}. Mend that and run it again."
            raise StoreError(told) from error

    @property
    def file(self) -> Path | None:
        """SQLite's file; None of another database."""
        url = self.engine.url
        return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None

    def cause(self, error: BaseException) -> str:
        """What went wrong at the bottom, in one line without SQL and password."""
        return _cause(error, self.engine.url)

    @property
    def place(self) -> str:
        """Its address as it may be shown."""
        return _shown(self.engine.url)

    @property
    def conninfo(self) -> str:
        """PostgreSQL's address as libpq takes it, password and all: for who connects by itself, never to be shown."""
        return self.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)

    def secret(self) -> str:
        """The secret that signs links, made once and kept."""
        query = select(settings.c.value).where(settings.c.name == "secret")
        with self.read() as connection:
            kept = connection.execute(query).scalar()
        if kept is not None:
            return str(kept)
        with self.write() as connection:
            # Two processes may be the first at once: both read what the faster one wrote.
            made = insert_for(connection, settings).values(name="secret", value=token_urlsafe(32))
            connection.execute(made.on_conflict_do_nothing())
            return str(connection.execute(query).scalar_one())

    def require_known_tables(self) -> None:
        """Where several processes share the store, one that runs may be outlived by its tables.

        Raises:
            OutgrownError: when they are.
            StoreError: when the database cannot be asked.
        """
        if self.shared:
            with self.read() as connection:
                require_known_tables(connection)

    def shred(self) -> bool:
        """Leave nothing of what was deleted in SQLite's files, which are written anew; others wait for it to write.

        Returns:
            False where another process kept it from that. PostgreSQL sees to it itself, in its own time.
        """
        if self.engine.dialect.name != "sqlite":
            return True
        with closing(self.engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
            try:
                cursor.execute("VACUUM")
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                return not any(row[0] for row in cursor.fetchall())
            except sqlite3.OperationalError:
                return False

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def open_store(url: str, *, base: Path, var: Path, lost_after: timedelta | None = None, pooled: bool = False) -> Store:
    """Open the store, creating or upgrading its tables.

    Args:
        url: ``sqlite:///PATH`` (relative to `base`) or ``postgresql://...``.
        base: the folder of config.toml.
        var: the folder for lock files.
        lost_after: several workers share each campaign, and what one holds is another's once it gave no sign of life
            for so long; PostgreSQL only.
        pooled: behind PgBouncer in transaction mode, where each transaction may meet another server process.

    Raises:
        DigestError: when it cannot be opened, with the cause; never with a password.
    """
    try:
        target = make_url(url)
    except (ArgumentError, ValueError):
        fix = 'write "sqlite:///var/digest.sqlite" or "postgresql://USER:PASSWORD@HOST/DATABASE"'
        what = f"is no address of a database; {fix}, in a password % as %25, @ as %40, / as %2F and : as %3A"
        raise UsageError(f"config.toml: store.url {what}") from None
    if target.drivername == "postgresql":
        target = target.set(drivername="postgresql+psycopg")
    try:
        private_folder(var)
    except OSError as error:
        raise UsageError(unwritable(var, error)) from None
    try:
        if target.get_backend_name() == "sqlite":
            path = base / (target.database or "var/digest.sqlite")
            _make_private(path)
            engine = _sqlite(target.set(database=str(path)))
        else:
            engine = _postgresql(target, lost_after, pooled=pooled)
        store = Store(engine=engine, lock_folder=var, shared=lost_after is not None)
        with ExitStack() as opened:
            opened.callback(store.close)
            upgrade_store(store)
            opened.pop_all()
    except (DigestError, SQLAlchemyError, OSError, ImportError) as error:
        cause = _cause(error, target)
        shown = _shown(target)
        refused = isinstance(error, PermissionError) or "readonly" in cause or "unable to open" in cause
        fix = "; let the user who runs this write there, or name another place in [store] url" if refused else ""
        raise DigestError(f"The store {shown} cannot be opened: {cause}{fix}") from error
    return store


def _shown(url: URL) -> str:
    """An address as it may be shown; a driver takes passwords in the query too."""
    return url.set(drivername=url.get_backend_name(), query={}).render_as_string(hide_password=True)


def _cause(error: BaseException, url: URL) -> str:
    """The first line of what went wrong at the bottom, without the SQL and the password."""
    while error.__cause__ is not None:
        error = error.__cause__
    text = str(error).splitlines()[0] if str(error) else type(error).__name__
    if url.get_backend_name() == "sqlite":
        return text
    named = [value for values in url.normalized_query.values() for value in values]
    passwords = [str(url.password or ""), *named]
    return redacted(text, [form for password in passwords for form in login_secrets(password)])


def _make_private(path: Path) -> None:
    """A database that is not there yet is this user's alone; SQLite gives its log and its index the same mode."""
    private_folder(path.parent)
    if not path.exists() and path.name != ":memory:":
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))


def is_shared(connection: Connection) -> bool:
    """Whether several workers share each campaign of this store."""
    return bool(connection.get_execution_options().get(_SHARED))


def _postgresql(url: URL, lost_after: timedelta | None, *, pooled: bool) -> Engine:
    arguments: dict[str, Any] = {"prepare_threshold": None} if pooled else {}
    if lost_after is not None and not pooled:
        # Who stands still in the middle of a transaction would keep what it has locked from everybody. Behind PgBouncer
        # nothing can be set for a connection: docs/scaling.md tells how it is set for the role.
        arguments["options"] = f"-c idle_in_transaction_session_timeout={1000 * lost_after.total_seconds():.0f}"
    shared = lost_after is not None
    engine = create_engine(
        url,
        pool_pre_ping=True,
        hide_parameters=True,
        json_deserializer=from_json,
        max_overflow=50,  # each chunk under way has a ledger, which keeps its connection, and a watch
        execution_options={_SHARED: shared},
        connect_args=arguments,
    )
    event.listen(engine, "connect", _without_nul)
    return engine


def _without_nul(connection: Any, _: Any) -> None:
    """PostgreSQL's text has no NUL, which a form, an address or a page may bring: it is left out, as it shows none."""
    from psycopg.types.string import StrBinaryDumper, StrDumperUnknown  # noqa: PLC0415  (slow to import)

    class Binary(StrBinaryDumper):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", ""))

    class Unknown(StrDumperUnknown):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", ""))

    for dumper in (Binary, Unknown):  # the last is taken where no form is asked for
        connection.adapters.register_dumper(str, dumper)


def _sqlite(url: Any) -> Engine:
    path = Path(url.database)
    read_only = path.is_file() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))
    if read_only:
        engine = create_engine(url, creator=lambda: _reader(path), hide_parameters=True, json_deserializer=from_json)
    else:
        engine = create_engine(
            url,
            connect_args={"timeout": 30, "check_same_thread": False},
            max_overflow=50,
            hide_parameters=True,
            json_deserializer=from_json,
        )

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # BEGIN is ours, not the driver's
        if not read_only:
            connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # By the driver itself: SQLAlchemy's way to a statement without result costs as much as all the rest of a start.
        begin = "BEGIN IMMEDIATE" if connection.info.get("write") else "BEGIN"
        connection.connection.cursor().execute(begin)

    return engine


def _reader(path: Path) -> sqlite3.Connection:
    """Look at a file that may not be written. Without a log beside it nobody is writing, and no lock is needed."""
    still = "" if path.with_name(f"{path.name}-wal").exists() else "&immutable=1"
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro{still}", uri=True, timeout=30, check_same_thread=False)


def upgrade_store(store: Store) -> None:
    """Bring the tables to the newest version.

    Raises:
        DigestError: when they are of a newer one than this program knows: whoever runs goes on, nobody begins.
    """
    with store.read() as connection:
        version = _version(connection)
    if version == SCHEMA_VERSION:
        return
    if version is not None and version > SCHEMA_VERSION:  # four digits each
        raise DigestError(
            f"its tables ({version}) are a newer version's than this one's ({SCHEMA_VERSION}); upgrade this"
        )
    from digest.store.migrations import upgrade  # noqa: PLC0415  (Alembic is slow to import, and rarely needed)

    with store.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _lock_key("migrate")})
        version = _version(connection)
        if version == SCHEMA_VERSION:
            return
        others_run = version is not None and connection.dialect.name == "postgresql"
        if others_run:
            have_all_tables(connection)
        upgrade(connection)
        if others_run and connection.dialect.has_table(connection, workers.name):
            tell_the_running(connection)


def _version(connection: Connection) -> str | None:
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    return known_version(connection)


def _file_lock(path: Path) -> Iterator[bool]:
    try:
        handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise UsageError(unwritable(path.parent, error)) from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


def _advisory_lock(engine: Engine, name: str) -> Iterator[bool]:
    # Of a transaction, not of a session: PgBouncer gives each transaction another one. It holds no snapshot meanwhile.
    with engine.connect() as connection, connection.begin():
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        query = text("SELECT pg_try_advisory_xact_lock(:key)")
        yield bool(connection.execute(query, {"key": _lock_key(name)}).scalar())


def nobody_has(connection: Connection, name: str) -> bool:
    """Whether nobody has this lock for itself; until the transaction ends nobody takes it. PostgreSQL only."""
    query = text("SELECT pg_try_advisory_xact_lock_shared(:key)")
    return bool(connection.execute(query, {"key": _lock_key(name)}).scalar())


def _lock_key(name: str) -> int:
    return int.from_bytes(sha256(f"digest {name}".encode()).digest()[:8], "big", signed=True)
