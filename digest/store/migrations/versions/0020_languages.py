"""The language that a person chose for what surrounds the posts."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Add the column, and an index of the few who chose one; nobody has yet."""
    op.add_column("subscribers", sa.Column("language", sa.String(35)))
    chosen = sa.text("language IS NOT NULL")
    op.create_index(
        "ix_subscribers_language", "subscribers", ["language"], sqlite_where=chosen, postgresql_where=chosen
    )
