"""Audiences: whether what they name is there, and whom they reach, before anything goes."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from digest.app import App
from digest.core.people.lists import as_if_applied
from digest.errors import UsageError
from digest.model import NO_TERMS, Audience, Recipient, Terms, Told, said
from digest.store import outbox, people
from digest.store.campaigns import Campaign
from digest.store.people import ListPlan
from digest.text.conditions import ConditionError, fields_of, read_condition

_SAMPLE = 10  # people


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """Whom a mailing would reach, as things stand."""

    people: int
    left_out: Mapping[str, int]  # of those on its lists, by why
    sample: tuple[Recipient, ...]


def check_condition(app: App, where: str, known: Sequence[str] | None = None) -> None:
    """Let through a condition over fields that are configured.

    Args:
        app: what to work with.
        where: the condition.
        known: the fields that there are for whoever wrote it; all unless given.

    Raises:
        UsageError: naming what cannot be read, or the field that is not there and those that are.
    """
    known = known_fields(app) if known is None else known
    try:
        condition = read_condition(where)
    except ConditionError as error:
        raise UsageError(Told("where", condition=where, why=said(error))) from None
    for field in fields_of(condition):
        if field not in known:
            nearest = difflib.get_close_matches(field, known, n=1)
            near = Told("mean", word=nearest[0]) if nearest else Told("known", words=", ".join(known) or Told("none"))
            raise UsageError(Told("where_field", condition=where, field=field, nearest=near))


def known_fields(app: App) -> tuple[str, ...]:
    """The fields that any list keeps of people, in the order of config.toml."""
    return tuple(dict.fromkeys(field for entry in app.config.lists for field in entry.fields))


def reach_of(
    app: App,
    audience: Audience,
    now: datetime,
    *,
    terms: Terms = NO_TERMS,
    besides: Campaign | None = None,
    pending: bool = True,
    plans: Sequence[ListPlan] | None = None,
) -> Reach:
    """Whom a mailing would reach; nothing stays written.

    Args:
        app: what to work with.
        audience: whom it is for.
        now: when the pending changes would be made.
        terms: what it asks of people's preferences.
        besides: a campaign that those who have a delivery of are not counted again.
        pending: with pending list changes, for which every list's file is read and the store is locked to write;
            else as the lists were last applied, by reading alone.
        plans: what these changes are, where whoever asks has looked a moment ago.

    Raises:
        ConfigError: when a list's file cannot be taken.
    """

    def ask(connection: Connection) -> Reach:
        mailing = people.mailing(connection, audience, now, terms=terms)
        counted = outbox.standings(connection, mailing)
        may = counted.pop(people.MAY, 0)
        return Reach(
            people=may if besides is None else outbox.count_audience(connection, mailing, besides=besides),
            left_out=counted,
            sample=outbox.sample_of(connection, mailing, _SAMPLE, of=may),
        )

    if pending:
        return as_if_applied(app, now, ask, plans=plans)
    with app.store.read() as connection:
        return ask(connection)
