"""Pictures: what is kept of each, and what came of the addresses that sources give."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "pictures",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("small_name", sa.String(40), nullable=False),
        sa.Column("small_width", sa.Integer(), nullable=False),
        sa.Column("small_height", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_pictures"),
    )
    op.create_index("ix_pictures_used_at", "pictures", ["used_at"])
    op.create_table(
        "picture_addresses",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("picture", sa.String(40)),
        sa.Column("version", sa.Text(), nullable=False, server_default=""),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("trouble", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("address", name="pk_picture_addresses"),
    )
    op.create_index("ix_picture_addresses_picture", "picture_addresses", ["picture"])
