"""What a relay's asking for less has come to, so that all workers rest together and one of them asks again."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("relays", sa.Column("turn", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("relays", sa.Column("asked", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("relays", sa.Column("turned_at", sa.Float(), nullable=False, server_default="0"))
    op.add_column("relays", sa.Column("lasted", sa.Float(), nullable=False, server_default="0"))
    op.add_column("relays", sa.Column("part", sa.Float(), nullable=False, server_default="1"))
