"""Several relays: which got a delivery, how each stands, what it was given on a day, who has how much of it."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

_PUT_OFF = sa.text("state = 'queued' AND next_attempt_at IS NOT NULL")


def upgrade() -> None:
    """Add the columns and the tables."""
    op.add_column("deliveries", sa.Column("relay", sa.String(60)))
    op.create_index(
        "ix_deliveries_put_off",
        "deliveries",
        ["campaign_id", "next_attempt_at"],
        sqlite_where=_PUT_OFF,
        postgresql_where=_PUT_OFF,
    )
    op.add_column("workers", sa.Column("rate", sa.Float(), nullable=False, server_default="0"))
    op.add_column("relays", sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("relays", sa.Column("failed_until", sa.Float(), nullable=False, server_default="0"))
    op.add_column("relays", sa.Column("failure", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "worker_relays",
        sa.Column("worker_id", sa.String(40), nullable=False),
        sa.Column("relay", sa.String(200), nullable=False),
        sa.Column("connections", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name="fk_worker_relays_worker_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("worker_id", "relay", name="pk_worker_relays"),
    )
    op.create_table(
        "relay_days",
        sa.Column("relay", sa.String(60), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("relay", "day", name="pk_relay_days"),
    )
