"""Which version of a campaign's mail a person got or is to get."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; until it is composed anew, a campaign has one version."""
    op.add_column("deliveries", sa.Column("version", sa.Integer(), nullable=False, server_default="0"))
