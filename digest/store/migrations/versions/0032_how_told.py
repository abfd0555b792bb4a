"""How people agreed to mail or took it back, with the phrase and facts that tell it in another language."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Add the column; what stands there already is told as it was written down."""
    op.add_column("journal", sa.Column("how_told", sa.JSON()))
