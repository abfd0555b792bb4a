"""What came back."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the table, and to campaigns whether so much came back of one that it was held for it."""
    op.create_table(
        "returns",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=240), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("bounce_class", sa.String(length=20)),
        sa.Column("clarity", sa.String(length=20)),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("reported_address", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("corroborated", sa.Boolean(), nullable=False),
        sa.Column("lifted", sa.Boolean(), nullable=False),
        sa.Column("campaign_id", sa.Integer()),
        sa.Column("subscriber_id", sa.Integer()),
        sa.Column("delivery_id", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_returns"),
        sa.UniqueConstraint("key", name="uq_returns_key"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_returns_campaign_id"),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name="fk_returns_subscriber_id"),
    )
    op.create_index("ix_returns_subscriber_id", "returns", ["subscriber_id"])
    op.create_index("ix_returns_campaign_id_kind", "returns", ["campaign_id", "kind"])
    op.create_index("ix_returns_taken_at", "returns", ["taken_at"])
    op.add_column("campaigns", sa.Column("over_limits_at", sa.DateTime(timezone=True)))
