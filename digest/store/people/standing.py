"""Standing: who may be mailed by a campaign, and why somebody may not; every other place asks here.

Each is an SQL expression over the columns of the row that is being looked at, so that a million people are judged by
one statement. It looks up one person at a time: of a long list nothing is gathered.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, func, not_, or_, select

from digest.model import NO_TERMS, Audience, DeliveryState, PersonSkip, Terms
from digest.store.people.conditions import meets
from digest.store.people.subscribers import Status
from digest.store.tables import (
    campaigns,
    deliveries,
    lists,
    mutes,
    preferences,
    subscribers,
    subscriptions,
    suppressions,
)
from digest.text.conditions import read_condition

MAY = ""
"""What `why_not` says of a person who may be mailed."""

EVERYTHING = ""
"""What stands in place of a digest's name where a preference is about all mail."""

_WEEK = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class Mailing:
    """What standing is judged for: a mail to an audience, now."""

    audience: Audience
    now: datetime
    digest: str
    terms: Terms
    lately: tuple[int, ...]  # ids of other campaigns that went out within a week, where these may be too many


def mailing(
    connection: Connection,
    audience: Audience,
    now: datetime,
    *,
    digest: str = EVERYTHING,
    terms: Terms = NO_TERMS,
    campaign_id: int | None = None,
) -> Mailing:
    """A mail to an audience, as it stands beside what else went out lately.

    Args:
        connection: of any transaction.
        audience: whom it is for.
        now: by which it is judged.
        digest: whose edition it is.
        terms: what it asks of people's preferences.
        campaign_id: its own, which does not count among the others.
    """
    lately: tuple[int, ...] = ()
    if terms.per_week is not None:
        query = select(campaigns.c.id).where(campaigns.c.last_sent_at > now - _WEEK, campaigns.c.id != campaign_id)
        found = connection.execute(query.order_by(campaigns.c.id)).scalars().all()
        lately = tuple(found) if len(found) >= terms.per_week else ()
    return Mailing(audience=audience, now=now, digest=digest, terms=terms, lately=lately)


def why_not(mailing: Mailing, person: ColumnElement[int], address_key: ColumnElement[str]) -> ColumnElement[str]:
    """Why a mailing must not go to a person, as a `PersonSkip`; `MAY` where it may."""
    names = mailing.audience.list_names
    against = [*_outside(mailing.audience, person), *_unwanted(mailing, person, address_key)]
    return case(
        (exists().where(suppressions.c.address_key == address_key), PersonSkip.SUPPRESSED.value),
        (_stands(names, person, Status.ACTIVE), case(*[(one, why.value) for one, why in against], else_=MAY)),
        (_stands(names, person, Status.UNSUBSCRIBED), PersonSkip.UNSUBSCRIBED.value),
        else_=PersonSkip.DELISTED.value,
    )


def may_be_mailed(mailing: Mailing, person: ColumnElement[int], address_key: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a mailing may go to a person."""
    return why_not(mailing, person, address_key) == MAY


def meant(mailing: Mailing) -> Select[*tuple[int, str, str]]:
    """Everybody whom a mailing is for, in the order of their ids: id, address key, and why not.

    Who left is among them, so that it is told why they get nothing; whom a file dropped is not, nor who is on a list
    that is left out, does not meet the condition, or has not chosen what goes only to those who choose it.
    """
    outside = [condition for condition, _ in _outside(mailing.audience, subscribers.c.id)]
    query = listed(mailing).where(*(not_(condition) for condition in outside))
    if mailing.terms.instead_of is None:
        return query
    chose = select(preferences.c.subscriber_id).where(
        preferences.c.digest == mailing.terms.instead_of, preferences.c.chosen == mailing.digest
    )
    return query.where(subscribers.c.id.in_(chose))


def listed(mailing: Mailing) -> Select[*tuple[int, str, str]]:
    """Everybody on the lists of a mailing, and of those it is not meant for why; else as `meant`."""
    on_a_list = select(subscriptions.c.subscriber_id).where(
        subscriptions.c.list_id.in_(_ids(mailing.audience.list_names)), subscriptions.c.status != Status.DELISTED
    )
    reason = why_not(mailing, subscribers.c.id, subscribers.c.address_key).label("reason")
    query = select(subscribers.c.id, subscribers.c.address_key, reason)
    return query.where(subscribers.c.id.in_(on_a_list)).order_by(subscribers.c.id)


def standing_of(connection: Connection, subscriber_id: int, mailing: Mailing) -> PersonSkip | None:
    """Why a mailing must not go to this person; None where it may."""
    query = select(why_not(mailing, subscribers.c.id, subscribers.c.address_key))
    reason = connection.execute(query.where(subscribers.c.id == subscriber_id)).scalar_one()
    return PersonSkip(reason) if reason != MAY else None


def _outside(audience: Audience, person: ColumnElement[int]) -> Iterator[tuple[ColumnElement[bool], PersonSkip]]:
    """What leaves a person on the lists out of an audience."""
    if audience.without:
        yield _stands(audience.without, person, Status.ACTIVE), PersonSkip.LEFT_OUT
    if audience.where:
        yield not_(meets(read_condition(audience.where), person)), PersonSkip.NOT_MEANT


def _unwanted(
    mailing: Mailing, person: ColumnElement[int], address_key: ColumnElement[str]
) -> Iterator[tuple[ColumnElement[bool], PersonSkip]]:
    """What of a person's preferences a mailing has to respect; the strongest first."""
    terms, about = mailing.terms, (EVERYTHING, mailing.digest)
    own = preferences.c.subscriber_id == person
    paused = exists().where(own, preferences.c.digest.in_(about), preferences.c.paused_until > mailing.now)
    yield paused, PersonSkip.PAUSED
    if terms.instead_of is not None:
        chose = exists().where(own, preferences.c.digest == terms.instead_of, preferences.c.chosen == mailing.digest)
        yield ~chose, PersonSkip.ALTERNATIVE
    if terms.alternatives:
        other = preferences.c.chosen.in_(terms.alternatives)
        yield exists().where(own, preferences.c.digest == mailing.digest, other), PersonSkip.ALTERNATIVE
    if terms.offers:

        def muted(name: str) -> ColumnElement[bool]:
            return exists().where(mutes.c.subscriber_id == person, mutes.c.name == name, mutes.c.digest.in_(about))

        nothing = [
            or_(muted(one.section), *([and_(*map(muted, one.categories))] if one.categories else []))
            for one in terms.offers
        ]
        yield and_(exists().where(mutes.c.subscriber_id == person), *nothing), PersonSkip.NOTHING_WANTED
    if mailing.lately:
        yield _mails_lately(mailing, address_key) >= terms.per_week, PersonSkip.OFTEN


def _mails_lately(mailing: Mailing, address_key: ColumnElement[str]) -> ColumnElement[int]:
    """How many mails a person got, or may have got, within a week."""
    got = deliveries.alias()
    query = select(func.count()).where(
        got.c.campaign_id.in_(mailing.lately),
        got.c.address_key == address_key,
        got.c.state.in_(DeliveryState.perhaps_received()),
        func.coalesce(got.c.finished_at, got.c.first_tried_at) > mailing.now - _WEEK,
    )
    return query.scalar_subquery()


def _stands(list_names: Sequence[str], person: ColumnElement[int], status: Status) -> ColumnElement[bool]:
    """Whether a person stands like this on any of the lists."""
    return exists().where(
        subscriptions.c.subscriber_id == person,
        subscriptions.c.list_id.in_(_ids(list_names)),
        subscriptions.c.status == status,
    )


def _ids(list_names: Sequence[str]) -> Select[tuple[int]]:
    return select(lists.c.id).where(lists.c.name.in_(list_names))
