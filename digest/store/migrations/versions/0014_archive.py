"""Which campaigns may stand in the public archive, and since when somebody has what is frozen of them."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_SHOWN = """
UPDATE campaigns SET shown_since = coalesce(last_sent_at, created_at) WHERE EXISTS (
    SELECT 1 FROM deliveries
    WHERE deliveries.campaign_id = campaigns.id AND deliveries.state IN ('accepted', 'unknown', 'in_flight')
)
"""


def upgrade() -> None:
    """Add the columns: of what is stored the editions are public, as their digests are unless it is said otherwise."""
    op.add_column("campaigns", sa.Column("public", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("campaigns", sa.Column("shown_since", sa.DateTime(timezone=True)))
    campaigns = sa.table("campaigns", sa.column("digest", sa.Text()), sa.column("public", sa.Boolean()))
    op.execute(sa.update(campaigns).where(campaigns.c.digest != "announcement").values(public=True))
    op.execute(_SHOWN)
    op.create_index("ix_campaigns_public_shown_since", "campaigns", ["public", "shown_since"])
