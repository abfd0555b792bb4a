"""Several workers: who they are, who holds which chunk, what they share of the relay; on PostgreSQL, their queue."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

_QUEUE = Path(__file__).parent.parent / "procrastinate-3.10.sql"


def upgrade() -> None:
    """Add the columns and the tables, and those of the queue as its version of this migration has them."""
    op.add_column("chunks", sa.Column("holder", sa.String(40)))
    op.create_index("ix_chunks_holder", "chunks", ["holder"])
    for name in ("refusals", "rejections"):
        op.add_column("campaigns", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "workers",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("connections", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("wants", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("id", name="pk_workers"),
    )
    op.create_table(
        "relays",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("free_at", sa.Float(), nullable=False, server_default="0"),
        sa.Column("paused_until", sa.Float(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("name", name="pk_relays"),
    )
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        # By the driver itself: without parameters it takes many statements at once, and reads no % in them.
        connection.connection.cursor().execute(_QUEUE.read_text(encoding="utf-8"))
