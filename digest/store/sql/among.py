"""Many ids as one parameter, in a statement that stays the same however many they are."""

import json
from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, Text, bindparam, func, select


def among(connection: Connection, column: ColumnElement[int], ids: Collection[int]) -> ColumnElement[bool]:
    """As ``column IN ids``, which has a parameter for each of them, and on SQLite is made anew for each number of them.

    PostgreSQL gets it as it is: by their number it plans.
    """
    if connection.dialect.name == "postgresql":
        return column.in_(sorted(ids))
    array = bindparam("ids", json.dumps(sorted(ids)), type_=Text, unique=True)
    return column.in_(select(func.json_each(array).table_valued("value").c.value))
