"""Which parts of a source could not be read."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("sources", sa.Column("unreadable", sa.JSON(), nullable=True))
