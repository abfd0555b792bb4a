"""What people want less of, how they agreed, and who is forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the tables, and to campaigns what they ask of preferences, and when they went out and were erased."""
    op.create_table(
        "preferences",
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=60), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True)),
        sa.Column("chosen", sa.String(length=60)),
        sa.PrimaryKeyConstraint("subscriber_id", "digest", name="pk_preferences"),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name="fk_preferences_subscriber_id"),
    )
    op.create_index("ix_preferences_digest_chosen", "preferences", ["digest", "chosen"])
    op.create_table(
        "mutes",
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("subscriber_id", "name", "digest", name="pk_mutes"),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name="fk_mutes_subscriber_id"),
    )
    op.create_table(
        "journal",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("verb", sa.String(length=40), nullable=False),
        sa.Column("list_name", sa.String(length=60), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_journal"),
    )
    op.create_index("ix_journal_address_key_id", "journal", ["address_key", "id"])
    op.create_index("ix_journal_at", "journal", ["at"])
    op.create_table(
        "forgotten",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_forgotten"),
    )
    op.add_column("campaigns", sa.Column("last_sent_at", sa.DateTime(timezone=True)))
    op.add_column("campaigns", sa.Column("erased_at", sa.DateTime(timezone=True)))
    op.add_column("campaigns", sa.Column("terms", sa.JSON()))
