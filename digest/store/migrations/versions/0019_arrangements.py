"""What an editor did to one edition: dropped, brought in, put in order, worded."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Add the column; what is stored stays as it was composed."""
    op.add_column("campaigns", sa.Column("arrangement", sa.JSON()))
