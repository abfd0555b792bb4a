"""When an item is over, so that a network's history need not be read to know that it is one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_PAGE = 1000
_COLUMNS = (("id", sa.Integer()), ("content", sa.JSON()), ("over_at", sa.DateTime()))


def upgrade() -> None:
    """Add the column, filled from what is stored, and the index that is asked first."""
    op.add_column("items", sa.Column("over_at", sa.DateTime(timezone=True)))
    connection = op.get_bind()
    items = sa.table("items", *(sa.column(name, kind) for name, kind in _COLUMNS))
    pages = sa.select(items.c.id, items.c.content).order_by(items.c.id).limit(_PAGE)
    last = 0
    while page := connection.execute(pages.where(items.c.id > last)).all():
        rows = [{"item": row.id, "over": over} for row in page if (over := _over_at(row.content))]
        if rows:
            change = sa.update(items).where(items.c.id == sa.bindparam("item")).values(over_at=sa.bindparam("over"))
            connection.execute(change, rows)
        last = page[-1].id
    op.create_index("ix_items_changed_at_over_at_gone_at", "items", ["changed_at", "over_at", "gone_at"])


def _over_at(content: dict[str, Any]) -> datetime | None:
    text = content.get("ends_at") or content.get("closes_at") or content.get("starts_at")
    if not text:
        return None
    moment = datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
    return moment + timedelta(days=1) if not (content.get("ends_at") or content.get("closes_at")) else moment
