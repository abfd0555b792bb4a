"""Editions drafted ahead: when they go, who was shown what, who approved it; and when jobs ran."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add the column and the tables."""
    op.add_column("campaigns", sa.Column("send_at", sa.DateTime(timezone=True)))
    op.create_table(
        "reviews",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(16), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_reviews_campaign_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("campaign_id", name="pk_reviews"),
    )
    op.create_table(
        "approvals",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_approvals_campaign_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("campaign_id", "who", name="pk_approvals"),
    )
    op.create_table(
        "job_runs",
        sa.Column("job", sa.String(60), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded_at", sa.DateTime(timezone=True)),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("job", name="pk_job_runs"),
    )
