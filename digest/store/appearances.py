"""The ledger of appearances: which item stood in which edition, and as what."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Select, and_, delete, exists, false, or_, select, true

from digest.model import DeliveryState, Item, Newness, Shown
from digest.store.campaigns import ANNOUNCEMENT, UNSENT, Campaign
from digest.store.content.items import ids
from digest.store.sql.json_rows import JsonRows
from digest.store.sql.upsert import insert_for
from digest.store.tables import appearances, campaigns, deliveries, edits, items

_ID = JsonRows((("id", Integer()),))


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


def coming(
    connection: Connection,
    digests: Sequence[str],
    *,
    since: datetime,
    unseen_since: datetime | None = None,
    leaving_out: Campaign | None = None,
) -> Select[tuple[int]]:
    """The ids of all items that may still come into an edition of these digests.

    The rest is a network's history: what is over or was withdrawn by then, and what does not change and was shown in
    all of them long ago. What an editor set something on is never history.

    Args:
        connection: of any transaction.
        digests: by name.
        since: what changed later is taken whatever else holds.
        unseen_since: an earlier time; what changed after that is taken where one of them has not shown it.
        leaving_out: a campaign whose edition does not count as shown.
    """
    unseen = [items.c.id.not_in(_shown_by(digest, leaving_out)) for digest in digests]
    edited = ids(connection, [(row.source, row.key) for row in connection.execute(select(edits.c.source, edits.c.key))])
    listed = or_(items.c.gone_at.is_(None), items.c.gone_at >= since)
    ahead = or_(items.c.over_at >= since, items.c.over_at.is_(None) & or_(*unseen, false()))
    taken = [items.c.changed_at >= since, and_(listed, ahead), items.c.id.in_(list(edited.values()))]
    if unseen_since is not None:
        taken.append(and_(items.c.changed_at >= unseen_since, or_(*unseen) if unseen else true()))
    return select(items.c.id).where(or_(*taken))


def _shown_by(digest: str, leaving_out: Campaign | None) -> Select[tuple[int]]:
    return (
        select(appearances.c.item_id)
        .join(campaigns, campaigns.c.id == appearances.c.campaign_id)
        .where(campaigns.c.digest == digest, _was_shown(), _is_not(leaving_out))
    )


def shown_in(
    connection: Connection,
    digest: str,
    *,
    lists: Sequence[str] = (),
    leaving_out: Campaign | None = None,
    of: Iterable[Item] | None = None,
) -> tuple[Shown, ...]:
    """What one digest showed, oldest first; without what nobody got, and what is left out.

    What an announcement to everybody on all of its lists had attached counts, too: its readers have it.

    Args:
        connection: of any transaction.
        digest: its name.
        lists: its lists; without them no announcement counts.
        leaving_out: a campaign whose edition does not count.
        of: only of these items, by whatever keys they had.
    """
    query = (
        select(items.c.source, items.c.key, appearances, campaigns.c.digest)
        .join(items, items.c.id == appearances.c.item_id)
        .join(campaigns, campaigns.c.id == appearances.c.campaign_id)
        .where(
            (campaigns.c.digest == digest) | campaigns.c.id.in_(_announced_to(connection, lists)),
            _was_shown(),
            _is_not(leaving_out),
        )
        .order_by(appearances.c.campaign_id)
    )
    chosen = {}
    if of is not None:
        query, chosen = query.where(_is_chosen(connection)), _chosen(connection, of)
    return tuple(
        Shown(
            source=row.source,
            key=row.key,
            newness=Newness(row.newness),
            fingerprint=row.fingerprint,
            shown_at=row.shown_at,
            announced=row.digest != digest,
        )
        for row in connection.execute(query, chosen)
    )


def _announced_to(connection: Connection, lists: Sequence[str]) -> list[int]:
    """The announcements with something attached that went to everybody on all of these lists."""
    if not lists:
        return []
    query = select(campaigns.c.id, campaigns.c.list_names, campaigns.c.without_lists).where(
        campaigns.c.digest == ANNOUNCEMENT,
        campaigns.c.condition == "",
        campaigns.c.id.in_(select(appearances.c.campaign_id)),
    )
    rows = connection.execute(query)
    return [row.id for row in rows if not row.without_lists and set(lists) <= set(row.list_names)]


def frozen_editions(connection: Connection, *, of: Iterable[Item]) -> tuple[tuple[str, str], ...]:
    """What showed any of these items by whatever keys they had, without what nobody got: (digest, frozen as JSON)."""
    showing = select(appearances.c.campaign_id).where(_is_chosen(connection))
    query = (
        select(campaigns.c.digest, campaigns.c.edition)
        .where(campaigns.c.id.in_(showing), campaigns.c.edition.is_not(None), _was_shown())
        .order_by(campaigns.c.id)
    )
    return tuple((row.digest, row.edition) for row in connection.execute(query, _chosen(connection, of)))


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


def _is_chosen(connection: Connection) -> ColumnElement[bool]:
    """Whether a line is of one of the items in the parameter ``chosen``."""
    return appearances.c.item_id.in_(select(_ID.table(connection.dialect.name, "chosen").c.id))


def _chosen(connection: Connection, of: Iterable[Item]) -> dict[str, Any]:
    pairs = {(item.source, key) for item in of for key in (item.key, *item.replaces)}
    rows = [{"id": number} for number in ids(connection, pairs).values()]
    return {"chosen": _ID.array(connection.dialect, rows)}


def _is_not(campaign: Campaign | None) -> ColumnElement[bool]:
    return campaigns.c.id != (campaign.id if campaign else -1)


def _was_shown() -> ColumnElement[bool]:
    """Whether an edition counts as shown: it is on its way, or somebody perhaps got it before it was stopped."""
    reached = exists().where(
        deliveries.c.campaign_id == campaigns.c.id, deliveries.c.state.in_(DeliveryState.perhaps_received())
    )
    return campaigns.c.status.not_in(UNSENT) | reached
