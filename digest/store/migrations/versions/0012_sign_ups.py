"""Who asked to be written to, or was invited, and has yet to confirm."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "sign_ups",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("list_names", sa.JSON(), nullable=False),
        sa.Column("invited", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.Column("letter_at", sa.DateTime(timezone=True)),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("proof", sa.String(length=64)),
        sa.PrimaryKeyConstraint("id", name="pk_sign_ups"),
        sa.UniqueConstraint("proof", name="uq_sign_ups_proof"),
    )
    for columns in (
        ["address_key", "asked_at"],
        ["domain", "asked_at"],
        ["network", "asked_at"],
        ["asked_at", "domain"],
    ):
        op.create_index(f"ix_sign_ups_{'_'.join(columns)}", "sign_ups", columns)
    op.create_index("ix_sign_ups_letter_at", "sign_ups", ["letter_at"])
