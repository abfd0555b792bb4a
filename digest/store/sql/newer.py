"""Tables that a newer version makes while processes of this one use them; PostgreSQL only."""

from time import monotonic

from sqlalchemy import Connection, func, select, text, update
from sqlalchemy.exc import OperationalError

from digest.errors import DigestError, OutgrownError
from digest.store.tables import SCHEMA_VERSION, metadata, workers

CHANNEL, TABLES = "digest_news", "tables"
"""Where processes tell each other news, and what is told of new tables."""

_PATIENCE = 60  # seconds
_BRIEFLY = 300  # milliseconds: less than PostgreSQL takes to find a deadlock, in which it might end somebody else
_VERSION = text("SELECT version_num FROM alembic_version")


def known_version(connection: Connection) -> str | None:
    """The newest migration of the tables that there are."""
    return connection.execute(_VERSION).scalar()


def require_known_tables(connection: Connection) -> None:
    """To be asked by who runs for long where several processes share the store.

    Raises:
        OutgrownError: when the tables are of a newer version than this program knows.
    """
    version = known_version(connection)
    if version is not None and version > SCHEMA_VERSION:  # four digits each
        told = f"the tables ({version}) are a newer version's by now than this process's ({SCHEMA_VERSION})"
        raise OutgrownError(f"{told}; it finishes what it has begun, and ends: upgrade it and start it again")


def have_all_tables(connection: Connection) -> None:
    """Have every table at once before any is changed: one after the other would meet who sends half way, a deadlock.

    Raises:
        DigestError: when somebody keeps one for long, such as a backup; nobody was kept waiting for it meanwhile.
    """
    ours = {*metadata.tables, "alembic_version"}
    found = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")).scalars()
    names = ", ".join(sorted(name for name in found if name in ours or name.startswith("procrastinate_")))
    until = monotonic() + _PATIENCE
    while True:
        try:
            with connection.begin_nested():  # what it has of them is free again when it does not get all
                connection.execute(text(f"SET LOCAL lock_timeout = {_BRIEFLY}"))
                connection.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))
                connection.execute(text("SET LOCAL lock_timeout = DEFAULT"))
        except OperationalError as error:
            if monotonic() > until:
                told = f"its tables could not be had for {_PATIENCE} s to upgrade them"
                way_out = "see who keeps them in pg_stat_activity, such as a backup or a long report, and try again"
                raise DigestError(f"{told}; {way_out}") from error
            connection.execute(text("SELECT pg_sleep(random() * 0.2)"))
        else:
            return


def tell_the_running(connection: Connection) -> None:
    """Who runs hears of new tables; that nobody could give a sign of life while they were made makes nobody lost."""
    connection.execute(select(func.pg_notify(CHANNEL, TABLES)))
    now, took = func.clock_timestamp(), func.clock_timestamp() - func.transaction_timestamp()
    connection.execute(update(workers).values(seen_at=func.least(workers.c.seen_at + took, now)))
