"""A campaign as its row has it."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select

from digest.model import AS_COMPOSED, Arrangement, Audience, By, CampaignStatus, Offer, Terms, Told
from digest.store.tables import campaigns

ANNOUNCEMENT = "announcement"
"""What stands in place of a digest's name for one-off mailings."""

UNSENT = (CampaignStatus.CANCELLED, CampaignStatus.SKIPPED)
"""Nobody is to get what is in these."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Campaign:
    """One row of the table."""

    id: int
    name: str
    digest: str
    period: str
    status: CampaignStatus
    reason: Told  # for a person to read; nothing is decided by it
    moved_by: By  # who brought it into its status
    list_names: tuple[str, ...]
    created_at: datetime
    edition: str | None  # JSON; of an announcement, itself, where something is attached to it
    rendered: str | None  # JSON
    config_hash: str | None
    template_hash: str | None
    terms: Terms  # what it asks of people's preferences
    without_lists: tuple[str, ...] = ()
    condition: str = ""
    arrangement: Arrangement = AS_COMPOSED  # what an editor did to its edition
    send_at: datetime | None = None  # of an edition that the schedule drafted: not before
    subject: str = ""  # of its mail; "" where it has none, or an earlier version of ours put it on record

    @property
    def content_hash(self) -> str:
        """16 hex digits that change with anything in its mail: what an approval is bound to."""
        return sha256(f"{self.edition}\0{self.rendered}".encode()).hexdigest()[:16]

    @property
    def audience(self) -> Audience:
        """Whom it is for."""
        return Audience(list_names=self.list_names, without=self.without_lists, where=self.condition)


def one(connection: Connection, condition: ColumnElement[bool]) -> Campaign | None:
    """The campaign that meets a condition."""
    found = many(connection, select(campaigns).where(condition))
    return found[0] if found else None


def many(connection: Connection, query: Select[Any]) -> tuple[Campaign, ...]:
    """The campaigns of a query over whole rows."""
    rows = connection.execute(query)
    return tuple(
        Campaign(
            id=row.id,
            name=row.name,
            digest=row.digest,
            period=row.period,
            status=CampaignStatus(row.status),
            reason=Told.read(row.reason, row.reason_told),
            moved_by=By.parse(row.moved_by),
            list_names=tuple(row.list_names),
            created_at=row.created_at,
            edition=row.edition,
            rendered=row.rendered,
            config_hash=row.config_hash,
            template_hash=row.template_hash,
            terms=_terms(row.terms or {}),
            without_lists=tuple(row.without_lists),
            condition=row.condition,
            arrangement=_arrangement(row.arrangement),
            send_at=row.send_at,
            subject=row.subject,
        )
        for row in rows
    )


def _arrangement(kept: dict[str, Any] | None) -> Arrangement:
    if not kept:
        return AS_COMPOSED
    pairs = {name: tuple(map(tuple, kept.get(name, ()))) for name in ("dropped", "brought", "order")}
    return Arrangement(**{**kept, **pairs})


def _terms(kept: dict[str, Any]) -> Terms:
    offers = tuple(Offer(section=one["section"], categories=tuple(one["categories"])) for one in kept.get("offers", ()))
    alternatives = tuple(kept.get("alternatives", ()))
    return Terms(**{**kept, "alternatives": alternatives, "offers": offers})
