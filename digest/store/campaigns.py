"""Editions and announcements on their way to people, and the ledger of appearances."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from digest.model import CampaignStatus, DeliveryState, Newness, Shown
from digest.store.items import ids
from digest.store.tables import appearances, campaigns, chunks, deliveries, items

ANNOUNCEMENT = "announcement"
"""What stands in place of a digest's name for one-off mailings."""

_UNSENT = (CampaignStatus.CANCELLED, CampaignStatus.SKIPPED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Campaign:
    """One row of the table."""

    id: int
    name: str
    digest: str
    period: str
    status: CampaignStatus
    reason: str
    list_names: tuple[str, ...]
    created_at: datetime
    edition: str | None  # JSON; of an announcement, itself, where something is attached to it
    rendered: str | None  # JSON
    config_hash: str | None
    template_hash: str | None


def create(
    connection: Connection,
    *,
    name: str,
    digest: str,
    period: str,
    status: CampaignStatus,
    list_names: Sequence[str],
    now: datetime,
    reason: str = "",
    edition: str | None = None,
    rendered: str | None = None,
    config_hash: str | None = None,
    template_hash: str | None = None,
) -> Campaign | None:
    """Insert the campaign; None when this digest already has one for the period (UNIQUE)."""
    values = {
        "name": name,
        "digest": digest,
        "period": period,
        "status": status.value,
        "reason": reason,
        "list_names": list(list_names),
        "created_at": now,
        "edition": edition,
        "rendered": rendered,
        "config_hash": config_hash,
        "template_hash": template_hash,
    }
    try:
        with connection.begin_nested():
            connection.execute(insert(campaigns).values(**values))
    except IntegrityError:
        return None
    return find(connection, digest, period)


def find(connection: Connection, digest: str, period: str) -> Campaign | None:
    """The campaign of a digest and period."""
    return _one(connection, (campaigns.c.digest == digest) & (campaigns.c.period == period))


def by_name(connection: Connection, name: str) -> Campaign | None:
    """The campaign with this name."""
    return _one(connection, campaigns.c.name == name)


def by_id(connection: Connection, campaign_id: int) -> Campaign | None:
    """The campaign with this id."""
    return _one(connection, campaigns.c.id == campaign_id)


def recent(connection: Connection, limit: int = 20) -> tuple[Campaign, ...]:
    """The newest campaigns first."""
    return _many(connection, select(campaigns).order_by(campaigns.c.id.desc()).limit(limit))


def any_of(connection: Connection, digest: str) -> bool:
    """Whether a digest ever had a campaign."""
    return connection.execute(select(campaigns.c.id).where(campaigns.c.digest == digest).limit(1)).scalar() is not None


def latest_edition(connection: Connection, digest: str, *, leaving_out: Campaign | None = None) -> str | None:
    """The frozen edition that a digest showed last, as JSON."""
    query = (
        select(campaigns.c.edition)
        .where(
            campaigns.c.digest == digest,
            campaigns.c.edition.is_not(None),
            campaigns.c.status.not_in(_UNSENT),
            campaigns.c.id != (leaving_out.id if leaving_out else -1),
        )
        .order_by(campaigns.c.id.desc())
        .limit(1)
    )
    return connection.execute(query).scalar()


def sending(connection: Connection) -> tuple[Campaign, ...]:
    """Campaigns whose deliveries may be claimed, oldest first."""
    query = select(campaigns).where(campaigns.c.status == CampaignStatus.SENDING).order_by(campaigns.c.id)
    return _many(connection, query)


def set_status(connection: Connection, campaign_id: int, status: CampaignStatus, reason: str = "") -> None:
    """Move a campaign on."""
    change = update(campaigns).where(campaigns.c.id == campaign_id)
    connection.execute(change.values(status=status.value, reason=reason))


def set_lists(connection: Connection, campaign_id: int, list_names: Sequence[str]) -> None:
    """Widen a campaign's audience; the plan adds only people who have no delivery yet."""
    change = update(campaigns).where(campaigns.c.id == campaign_id)
    connection.execute(change.values(list_names=list(list_names)))


def refreeze(connection: Connection, campaign_id: int, *, edition: str, rendered: str) -> None:
    """Replace what is sent, when something in it closed while it waited."""
    change = update(campaigns).where(campaigns.c.id == campaign_id)
    connection.execute(change.values(edition=edition, rendered=rendered))


def replace_edition(
    connection: Connection,
    campaign_id: int,
    *,
    edition: str,
    rendered: str,
    config_hash: str,
    template_hash: str,
    shown: Sequence[Shown],
) -> None:
    """Put another edition in the place of the one that was prepared; the ledger remembers what it shows."""
    refreeze(connection, campaign_id, edition=edition, rendered=rendered)
    change = update(campaigns).where(campaigns.c.id == campaign_id)
    connection.execute(change.values(config_hash=config_hash, template_hash=template_hash))
    connection.execute(delete(appearances).where(appearances.c.campaign_id == campaign_id))
    record_appearances(connection, campaign_id, shown)


def forget_unsent(connection: Connection, campaign: Campaign) -> None:
    """Delete a mailing that was skipped, or held before anything was sent, so that the period may be tried again."""
    current = by_id(connection, campaign.id)
    if current is None or current.status not in (CampaignStatus.SKIPPED, CampaignStatus.HELD):
        return
    if was_tried(connection, campaign):
        return
    forget_appearances(connection, campaign.id)
    connection.execute(delete(chunks).where(chunks.c.campaign_id == campaign.id))
    connection.execute(delete(deliveries).where(deliveries.c.campaign_id == campaign.id))
    connection.execute(delete(campaigns).where(campaigns.c.id == campaign.id))


def was_tried(connection: Connection, campaign: Campaign) -> bool:
    """Whether sending it to anybody was ever begun."""
    untried = (DeliveryState.QUEUED, DeliveryState.SKIPPED)
    query = select(deliveries.c.id).where(deliveries.c.campaign_id == campaign.id, deliveries.c.state.not_in(untried))
    return connection.execute(query.limit(1)).scalar() is not None


def forget_appearances(connection: Connection, campaign_id: int) -> None:
    """Take back what the ledger says of an edition that nobody got."""
    connection.execute(delete(appearances).where(appearances.c.campaign_id == campaign_id))


def record_appearances(connection: Connection, campaign_id: int, shown: Sequence[Shown]) -> None:
    """Write into the ledger what an edition shows."""
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
        connection.execute(insert(appearances), rows)


def shown_in(connection: Connection, digest: str, *, leaving_out: Campaign | None = None) -> tuple[Shown, ...]:
    """The ledger of one digest, oldest first; what was cancelled, or is left out, was not shown."""
    query = (
        select(items.c.source, items.c.key, appearances)
        .join(items, items.c.id == appearances.c.item_id)
        .join(campaigns, campaigns.c.id == appearances.c.campaign_id)
        .where(
            campaigns.c.digest == digest,
            campaigns.c.status.not_in(_UNSENT),
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
        .where(items.c.source == source, items.c.key == key, campaigns.c.status.not_in(_UNSENT))
        .order_by(appearances.c.campaign_id)
    )
    return tuple((row.name, row.newness, row.shown_at) for row in connection.execute(query))


def _one(connection: Connection, condition: object) -> Campaign | None:
    found = _many(connection, select(campaigns).where(condition))  # type: ignore[arg-type]
    return found[0] if found else None


def _many(connection: Connection, query: object) -> tuple[Campaign, ...]:
    rows = connection.execute(query)  # type: ignore[call-overload]
    return tuple(
        Campaign(
            id=row.id,
            name=row.name,
            digest=row.digest,
            period=row.period,
            status=CampaignStatus(row.status),
            reason=row.reason,
            list_names=tuple(row.list_names),
            created_at=row.created_at,
            edition=row.edition,
            rendered=row.rendered,
            config_hash=row.config_hash,
            template_hash=row.template_hash,
        )
        for row in rows
    )
