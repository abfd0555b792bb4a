"""Conditions over the fields of people, as SQL; no value of theirs becomes part of a statement's words."""

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_

from digest.model.audience import All, Any, Condition, Is, Not
from digest.store.tables import subscribers


def meets(condition: Condition, person: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a person meets a condition; they are looked up by their id."""
    who = subscribers.alias("who")
    return exists().where(who.c.id == person, _holds(condition, who.c.fields))


def _holds(condition: Condition, fields: ColumnElement[object]) -> ColumnElement[bool]:
    match condition:
        case Is():
            return func.coalesce(fields[condition.field].as_string(), "").in_(condition.values)
        case Not():
            return not_(_holds(condition.what, fields))
        case All():
            return and_(*(_holds(one, fields) for one in condition.of))
        case Any():
            return or_(*(_holds(one, fields) for one in condition.of))
