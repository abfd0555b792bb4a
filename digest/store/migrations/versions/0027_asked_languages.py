"""In which language somebody asked to be written to."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Add the column; who asked before is answered in the language of the lists, as until now."""
    op.add_column("sign_ups", sa.Column("language", sa.Text()))
