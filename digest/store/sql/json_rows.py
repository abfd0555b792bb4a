"""Many rows as one parameter: a JSON array, in a statement that stays the same however many they are."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Dialect, FromClause, Text, bindparam, cast, column, func, select
from sqlalchemy.types import TypeEngine


@dataclass(frozen=True, slots=True)
class JsonRows:
    """Rows of certain columns, and the types in which the database keeps their values."""

    columns: tuple[tuple[str, TypeEngine[Any]], ...]

    def table(self, dialect: str, parameter: str) -> FromClause:
        """The rows of an `array` that is handed over as this parameter, on SQLite and PostgreSQL alike."""
        array = bindparam(parameter, type_=Text, required=False)
        if dialect == "postgresql":
            from sqlalchemy.dialects.postgresql import JSONB  # noqa: PLC0415  (slow to import, and rarely needed)

            named = [column(name, kind) for name, kind in self.columns]
            rows = func.jsonb_to_recordset(cast(array, JSONB)).table_valued(*named, name=parameter)
            return rows.render_derived(with_types=True)
        entry = func.json_each(array).table_valued("value")
        fields = [func.json_extract(entry.c.value, f"$.{name}", type_=kind).label(name) for name, kind in self.columns]
        return select(*fields).subquery(parameter)

    def array(self, dialect: Dialect, rows: Iterable[Mapping[str, Any]]) -> str:
        """The rows as text, each value as the database itself would keep it."""
        processors = _processors(self, dialect)
        array = [dict(row) for row in rows]
        for row in array:
            for name, process in processors:
                if (value := row[name]) is not None:
                    row[name] = process(value)
        return to_json(array).decode()  # PostgreSQL's driver leaves instants as they are


@cache
def _processors(rows: JsonRows, dialect: Dialect) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    """Of the columns whose values are kept otherwise than they are given."""
    return tuple((name, process) for name, kind in rows.columns if (process := processor(dialect, kind)) is not None)


@cache
def processor(dialect: Dialect, kind: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    """What makes a value of this type what the driver takes; None where it takes it as it is."""
    return kind.dialect_impl(dialect).bind_processor(dialect)
