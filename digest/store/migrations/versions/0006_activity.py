"""Who did what when, and who brought each campaign where it is."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the table; until now a reason told whether a person had brought a campaign where it is."""
    op.create_table(
        "activity",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("verb", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_activity"),
    )
    op.create_index("ix_activity_subject_id", "activity", ["subject", "id"])
    op.add_column("campaigns", sa.Column("moved_by", sa.Text(), nullable=False, server_default="itself"))
    op.execute("UPDATE campaigns SET moved_by = 'command' WHERE reason LIKE 'by hand%'")
