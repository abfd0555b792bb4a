"""Standing: who may be mailed by a campaign, and why somebody may not; every other place asks here.

Each is an SQL expression over the columns of the row that is being looked at, so that a million people are judged by
one statement. Of some people it looks up each by itself; to everybody on a list it joins whom a law is about.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, FromClause, Select, case, exists, not_, select

from digest.model import NO_TERMS, Audience, PersonSkip, Terms
from digest.store.people.fields import meets
from digest.store.people.laws import (
    EVERYTHING,
    WEEK,
    Law,
    Mailing,
    left_out_by,
    unwanted_by,
    who_chose,
)
from digest.store.people.lists import ids_of_lists
from digest.store.people.subscribers import Status
from digest.store.tables import campaigns, subscribers, subscriptions, suppressions
from digest.text.conditions import read_condition

MAY = ""
"""What `why_not` says of a person who may be mailed."""

_Against = tuple[ColumnElement[bool], PersonSkip]
"""A condition that keeps a person from a mail, and what it is called."""


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
        query = select(campaigns.c.id).where(campaigns.c.last_sent_at > now - WEEK, campaigns.c.id != campaign_id)
        found = connection.execute(query.order_by(campaigns.c.id)).scalars().all()
        lately = tuple(found) if len(found) >= terms.per_week else ()
    # Named, they would leave a database guessing how many are on them: it looked a million people up one by one.
    to, without = (ids_of_lists(connection, names) for names in (audience.list_names, audience.without))
    return Mailing(audience=audience, lists=to, without=without, now=now, digest=digest, terms=terms, lately=lately)


def why_not(mailing: Mailing, person: ColumnElement[int], address_key: ColumnElement[str]) -> ColumnElement[str]:
    """Why a mailing must not go to a person, as a `PersonSkip`; `MAY` where it may."""
    outside = [(law.of(person, address_key), law.why) for law in left_out_by(mailing)]
    unwanted = [(law.of(person, address_key), law.why) for law in unwanted_by(mailing)]
    against = [*outside, *_not_meant(mailing.audience, person), *unwanted]
    return _first_of(against, mailing, person, address_key)


def may_be_mailed(mailing: Mailing, person: ColumnElement[int], address_key: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a mailing may go to a person."""
    return why_not(mailing, person, address_key) == MAY


def meant(mailing: Mailing) -> Select[*tuple[int, str, str]]:
    """Everybody whom a mailing is for, in the order of their ids: id, address key, and why not.

    Who left is among them, so that it is told why they get nothing; whom a file dropped is not, nor who is on a list
    that is left out, does not meet the condition, or has not chosen what goes only to those who choose it.
    """
    query, outside = _everybody(mailing)
    query = query.where(*map(not_, outside))
    if mailing.terms.instead_of is None:
        return query
    return query.where(subscribers.c.id.in_(who_chose(mailing, mailing.terms.instead_of)))


def listed(mailing: Mailing) -> Select[*tuple[int, str, str]]:
    """Everybody on the lists of a mailing, and of those it is not meant for why; else as `meant`."""
    query, _ = _everybody(mailing)
    return query


def standing_of(connection: Connection, subscriber_id: int, mailing: Mailing) -> PersonSkip | None:
    """Why a mailing must not go to this person; None where it may."""
    query = select(why_not(mailing, subscribers.c.id, subscribers.c.address_key))
    reason = connection.execute(query.where(subscribers.c.id == subscriber_id)).scalar_one()
    return PersonSkip(reason) if reason != MAY else None


def _everybody(mailing: Mailing) -> tuple[Select[*tuple[int, str, str]], list[ColumnElement[bool]]]:
    """As `listed`, and what leaves people out of the audience."""
    person, address_key = subscribers.c.id, subscribers.c.address_key
    joined: FromClause = subscribers

    def judged(laws: Iterable[Law]) -> list[_Against]:
        nonlocal joined
        found = []
        for law in laws:
            people, same, against = law.gathered(person, address_key)
            joined = joined.outerjoin(people, same)
            found.append((against, law.why))
        return found

    outside = [*judged(left_out_by(mailing)), *_not_meant(mailing.audience, person)]
    reason = _first_of([*outside, *judged(unwanted_by(mailing))], mailing, person, address_key).label("reason")
    on_a_list = select(subscriptions.c.subscriber_id).where(
        subscriptions.c.list_id.in_(mailing.lists), subscriptions.c.status != Status.DELISTED
    )
    query = select(person, address_key, reason).select_from(joined).where(person.in_(on_a_list)).order_by(person)
    return query, [condition for condition, _ in outside]


def _first_of(
    against: Sequence[_Against], mailing: Mailing, person: ColumnElement[int], address_key: ColumnElement[str]
) -> ColumnElement[str]:
    """The first of all reasons against a person."""
    return case(
        (exists().where(suppressions.c.address_key == address_key), PersonSkip.SUPPRESSED.value),
        (
            _stands(mailing.lists, person, Status.ACTIVE),
            case(*[(condition, why.value) for condition, why in against], else_=MAY),
        ),
        (_stands(mailing.lists, person, Status.UNSUBSCRIBED), PersonSkip.UNSUBSCRIBED.value),
        else_=PersonSkip.DELISTED.value,
    )


def _not_meant(audience: Audience, person: ColumnElement[int]) -> list[_Against]:
    """Whoever does not meet the condition of an audience."""
    return [(not_(meets(read_condition(audience.where), person)), PersonSkip.NOT_MEANT)] if audience.where else []


def _stands(list_ids: Sequence[int], person: ColumnElement[int], status: Status) -> ColumnElement[bool]:
    """Whether a person stands like this on any of the lists."""
    return exists().where(
        subscriptions.c.subscriber_id == person,
        subscriptions.c.list_id.in_(list_ids),
        subscriptions.c.status == status,
    )
