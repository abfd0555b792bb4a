"""Standing: who may be mailed by a campaign, and why somebody may not; every other place asks here.

Each is an SQL expression over the columns of the row that is being looked at, so that a million people are judged by
one statement. It looks up one person at a time: of a long list nothing is gathered.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Select, case, exists, select

from digest.model import PersonSkip
from digest.store.people.subscribers import Status
from digest.store.tables import lists, subscribers, subscriptions, suppressions

MAY = ""
"""What `why_not` says of a person who may be mailed."""


def why_not(
    list_names: Sequence[str], person: ColumnElement[int], address_key: ColumnElement[str]
) -> ColumnElement[str]:
    """Why a mail to these lists must not go to a person, as a `PersonSkip`; `MAY` where it may."""
    return case(
        (exists().where(suppressions.c.address_key == address_key), PersonSkip.SUPPRESSED.value),
        (_stands(list_names, person, Status.ACTIVE), MAY),
        (_stands(list_names, person, Status.UNSUBSCRIBED), PersonSkip.UNSUBSCRIBED.value),
        else_=PersonSkip.DELISTED.value,
    )


def may_be_mailed(
    list_names: Sequence[str], person: ColumnElement[int], address_key: ColumnElement[str]
) -> ColumnElement[bool]:
    """Whether a mail to these lists may go to a person."""
    return why_not(list_names, person, address_key) == MAY


def listed(list_names: Sequence[str]) -> Select[*tuple[int, str, str]]:
    """Everybody whom a mail to these lists is for, in the order of their ids: id, address key, and why not.

    Who left is among them, so that it is told why they get nothing; whom a file dropped is not.
    """
    on_a_list = select(subscriptions.c.subscriber_id).where(
        subscriptions.c.list_id.in_(_ids(list_names)), subscriptions.c.status != Status.DELISTED
    )
    reason = why_not(list_names, subscribers.c.id, subscribers.c.address_key).label("reason")
    query = select(subscribers.c.id, subscribers.c.address_key, reason)
    return query.where(subscribers.c.id.in_(on_a_list)).order_by(subscribers.c.id)


def standing_of(connection: Connection, subscriber_id: int, list_names: Sequence[str]) -> PersonSkip | None:
    """Why a mail to these lists must not go to this person; None where it may."""
    query = select(why_not(list_names, subscribers.c.id, subscribers.c.address_key))
    reason = connection.execute(query.where(subscribers.c.id == subscriber_id)).scalar_one()
    return PersonSkip(reason) if reason != MAY else None


def _stands(list_names: Sequence[str], person: ColumnElement[int], status: Status) -> ColumnElement[bool]:
    """Whether a person stands like this on any of the lists."""
    return exists().where(
        subscriptions.c.subscriber_id == person,
        subscriptions.c.list_id.in_(_ids(list_names)),
        subscriptions.c.status == status,
    )


def _ids(list_names: Sequence[str]) -> Select[tuple[int]]:
    return select(lists.c.id).where(lists.c.name.in_(list_names))
