"""By which configuration a worker goes, so that it is asked to do only what whoever asks would do alike."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Add the column; of a worker that does not say so, nothing is asked but to send."""
    op.add_column("workers", sa.Column("config", sa.String(16)))
