"""The ledger of appearances: which item stood in which edition, and as what."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, exists, select

from digest.model import DeliveryState, Newness, Shown
from digest.store.campaigns import UNSENT, Campaign
from digest.store.content.items import ids
from digest.store.sql.upsert import insert_for
from digest.store.tables import appearances, campaigns, deliveries, items


def forget_appearances(connection: Connection, campaign_id: int) -> None:
    """Take back what the ledger says of an edition that nobody got."""
    connection.execute(delete(appearances).where(appearances.c.campaign_id == campaign_id))


def record_appearances(connection: Connection, campaign_id: int, shown: Sequence[Shown]) -> None:
    """Write into the ledger what an edition shows; what an earlier one of the same campaign showed stays."""
    row_ids = ids(connection, [(entry.source, entry.key) for entry in shown])
    rows = [
        {
            "campaign_id": campaign_id,
            "item_id": row_ids[entry.source, entry.key],
            "newness": entry.newness.value,
            "fingerprint": entry.fingerprint,
            "shown_at": entry.shown_at,
        }
        for entry in shown
    ]
    if rows:
        kept = insert_for(connection, appearances)
        latest = {name: kept.excluded[name] for name in ("newness", "fingerprint", "shown_at")}
        connection.execute(kept.on_conflict_do_update(index_elements=["campaign_id", "item_id"], set_=latest), rows)


def shown_in(connection: Connection, digest: str, *, leaving_out: Campaign | None = None) -> tuple[Shown, ...]:
    """The ledger of one digest, oldest first; without what nobody got, and what is left out."""
    query = (
        select(items.c.source, items.c.key, appearances)
        .join(items, items.c.id == appearances.c.item_id)
        .join(campaigns, campaigns.c.id == appearances.c.campaign_id)
        .where(
            campaigns.c.digest == digest,
            _was_shown(),
            campaigns.c.id != (leaving_out.id if leaving_out else -1),
        )
        .order_by(appearances.c.campaign_id)
    )
    return tuple(
        Shown(
            source=row.source,
            key=row.key,
            newness=Newness(row.newness),
            fingerprint=row.fingerprint,
            shown_at=row.shown_at,
        )
        for row in connection.execute(query)
    )


def editions_showing(connection: Connection, source: str, key: str) -> tuple[tuple[str, str, datetime], ...]:
    """Where an item appeared: (campaign name, newness, when)."""
    query = (
        select(campaigns.c.name, appearances.c.newness, appearances.c.shown_at)
        .join(items, items.c.id == appearances.c.item_id)
        .join(campaigns, campaigns.c.id == appearances.c.campaign_id)
        .where(items.c.source == source, items.c.key == key, _was_shown())
        .order_by(appearances.c.campaign_id)
    )
    return tuple((row.name, row.newness, row.shown_at) for row in connection.execute(query))


def _was_shown() -> ColumnElement[bool]:
    """Whether an edition counts as shown: it is on its way, or somebody perhaps got it before it was stopped."""
    reached = exists().where(
        deliveries.c.campaign_id == campaigns.c.id, deliveries.c.state.in_(DeliveryState.perhaps_received())
    )
    return campaigns.c.status.not_in(UNSENT) | reached
