"""Campaigns without their mails, which are some hundred kilobytes each."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from digest.model import By, CampaignStatus, Told
from digest.store.campaigns.rows import ANNOUNCEMENT
from digest.store.tables import campaigns

_OUTLINE = (
    *("id", "name", "digest", "period", "status", "reason", "reason_told", "moved_by", "created_at"),
    *("list_names", "without_lists", "subject"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Outline:
    """A row of the table without its mail and what that was made of."""

    id: int
    name: str
    digest: str
    period: str
    status: CampaignStatus
    reason: Told
    moved_by: By
    created_at: datetime
    list_names: tuple[str, ...]
    without_lists: tuple[str, ...]
    subject: str  # of its mail; "" where it has none, or an earlier version of ours put it on record

    @property
    def is_announcement(self) -> bool:
        """Whether it is a one-off mailing."""
        return self.digest == ANNOUNCEMENT


def outlines(
    connection: Connection, *, limit: int, digests: Collection[str] | None = None, ids: Collection[int] | None = None
) -> tuple[Outline, ...]:
    """The newest campaigns first, without their mails.

    Args:
        connection: of any transaction.
        limit: how many at most.
        digests: only of these.
        ids: only these.
    """
    query = select(*(campaigns.c[name] for name in _OUTLINE)).order_by(campaigns.c.id.desc()).limit(limit)
    if digests is not None:
        query = query.where(campaigns.c.digest.in_(digests))
    if ids is not None:
        query = query.where(campaigns.c.id.in_(ids))
    return tuple(
        Outline(
            id=row.id,
            name=row.name,
            digest=row.digest,
            period=row.period,
            status=CampaignStatus(row.status),
            reason=Told.read(row.reason, row.reason_told),
            moved_by=By.parse(row.moved_by),
            created_at=row.created_at,
            list_names=tuple(row.list_names),
            without_lists=tuple(row.without_lists),
            subject=row.subject,
        )
        for row in connection.execute(query)
    )


def lists_by_name(connection: Connection, names: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """The lists that campaigns of these names are for."""
    query = select(campaigns.c.name, campaigns.c.list_names).where(campaigns.c.name.in_(names))
    return {row.name: tuple(row.list_names) for row in connection.execute(query)} if names else {}


def subjects_by_name(connection: Connection, names: Collection[str]) -> Mapping[str, str]:
    """The subjects of campaigns of these names; those without one are left out."""
    query = select(campaigns.c.name, campaigns.c.subject).where(campaigns.c.name.in_(names), campaigns.c.subject != "")
    return {row.name: row.subject for row in connection.execute(query)} if names else {}


def begun_since(connection: Connection, after: datetime) -> Sequence[tuple[int, datetime, tuple[str, ...]]]:
    """The campaigns begun after a moment, without their mails: id, when, and the lists they are for."""
    query = select(campaigns.c.id, campaigns.c.created_at, campaigns.c.list_names)
    rows = connection.execute(query.where(campaigns.c.created_at > after).order_by(campaigns.c.id))
    return [(row.id, row.created_at, tuple(row.list_names)) for row in rows]


def first_of(connection: Connection, digest: str) -> datetime | None:
    """When a digest's first campaign was put on record; None where it never had one."""
    earliest = select(campaigns.c.created_at).where(campaigns.c.digest == digest).order_by(campaigns.c.created_at)
    return connection.execute(earliest.limit(1)).scalar()


def last_sent_at(connection: Connection, campaign_id: int | None = None) -> datetime | None:
    """When a campaign's latest results were written down, or any campaign's."""
    query = select(func.max(campaigns.c.last_sent_at))
    return connection.execute(query if campaign_id is None else query.where(campaigns.c.id == campaign_id)).scalar()


def status_of(connection: Connection, campaign_id: int) -> CampaignStatus | None:
    """How a campaign stands, without its mail; None where there is none of that id."""
    status = connection.execute(select(campaigns.c.status).where(campaigns.c.id == campaign_id)).scalar()
    return None if status is None else CampaignStatus(status)


def pulses(connection: Connection, campaign_ids: Collection[int]) -> Mapping[int, tuple[Any, ...]]:
    """What of a row changes whenever something of a campaign was sent, or it was moved, by its id; status first."""
    columns = campaigns.c.id, campaigns.c.status, campaigns.c.reason, campaigns.c.seconds, campaigns.c.last_sent_at
    query = select(*columns).where(campaigns.c.id.in_(campaign_ids))
    return {row[0]: tuple(row[1:]) for row in connection.execute(query)}


def refused_in_a_row(connection: Connection, campaign_id: int) -> tuple[int, int]:
    """How many mails of it the server has refused since it took one: of us or our mail, and of any kind."""
    query = select(campaigns.c.refusals, campaigns.c.rejections).where(campaigns.c.id == campaign_id)
    row = connection.execute(query).first()
    return (0, 0) if row is None else (row.refusals, row.rejections)


def was_over_limits(connection: Connection, campaign_id: int) -> bool:
    """Whether it was held once because so much of it had come back."""
    query = select(campaigns.c.over_limits_at).where(campaigns.c.id == campaign_id)
    return connection.execute(query).scalar() is not None
