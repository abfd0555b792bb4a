"""What brought each subscription, what more is known of each person, and whom of its lists a campaign is for."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the columns; until now files brought everybody, and campaigns were for all of their lists."""
    op.add_column("subscriptions", sa.Column("origin", sa.String(20), nullable=False, server_default="file"))
    op.add_column("subscribers", sa.Column("fields", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("campaigns", sa.Column("without_lists", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("campaigns", sa.Column("condition", sa.Text(), nullable=False, server_default=""))
