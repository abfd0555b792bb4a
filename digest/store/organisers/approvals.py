"""Who was shown which edition before it goes, and who approved what of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from digest.store.sql.upsert import upsert
from digest.store.tables import approvals, reviews


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """What the organisers of a campaign were shown last."""

    content_hash: str
    told_at: datetime
    reminded_at: datetime | None


def approve(connection: Connection, campaign_id: int, *, who: str, content_hash: str, now: datetime) -> None:
    """Somebody approves what has this hash; what they approved before is forgotten."""
    upsert(connection, approvals, {"campaign_id": campaign_id, "who": who}, {"content_hash": content_hash, "at": now})


def approved_by(connection: Connection, campaign_id: int, content_hash: str) -> tuple[str, ...]:
    """Who approved exactly this, the first before the others."""
    query = select(approvals.c.who).where(
        approvals.c.campaign_id == campaign_id, approvals.c.content_hash == content_hash
    )
    return tuple(connection.execute(query.order_by(approvals.c.at, approvals.c.who)).scalars())


def withdraw(connection: Connection, campaign_id: int) -> None:
    """Nobody's approval counts any more."""
    connection.execute(delete(approvals).where(approvals.c.campaign_id == campaign_id))


def review_of(connection: Connection, campaign_id: int) -> Review | None:
    """What its organisers were shown last; None where they were shown nothing."""
    row = connection.execute(select(reviews).where(reviews.c.campaign_id == campaign_id)).one_or_none()
    if row is None:
        return None
    return Review(content_hash=row.content_hash, told_at=row.told_at, reminded_at=row.reminded_at)


def record_told(connection: Connection, campaign_id: int, content_hash: str, now: datetime) -> None:
    """They were shown what has this hash."""
    upsert(connection, reviews, {"campaign_id": campaign_id}, {"content_hash": content_hash, "told_at": now})


def record_reminded(connection: Connection, campaign_id: int, now: datetime) -> None:
    """They were reminded."""
    connection.execute(update(reviews).where(reviews.c.campaign_id == campaign_id).values(reminded_at=now))
