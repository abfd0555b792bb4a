"""INSERT ... ON CONFLICT, which SQLite and PostgreSQL spell alike and SQLAlchemy keeps per dialect."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite


def insert_for(connection: Connection, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """The dialect's own insert, which knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert  # noqa: PLC0415  (slow to import, and rarely needed)

        return insert(table)
    from sqlalchemy.dialects import sqlite  # noqa: PLC0415

    return sqlite.insert(table)


def upsert(connection: Connection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Insert the row, or update the one with the same key."""
    statement = insert_for(connection, table).values(**key, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=dict(values)))


def added(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert the row where no other has its key; whether that was so."""
    statement = insert_for(connection, table).values(**row).on_conflict_do_nothing()
    # Without the option SQLAlchemy keeps an INSERT's count on SQLite only.
    return connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount > 0
