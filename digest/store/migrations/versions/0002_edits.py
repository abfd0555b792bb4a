"""What editors set on items by hand, how each source was read, and what it withdrew."""

import sqlalchemy as sa
from alembic import op

from digest.store.tables import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table and the columns."""
    op.create_table(
        "edits",
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=500), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("edited_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("source", "key", name=op.f("pk_edits")),
    )
    op.add_column("sources", sa.Column("read_as", sa.String(length=16), nullable=True))
    op.add_column("items", sa.Column("gone_at", Instant(), nullable=True))
