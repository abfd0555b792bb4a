"""Standing: who may be mailed by a campaign, and why somebody may not; every other place asks here.

Each is an SQL expression over the columns of the row that is being looked at, so that a million people are judged by
one statement. It looks up one person at a time: of a long list nothing is gathered.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Select, case, exists, not_, select

from digest.model import Audience, PersonSkip
from digest.store.people.conditions import meets
from digest.store.people.subscribers import Status
from digest.store.tables import lists, subscribers, subscriptions, suppressions
from digest.text.conditions import read_condition

MAY = ""
"""What `why_not` says of a person who may be mailed."""


def why_not(audience: Audience, person: ColumnElement[int], address_key: ColumnElement[str]) -> ColumnElement[str]:
    """Why a mail to an audience must not go to a person, as a `PersonSkip`; `MAY` where it may."""
    return case(
        (exists().where(suppressions.c.address_key == address_key), PersonSkip.SUPPRESSED.value),
        (not_(_stands(audience.list_names, person, Status.ACTIVE)), _gone(audience, person)),
        *_outside(audience, person),
        else_=MAY,
    )


def may_be_mailed(
    audience: Audience, person: ColumnElement[int], address_key: ColumnElement[str]
) -> ColumnElement[bool]:
    """Whether a mail to an audience may go to a person."""
    return why_not(audience, person, address_key) == MAY


def meant(audience: Audience) -> Select[*tuple[int, str, str]]:
    """Everybody whom a mail to an audience is for, in the order of their ids: id, address key, and why not.

    Who left is among them, so that it is told why they get nothing; whom a file dropped, who is on a list that is left
    out or does not meet the condition is not.
    """
    outside = [condition for condition, _ in _outside(audience, subscribers.c.id)]
    return listed(audience).where(*(not_(condition) for condition in outside))


def listed(audience: Audience) -> Select[*tuple[int, str, str]]:
    """Everybody on the lists of an audience, and of those outside of it why; else as `meant`."""
    on_a_list = select(subscriptions.c.subscriber_id).where(
        subscriptions.c.list_id.in_(_ids(audience.list_names)), subscriptions.c.status != Status.DELISTED
    )
    reason = why_not(audience, subscribers.c.id, subscribers.c.address_key).label("reason")
    query = select(subscribers.c.id, subscribers.c.address_key, reason)
    return query.where(subscribers.c.id.in_(on_a_list)).order_by(subscribers.c.id)


def standing_of(connection: Connection, subscriber_id: int, audience: Audience) -> PersonSkip | None:
    """Why a mail to an audience must not go to this person; None where it may."""
    query = select(why_not(audience, subscribers.c.id, subscribers.c.address_key))
    reason = connection.execute(query.where(subscribers.c.id == subscriber_id)).scalar_one()
    return PersonSkip(reason) if reason != MAY else None


def _outside(audience: Audience, person: ColumnElement[int]) -> list[tuple[ColumnElement[bool], str]]:
    """What leaves a person on the lists out of an audience, with why."""
    found = []
    if audience.without:
        found.append((_stands(audience.without, person, Status.ACTIVE), PersonSkip.LEFT_OUT.value))
    if audience.where:
        found.append((not_(meets(read_condition(audience.where), person)), PersonSkip.NOT_MEANT.value))
    return found


def _gone(audience: Audience, person: ColumnElement[int]) -> ColumnElement[str]:
    return case(
        (_stands(audience.list_names, person, Status.UNSUBSCRIBED), PersonSkip.UNSUBSCRIBED.value),
        else_=PersonSkip.DELISTED.value,
    )


def _stands(list_names: Sequence[str], person: ColumnElement[int], status: Status) -> ColumnElement[bool]:
    """Whether a person stands like this on any of the lists."""
    return exists().where(
        subscriptions.c.subscriber_id == person,
        subscriptions.c.list_id.in_(_ids(list_names)),
        subscriptions.c.status == status,
    )


def _ids(list_names: Sequence[str]) -> Select[tuple[int]]:
    return select(lists.c.id).where(lists.c.name.in_(list_names))
