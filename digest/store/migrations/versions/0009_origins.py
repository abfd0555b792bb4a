"""What brought each subscription, and what more is known of each person; until now all were brought by files."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("subscriptions", sa.Column("origin", sa.String(20), nullable=False, server_default="file"))
    op.add_column("subscribers", sa.Column("fields", sa.JSON(), nullable=False, server_default="{}"))
