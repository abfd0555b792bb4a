"""Rows of a database as one document: the only place of this room that reads one.

What is read stays as it is, whatever the query says. A SQLite file is opened for reading, and no other file is reached
from it. PostgreSQL gets one statement, which has to be a SELECT (it becomes a cursor's), in a read-only session. Of
other databases a transaction is rolled back, and no more is promised.
"""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, CursorResult, create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from digest.collect.found import Document, Fetched, refused
from digest.config import Config, SourceConfig
from digest.config.redaction import HIDDEN, address_secrets, redacted
from digest.errors import SourceError
from digest.model import Quoted, Told
from digest.text.markup import one_line

MAX_ROWS = 10_000
_STEPS = 10_000  # of SQLite's virtual machine between two looks at the clock: less than a millisecond
_REFUSED = re.compile(
    r"not authorized|authorization denied|readonly|read-only|one statement|multiple commands|must not contain data-mod"
    r"|not allowed here|syntax error at or near"
)


def read_database(source: SourceConfig, config: Config) -> Fetched:
    """Run a source's query; blocks until it is answered.

    The document is JSON: ``{"columns": [name, ...], "rows": [[value, ...], ...]}``, dates in ISO 8601.

    Raises:
        SourceError: naming the database without its password, the cause and the way out.
    """
    url = _url(source, config)
    shown = _shown(source, url)
    place = Told("of_source", source=source.name, why=shown)
    too_large = Told("says", place=place, why=Told("database_large", size=f"{source.max_bytes:,}"))
    try:
        with _connected(url, source) as connection:
            # Without parameters the driver leaves "%" and ":" in the query alone.
            options = {"no_parameters": True, "stream_results": True}
            result = connection.exec_driver_sql(source.query or "", execution_options=options)
            if not result.returns_rows:
                raise refused(place, "database_no_rows")
            columns = list(result.keys())
            rows = list(_rows(result, too_large, source.max_bytes))
    except ImportError as error:
        raise refused(place, "database_driver", driver=str(error.name)) from None
    except SQLAlchemyError as error:
        told = one_line(str(getattr(error, "orig", None) or error))
        cause = Quoted(redacted(told, address_secrets(str(source.url), whole=source.secret_url)))
        if "interrupted" in cause or "statement timeout" in cause:
            raise refused(place, "database_slow", seconds=f"{source.timeout.total_seconds():g}") from None
        if "too big" in cause:
            raise SourceError(too_large) from None
        raise refused(place, "database_reads" if _REFUSED.search(cause) else "database_says", said=cause) from None
    if len(rows) > MAX_ROWS:
        raise refused(place, "database_many", number=f"{MAX_ROWS:,}")
    content = json.dumps({"columns": columns, "rows": rows}, default=_plain, ensure_ascii=False).encode(
        "utf-8", "replace"
    )
    if len(content) > source.max_bytes:
        raise SourceError(too_large)
    return Fetched(documents=(Document(name=shown, content=content, content_type="application/json"),))


def _shown(source: SourceConfig, url: URL) -> str:
    if source.secret_url:
        return f"{url.get_backend_name()}://{url.host or ''}/{HIDDEN}"
    return url.set(query={}).render_as_string(hide_password=True)  # a driver takes passwords in the query too


def _rows(result: CursorResult[Any], too_large: str, max_bytes: int) -> Iterator[list[Any]]:
    """Rows one by one, up to one more than may be, while they fit into memory."""
    size = 0
    for row in islice(result, MAX_ROWS + 1):
        size += sum(len(value) for value in row if isinstance(value, str | bytes | memoryview))
        if size > max_bytes:
            raise SourceError(too_large)
        yield list(row)


def _url(source: SourceConfig, config: Config) -> URL:
    try:
        url = make_url(str(source.url))
        url.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise SourceError(Told("of_source", source=source.name, why=Told("database_address"))) from None
    except ImportError:
        pass  # told when it is connected to
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")  # of its drivers the one that refuses a second statement
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        return url.set(database=str(config.resolve(Path(url.database))))
    return url


@contextmanager
def _connected(url: URL, source: SourceConfig) -> Iterator[Connection]:
    seconds = source.timeout.total_seconds()
    arguments: dict[str, Any] = {}
    if url.get_backend_name() == "sqlite":
        if not Path(url.database or "").is_file():
            place = _shown(source, url) if source.secret_url else url.database
            why = Told("at", place=str(place), why=Told("not_there"))
            raise SourceError(Told("of_source", source=source.name, why=why))
        engine = create_engine(url, poolclass=NullPool, creator=lambda: _read_only(str(url.database), source))
    else:
        if url.get_backend_name() == "postgresql":
            options = f"-c default_transaction_read_only=on -c statement_timeout={seconds * 1000:.0f}"
            arguments = {"options": options, "connect_timeout": max(2, int(seconds))}
        engine = create_engine(url, poolclass=NullPool, connect_args=arguments, hide_parameters=True)
    try:
        with engine.connect() as connection:
            try:
                yield connection
            finally:
                connection.rollback()
    finally:
        engine.dispose()


def _read_only(path: str, source: SourceConfig) -> sqlite3.Connection:
    """A connection for one query, which no value larger than the answer may be, and which ends by itself."""
    seconds = source.timeout.total_seconds()
    ends_at = monotonic() + seconds
    connection = sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, timeout=seconds)
    connection.execute("PRAGMA query_only=ON")
    connection.set_authorizer(_within_the_file)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, source.max_bytes)
    connection.set_progress_handler(lambda: monotonic() > ends_at, _STEPS)
    return connection


def _within_the_file(action: int, _subject: str | None, value: str | None, *_: str | None) -> int:
    """Refuse the ways to another file, ATTACH and with it VACUUM INTO, and changed settings.

    To allow only what reads would refuse json_each and full-text search too: SQLite prepares writes for their tables.
    """
    changes_setting = action == sqlite3.SQLITE_PRAGMA and value is not None
    refused = changes_setting or action in {sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH}
    return sqlite3.SQLITE_DENY if refused else sqlite3.SQLITE_OK


def _plain(value: Any) -> str:
    """What JSON has no form for, as text."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return str(value)
