"""What an editor's answer on an item teaches, so that the item is not read for it at every collection."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Add the column; the next collection fills it for what was answered."""
    op.add_column("items", sa.Column("weighed", sa.JSON()))
