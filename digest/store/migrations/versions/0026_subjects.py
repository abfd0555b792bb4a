"""Subjects of campaigns, so that what lists them reads no mail."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Add the column, and fill it from the frozen mails."""
    op.add_column("campaigns", sa.Column("subject", sa.Text(), nullable=False, server_default=""))
    campaigns = sa.table("campaigns", sa.column("id"), sa.column("rendered"), sa.column("subject"))
    connection = op.get_bind()
    mails = sa.select(campaigns.c.id).where(campaigns.c.rendered.is_not(None))
    for number in connection.execute(mails).scalars().all():
        kept = connection.execute(sa.select(campaigns.c.rendered).where(campaigns.c.id == number)).scalar_one()
        change = sa.update(campaigns).where(campaigns.c.id == number)
        connection.execute(change.values(subject=json.loads(kept).get("subject", "")))
