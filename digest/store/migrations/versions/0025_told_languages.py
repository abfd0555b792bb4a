"""Whether the language that is kept of a person was chosen, or only told by a file."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Add the column; every language that is kept so far was chosen."""
    op.add_column("subscribers", sa.Column("language_chosen", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE subscribers SET language_chosen = true WHERE language IS NOT NULL")
