"""What is written down for people to read, with the phrase and facts that tell it in another language."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

_TOLD = (("campaigns", "reason"), ("drafts", "trouble"), ("sources", "last_error"), ("activity", "detail"))


def upgrade() -> None:
    """Add the columns; what stands there already is told as it was written down."""
    for table, column in _TOLD:
        op.add_column(table, sa.Column(f"{column}_told", sa.JSON()))
