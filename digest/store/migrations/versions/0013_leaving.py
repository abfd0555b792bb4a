"""How a person stood on a list before they left it, so that a mistake can be taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the column; who has left already does not come back by this."""
    op.add_column("subscriptions", sa.Column("was", sa.String(length=20)))
