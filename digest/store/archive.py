"""The campaigns that everybody may read: those that say so, once somebody has got what is frozen of them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, func, literal, select, tuple_

from digest.model import CampaignStatus
from digest.store.tables import Instant, campaigns, edits, items

_SHOWN = (CampaignStatus.SENDING, CampaignStatus.SENT, CampaignStatus.CANCELLED)
"""What a person stopped, or has to look at, waits in the archive too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchivedCampaign:
    """A campaign as the archive lists it."""

    name: str
    digest: str  # or `digest.store.campaigns.ANNOUNCEMENT`
    created_at: datetime
    shown_since: datetime  # when somebody first got what is frozen of it
    content: str  # the edition or announcement as JSON


def page(connection: Connection, closed: Collection[str], *, limit: int, offset: int = 0) -> Sequence[ArchivedCampaign]:
    """Some of them, newest first.

    Args:
        connection: of any transaction.
        closed: digests whose editions are left out.
        limit: how many at most.
        offset: how many newer ones are passed over.
    """
    # Their order first, along the index: a mail is some hundred kilobytes, and each that is passed over would be read.
    order = campaigns.c.created_at.desc(), campaigns.c.id.desc()
    chosen = select(campaigns.c.id).where(_is_public(closed)).order_by(*order).limit(limit).offset(offset)
    numbers = list(connection.execute(chosen).scalars())
    return _many(connection, _all(closed).where(campaigns.c.id.in_(numbers)).order_by(*order))


def count(connection: Connection, closed: Collection[str]) -> int:
    """How many there are."""
    return connection.execute(select(func.count()).select_from(campaigns).where(_is_public(closed))).scalar_one()


def find(connection: Connection, name: str, closed: Collection[str]) -> ArchivedCampaign | None:
    """The one of this name; None also where it is not for everybody."""
    found = _many(connection, _all(closed).where(campaigns.c.name == name))
    return found[0] if found else None


def neighbours(connection: Connection, name: str, closed: Collection[str]) -> tuple[str | None, str | None]:
    """The names of the one before and of the one after it."""
    place = campaigns.c.created_at, campaigns.c.id
    own = select(*place).where(campaigns.c.name == name)
    moment, number = connection.execute(own).one()
    here = tuple_(literal(moment, Instant()), literal(number))
    names = select(campaigns.c.name).where(_is_public(closed)).limit(1)
    before = names.where(tuple_(*place) < here).order_by(*(one.desc() for one in place))
    after = names.where(tuple_(*place) > here).order_by(*place)
    return connection.execute(before).scalar(), connection.execute(after).scalar()


def stamp(connection: Connection, closed: Collection[str]) -> tuple[object, ...]:
    """Another whenever the archive has other mails in it, or something was taken back."""
    ends = func.count(), func.sum(campaigns.c.id), func.max(campaigns.c.shown_since)
    shown = select(*ends).where(_is_public(closed))
    edited = select(func.count(), func.max(edits.c.edited_at))
    gone = select(func.count(), func.max(items.c.gone_at)).where(items.c.gone_at.is_not(None))
    return tuple(value for query in (shown, edited, gone) for value in connection.execute(query).one())


def contents_of(connection: Connection, digest: str) -> Iterator[str]:
    """What those of one digest, or the announcements, say in the archive, as they are kept."""
    query = select(campaigns.c.edition).where(_is_public(()), campaigns.c.digest == digest)
    yield from connection.execute(query).scalars()


def _all(closed: Collection[str]) -> Select[tuple[str, str, datetime, datetime, str]]:
    columns = campaigns.c
    return select(columns.name, columns.digest, columns.created_at, columns.shown_since, columns.edition).where(
        _is_public(closed)
    )


def _is_public(closed: Collection[str]) -> ColumnElement[bool]:
    return (
        campaigns.c.public.is_(True)
        & campaigns.c.shown_since.is_not(None)
        & campaigns.c.status.in_(_SHOWN)
        & campaigns.c.digest.not_in(closed)
    )


def _many(
    connection: Connection, query: Select[tuple[str, str, datetime, datetime, str]]
) -> Sequence[ArchivedCampaign]:
    return [
        ArchivedCampaign(
            name=row.name,
            digest=row.digest,
            created_at=row.created_at,
            shown_since=row.shown_since,
            content=row.edition,
        )
        for row in connection.execute(query)
    ]
