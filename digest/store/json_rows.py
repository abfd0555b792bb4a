"""Many rows as one parameter: a JSON array, in a statement that stays the same however many they are."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Dialect, FromClause, Text, bindparam, cast, column, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

Columns = Mapping[str, TypeEngine[Any]]
"""The keys of the array's objects, with the types in which the database keeps their values."""


def json_table(dialect: str, parameter: str, columns: Columns) -> FromClause:
    """The rows of a `json_array` that is handed over as this parameter, on SQLite and PostgreSQL alike."""
    array = bindparam(parameter, type_=Text)
    if dialect == "postgresql":
        named = [column(name, kind) for name, kind in columns.items()]
        rows = func.jsonb_to_recordset(cast(array, JSONB)).table_valued(*named, name=parameter)
        return rows.render_derived(with_types=True)
    entry = func.json_each(array).table_valued("value")
    fields = [func.json_extract(entry.c.value, f"$.{name}", type_=kind).label(name) for name, kind in columns.items()]
    return select(*fields).subquery(parameter)


def json_array(dialect: Dialect, columns: Columns, rows: Iterable[Mapping[str, Any]]) -> str:
    """The rows as text, each value as the database itself would keep it."""
    processors = {name: kind.dialect_impl(dialect).bind_processor(dialect) for name, kind in columns.items()}
    stored = {name: process for name, process in processors.items() if process is not None}
    array = [
        {**row, **{name: process(row[name]) for name, process in stored.items()}} if stored else row for row in rows
    ]
    return json.dumps(array, default=str)  # PostgreSQL's driver leaves instants as they are
