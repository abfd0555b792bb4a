"""People found by one or two letters too, and on PostgreSQL by an index, where its extension may be made."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_SAID = (
    "{row}.address || char(10) || {row}.name || char(10) || "
    "coalesce((SELECT group_concat(value, char(10)) FROM json_each({row}.fields)), '') || char(10) || char(10)"
)
"""Two characters more at its end, so that each letter begins three in a row."""

_OLD, _NEW = _SAID.format(row="old"), _SAID.format(row="new")
_HELD = "old.id <= (SELECT max(id) FROM people_words_docsize)"  # others are added when somebody is looked for
_OTHER = "(old.address <> new.address OR old.name <> new.name OR old.fields IS NOT new.fields)"
_REMOVE = f"INSERT INTO people_words(people_words, rowid, said) VALUES ('delete', old.id, {_OLD});"  # noqa: S608
_ADD = f"INSERT INTO people_words(rowid, said) VALUES (new.id, {_NEW});"  # noqa: S608
_CHANGED = f"AFTER UPDATE OF address, name, fields ON subscribers WHEN {_HELD} AND {_OTHER}"
_SEARCH = (
    "DROP TRIGGER IF EXISTS people_words_changed",
    "DROP TRIGGER IF EXISTS people_words_removed",
    "DROP TABLE IF EXISTS people_words",
    "CREATE VIRTUAL TABLE people_words USING fts5(said, content='', tokenize='trigram', detail=none)",
    "CREATE VIRTUAL TABLE people_words_terms USING fts5vocab('people_words', 'row')",
    f"CREATE TRIGGER people_words_changed {_CHANGED} BEGIN {_REMOVE} {_ADD} END",
    f"CREATE TRIGGER people_words_removed AFTER DELETE ON subscribers WHEN {_HELD} BEGIN {_REMOVE} END",
)
_INDEX = (
    "CREATE INDEX ix_subscribers_said ON subscribers USING gin "
    "((address || ' ' || name || ' ' || CAST(fields AS TEXT)) gin_trgm_ops)"
)


def upgrade() -> None:
    """Make the index anew; everybody is put into it when somebody is looked for."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        for statement in _SEARCH:
            connection.exec_driver_sql(statement)
        return
    try:
        with connection.begin_nested():
            connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            connection.exec_driver_sql(_INDEX)
    except sa.exc.DBAPIError:  # it may not be made, or is not installed: everybody is looked at instead
        return
