"""Campaigns found: one by what names it, or those that wait, are sent or went."""

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import Connection, select

from digest.model import CampaignStatus
from digest.store.campaigns.rows import UNSENT, Campaign, many, one
from digest.store.tables import campaigns


def find(connection: Connection, digest: str, period: str) -> Campaign | None:
    """The campaign of a digest and period."""
    return one(connection, (campaigns.c.digest == digest) & (campaigns.c.period == period))


def by_name(connection: Connection, name: str) -> Campaign | None:
    """The campaign with this name."""
    return one(connection, campaigns.c.name == name)


def by_id(connection: Connection, campaign_id: int) -> Campaign | None:
    """The campaign with this id."""
    return one(connection, campaigns.c.id == campaign_id)


def locked(connection: Connection, campaign_id: int) -> Campaign | None:
    """As `by_id`, and nobody else changes it until the transaction ends."""
    query = select(campaigns).where(campaigns.c.id == campaign_id).with_for_update()
    return next(iter(many(connection, query)), None)


def with_ids(connection: Connection, ids: Collection[int]) -> tuple[Campaign, ...]:
    """The campaigns with these ids, oldest first."""
    return many(connection, select(campaigns).where(campaigns.c.id.in_(ids)).order_by(campaigns.c.id)) if ids else ()


def recent(connection: Connection, limit: int = 20) -> tuple[Campaign, ...]:
    """The newest campaigns first."""
    return many(connection, select(campaigns).order_by(campaigns.c.id.desc()).limit(limit))


def latest_edition(connection: Connection, digest: str, *, leaving_out: Campaign | None = None) -> str | None:
    """The frozen edition that a digest showed last, as JSON."""
    query = (
        select(campaigns.c.edition)
        .where(
            campaigns.c.digest == digest,
            campaigns.c.edition.is_not(None),
            campaigns.c.status.not_in(UNSENT),
            campaigns.c.id != (leaving_out.id if leaving_out else -1),
        )
        .order_by(campaigns.c.id.desc())
        .limit(1)
    )
    return connection.execute(query).scalar()


def latest_sent(connection: Connection, digests: Collection[str]) -> Campaign | None:
    """The edition of any of these digests that went out last."""
    gone = campaigns.c.status.in_((CampaignStatus.SENT, CampaignStatus.SENDING)) & campaigns.c.edition.is_not(None)
    query = select(campaigns).where(campaigns.c.digest.in_(digests), gone).order_by(campaigns.c.id.desc()).limit(1)
    found = many(connection, query)
    return found[0] if found else None


def sending(connection: Connection) -> tuple[Campaign, ...]:
    """Campaigns whose deliveries may be claimed, oldest first."""
    query = select(campaigns).where(campaigns.c.status == CampaignStatus.SENDING).order_by(campaigns.c.id)
    return many(connection, query)


def drafted(connection: Connection) -> tuple[Campaign, ...]:
    """Editions that the schedule drafted, and that wait or are held, oldest first."""
    waits = campaigns.c.status.in_((CampaignStatus.PREPARED, CampaignStatus.HELD)) & campaigns.c.send_at.is_not(None)
    return many(connection, select(campaigns).where(waits).order_by(campaigns.c.id))


def since(connection: Connection, moment: datetime, *, limit: int) -> tuple[Campaign, ...]:
    """The newest campaigns that were begun since then."""
    query = select(campaigns).where(campaigns.c.created_at >= moment).order_by(campaigns.c.id.desc()).limit(limit)
    return many(connection, query)


def shown_since(connection: Connection, moment: datetime) -> Iterator[str]:
    """The mails that wait, are being sent, or went or were made since then, as they are kept."""
    over = (CampaignStatus.SENT, CampaignStatus.SKIPPED, CampaignStatus.CANCELLED)
    lately = (campaigns.c.created_at >= moment) | (campaigns.c.last_sent_at >= moment)
    wanted = (campaigns.c.rendered.is_not(None)) & (campaigns.c.status.not_in([str(one) for one in over]) | lately)
    for row in connection.execute(select(campaigns.c.rendered, campaigns.c.edition).where(wanted)):
        yield row.rendered
        yield row.edition or ""
