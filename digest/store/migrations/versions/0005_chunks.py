"""Deliveries are shared out in chunks, each of which whoever sends it takes first."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, and share out what is planned already."""
    op.create_table(
        "chunks",
        sa.Column("campaign_id", sa.Integer(), sa.ForeignKey("campaigns.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("campaign_id", "number", name="pk_chunks"),
    )
    op.execute(
        """INSERT INTO chunks (campaign_id, number, first_id, last_id)
        SELECT campaign_id, 1 + (place - 1) / 500, min(id), max(id)
        FROM (SELECT campaign_id, id, row_number() OVER (PARTITION BY campaign_id ORDER BY id) AS place
              FROM deliveries) AS placed
        GROUP BY campaign_id, 1 + (place - 1) / 500"""
    )
