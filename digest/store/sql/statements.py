"""Statements compiled once and handed to the driver as they are.

For the few that run with every group of mails: SQLAlchemy writes them, for both databases, and then stays out of the
way. Values are what the driver takes; nothing is converted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import Connection, Dialect, Select
from sqlalchemy.sql.dml import UpdateBase


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement in one dialect's words."""

    sql: str
    order: tuple[str, ...] | None  # of the parameters, by name; None where the driver itself goes by names
    fixed: Mapping[str, Any]  # parameters that are part of the statement

    def run(self, connection: Connection, **values: Any) -> Any:
        """Execute it within the connection's transaction; returns the driver's cursor."""
        given = {**self.fixed, **values}
        cursor = connection.connection.cursor()
        cursor.execute(self.sql, given if self.order is None else [given[name] for name in self.order])
        return cursor


def compiled_for(statement: UpdateBase | Select[Any], dialect: Dialect) -> Statement:
    """Compile a statement; every list in it is written out."""
    compiled = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    fixed = {name: value.value if isinstance(value, Enum) else value for name, value in compiled.params.items()}
    order = tuple(compiled.positiontup or ()) if compiled.positional else None
    return Statement(str(compiled), order, fixed)
