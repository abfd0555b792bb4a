"""Editions and announcements on their way to people: the rows, and how each stands."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from digest.model import (
    AS_COMPOSED,
    NO_TERMS,
    Arrangement,
    Audience,
    By,
    CampaignStatus,
    Offer,
    Terms,
    Told,
    kept,
)
from digest.store.tables import campaigns

ANNOUNCEMENT = "announcement"
"""What stands in place of a digest's name for one-off mailings."""

UNSENT = (CampaignStatus.CANCELLED, CampaignStatus.SKIPPED)
"""Nobody is to get what is in these."""

_OUTLINE = (
    *("id", "name", "digest", "period", "status", "reason", "reason_told", "moved_by", "created_at"),
    *("list_names", "without_lists", "subject"),
)


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


def create(
    connection: Connection,
    *,
    name: str,
    digest: str,
    period: str,
    status: CampaignStatus,
    by: By,
    list_names: Sequence[str],
    now: datetime,
    reason: str = "",
    edition: str | None = None,
    rendered: str | None = None,
    config_hash: str | None = None,
    template_hash: str | None = None,
    without_lists: Sequence[str] = (),
    condition: str = "",
    terms: Terms = NO_TERMS,
    public: bool = False,
    arrangement: Arrangement = AS_COMPOSED,
    send_at: datetime | None = None,
) -> Campaign | None:
    """Insert the campaign; None when this digest already has one for the period (UNIQUE)."""
    values = {
        "name": name,
        "digest": digest,
        "period": period,
        "status": status.value,
        "reason": str(reason),
        "reason_told": kept(reason),
        "moved_by": str(by),
        "list_names": list(list_names),
        "without_lists": list(without_lists),
        "condition": condition,
        "created_at": now,
        "edition": edition,
        "rendered": rendered,
        "config_hash": config_hash,
        "template_hash": template_hash,
        "terms": asdict(terms),
        "public": public,
        "arrangement": asdict(arrangement),
        "send_at": send_at,
        "subject": _subject_of(rendered),
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


def locked(connection: Connection, campaign_id: int) -> Campaign | None:
    """As `by_id`, and nobody else changes it until the transaction ends."""
    query = select(campaigns).where(campaigns.c.id == campaign_id).with_for_update()
    return next(iter(_many(connection, query)), None)


def with_ids(connection: Connection, ids: Collection[int]) -> tuple[Campaign, ...]:
    """The campaigns with these ids, oldest first."""
    return _many(connection, select(campaigns).where(campaigns.c.id.in_(ids)).order_by(campaigns.c.id)) if ids else ()


def recent(connection: Connection, limit: int = 20) -> tuple[Campaign, ...]:
    """The newest campaigns first."""
    return _many(connection, select(campaigns).order_by(campaigns.c.id.desc()).limit(limit))


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
    found = _many(connection, query)
    return found[0] if found else None


def sending(connection: Connection) -> tuple[Campaign, ...]:
    """Campaigns whose deliveries may be claimed, oldest first."""
    query = select(campaigns).where(campaigns.c.status == CampaignStatus.SENDING).order_by(campaigns.c.id)
    return _many(connection, query)


def drafted(connection: Connection) -> tuple[Campaign, ...]:
    """Editions that the schedule drafted, and that wait or are held, oldest first."""
    waits = campaigns.c.status.in_((CampaignStatus.PREPARED, CampaignStatus.HELD)) & campaigns.c.send_at.is_not(None)
    return _many(connection, select(campaigns).where(waits).order_by(campaigns.c.id))


def since(connection: Connection, moment: datetime, *, limit: int) -> tuple[Campaign, ...]:
    """The newest campaigns that were begun since then."""
    query = select(campaigns).where(campaigns.c.created_at >= moment).order_by(campaigns.c.id.desc()).limit(limit)
    return _many(connection, query)


def last_sent_at(connection: Connection, campaign_id: int | None = None) -> datetime | None:
    """When a campaign's latest results were written down, or any campaign's."""
    query = select(func.max(campaigns.c.last_sent_at))
    return connection.execute(query if campaign_id is None else query.where(campaigns.c.id == campaign_id)).scalar()


def status_of(connection: Connection, campaign_id: int) -> CampaignStatus | None:
    """How a campaign stands, without its mail; None where there is none of that id."""
    status = connection.execute(select(campaigns.c.status).where(campaigns.c.id == campaign_id)).scalar()
    return None if status is None else CampaignStatus(status)


def set_public(connection: Connection, campaign_id: int, public: bool) -> bool:
    """Whether everybody may read it from now on; False where nothing changed."""
    change = update(campaigns).where(campaigns.c.id == campaign_id, campaigns.c.public.is_not(public))
    return connection.execute(change.values(public=public)).rowcount > 0


def pulses(connection: Connection, campaign_ids: Collection[int]) -> Mapping[int, tuple[Any, ...]]:
    """What of a row changes whenever something of a campaign was sent, or it was moved, by its id; status first."""
    columns = campaigns.c.id, campaigns.c.status, campaigns.c.reason, campaigns.c.seconds, campaigns.c.last_sent_at
    query = select(*columns).where(campaigns.c.id.in_(campaign_ids))
    return {row[0]: tuple(row[1:]) for row in connection.execute(query)}


def set_status(
    connection: Connection,
    campaign_id: int,
    status: CampaignStatus,
    *,
    allowed: Collection[CampaignStatus],
    by: By,
    reason: str,
) -> bool:
    """Write down where a campaign is now, if it is in one of the allowed states; whether it was.

    What is allowed is for `core.campaigns.moves` to say, which alone calls this.
    """
    change = update(campaigns).where(campaigns.c.id == campaign_id, campaigns.c.status.in_(allowed))
    told = {"reason": str(reason), "reason_told": kept(reason)}
    values: dict[str, Any] = {"status": status.value, "moved_by": str(by), **told}
    if status is CampaignStatus.SENDING:  # whoever lets it go has seen to what was refused
        values |= {"refusals": 0, "rejections": 0}
    return connection.execute(change.values(**values)).rowcount > 0


def refused_in_a_row(connection: Connection, campaign_id: int) -> tuple[int, int]:
    """How many mails of it the server has refused since it took one: of us or our mail, and of any kind."""
    query = select(campaigns.c.refusals, campaigns.c.rejections).where(campaigns.c.id == campaign_id)
    row = connection.execute(query).first()
    return (0, 0) if row is None else (row.refusals, row.rejections)


def count_refused(connection: Connection, campaign_id: int, refused: tuple[int, int], *, began_anew: bool) -> None:
    """Add so many in a row, refusals and rejections; or begin with these, where it has taken one before."""
    before = (campaigns.c.refusals, campaigns.c.rejections)
    refusals, rejections = refused if began_anew else (before[0] + refused[0], before[1] + refused[1])
    own = update(campaigns).where(campaigns.c.id == campaign_id)
    changed = (campaigns.c.refusals != refusals) | (campaigns.c.rejections != rejections)
    connection.execute(own.where(changed).values(refusals=refusals, rejections=rejections))


def set_shown(connection: Connection, campaign_id: int, since: datetime | None) -> None:
    """Write down since when somebody has what is frozen of it, unless it is known; None: nobody has it any more."""
    known = func.coalesce(campaigns.c.shown_since, since) if since else None
    connection.execute(update(campaigns).where(campaigns.c.id == campaign_id).values(shown_since=known))


def was_over_limits(connection: Connection, campaign_id: int) -> bool:
    """Whether it was held once because so much of it had come back."""
    query = select(campaigns.c.over_limits_at).where(campaigns.c.id == campaign_id)
    return connection.execute(query).scalar() is not None


def note_over_limits(connection: Connection, campaign_id: int, now: datetime) -> None:
    """Keep that it was held because so much of it had come back."""
    connection.execute(update(campaigns).where(campaigns.c.id == campaign_id).values(over_limits_at=now))


def set_lists(connection: Connection, campaign_id: int, list_names: Sequence[str]) -> None:
    """Widen a campaign's audience; the plan adds only people who have no delivery yet."""
    change = update(campaigns).where(campaigns.c.id == campaign_id)
    connection.execute(change.values(list_names=list(list_names)))


def set_arrangement(connection: Connection, campaign_id: int, arrangement: Arrangement) -> None:
    """Write down what an editor did to a campaign's edition."""
    change = update(campaigns).where(campaigns.c.id == campaign_id)
    connection.execute(change.values(arrangement=asdict(arrangement)))


def freeze(
    connection: Connection,
    campaign_id: int,
    *,
    content: str | None,
    rendered: str,
    config_hash: str,
    template_hash: str,
    terms: Terms,
) -> None:
    """Put another mail in the place of the frozen one, with what it was made of and by."""
    change = update(campaigns).where(campaigns.c.id == campaign_id)
    values = {"edition": content, "rendered": rendered, "config_hash": config_hash, "template_hash": template_hash}
    connection.execute(change.values(**values, terms=asdict(terms), subject=_subject_of(rendered)))


def shown_since(connection: Connection, moment: datetime) -> Iterator[str]:
    """The mails that wait, are being sent, or went or were made since then, as they are kept."""
    over = (CampaignStatus.SENT, CampaignStatus.SKIPPED, CampaignStatus.CANCELLED)
    lately = (campaigns.c.created_at >= moment) | (campaigns.c.last_sent_at >= moment)
    wanted = (campaigns.c.rendered.is_not(None)) & (campaigns.c.status.not_in([str(one) for one in over]) | lately)
    for row in connection.execute(select(campaigns.c.rendered, campaigns.c.edition).where(wanted)):
        yield row.rendered
        yield row.edition or ""


def _subject_of(rendered: str | None) -> str:
    return str(json.loads(rendered).get("subject", "")) if rendered else ""


def _one(connection: Connection, condition: ColumnElement[bool]) -> Campaign | None:
    found = _many(connection, select(campaigns).where(condition))
    return found[0] if found else None


def _many(connection: Connection, query: Select[Any]) -> tuple[Campaign, ...]:
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
