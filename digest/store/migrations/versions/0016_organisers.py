"""Links by which organisers sign in, their sessions, activity looked up by who did what, and people by any part."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


_SAID = (
    "{row}.address || char(10) || {row}.name || char(10) || "
    "coalesce((SELECT group_concat(value, char(10)) FROM json_each({row}.fields)), '')"
)
_OLD, _NEW = _SAID.format(row="old"), _SAID.format(row="new")
_HELD = "old.id <= (SELECT max(id) FROM people_words_docsize)"  # others are added when somebody is looked for
_OTHER = "(old.address <> new.address OR old.name <> new.name OR old.fields IS NOT new.fields)"
_REMOVE = f"INSERT INTO people_words(people_words, rowid, said) VALUES ('delete', old.id, {_OLD});"  # noqa: S608
_ADD = f"INSERT INTO people_words(rowid, said) VALUES (new.id, {_NEW});"  # noqa: S608
_CHANGED = f"AFTER UPDATE OF address, name, fields ON subscribers WHEN {_HELD} AND {_OTHER}"
_SEARCH = (
    "CREATE VIRTUAL TABLE people_words USING fts5(said, content='', tokenize='trigram', detail=none)",
    f"CREATE TRIGGER people_words_changed {_CHANGED} BEGIN {_REMOVE} {_ADD} END",
    f"CREATE TRIGGER people_words_removed AFTER DELETE ON subscribers WHEN {_HELD} BEGIN {_REMOVE} END",
)


def upgrade() -> None:
    """Add the tables and indexes."""
    op.create_table(
        "sign_ins",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("browser", sa.String(length=64)),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("hash", name="pk_sign_ins"),
    )
    op.create_index("ix_sign_ins_address_key_asked_at", "sign_ins", ["address_key", "asked_at"])
    op.create_table(
        "sessions",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("hash", name="uq_sessions_hash"),
    )
    op.create_index("ix_sessions_address_key", "sessions", ["address_key"])
    op.create_index("ix_activity_verb_id", "activity", ["verb", "id"])
    op.create_index("ix_activity_by_id", "activity", ["by", "id"])
    if op.get_bind().dialect.name == "sqlite":
        for statement in _SEARCH:
            op.get_bind().exec_driver_sql(statement)
