"""Leaving lists: carried out at once; or, of a crowd, noted at once and carried out a moment later.

To carry one out takes pages of the database all over it, of the person, of the list and of what is queued for them; to
note a hundred takes one row. A note is as good as what it says once it is committed: whoever is about to take what
is to be sent carries out first what is noted, whichever process noted it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from digest.model import BY_LINK, Activity, By, done_by
from digest.store.engine import Store
from digest.store.organisers import activity
from digest.store.outbox.withdrawal import skip_people
from digest.store.people import journal, known_among, list_titles, names_of, unsubscribe
from digest.store.people.journal import Consent
from digest.store.tables import settings

_IN_A_NOTE = 100  # people: a transaction of 20 ms
_NOTED = "leaving "  # how the name of a note begins


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaving:
    """Who leaves which lists."""

    subscriber_id: int
    list_ids: tuple[int, ...]


def leave_lists(
    connection: Connection, leaving: Sequence[Leaving], now: datetime, by: By, *, noted: bool = False
) -> frozenset[int]:
    """People leave lists; what is planned for them and not yet claimed is taken back.

    Args:
        connection: of the caller's transaction.
        leaving: who, and what.
        now: since when.
        by: whose word it is.
        noted: that it was then; who came back to a list after that stays.

    Returns:
        The ids of those for whom anything changed.
    """
    together: dict[tuple[int, ...], set[int]] = {}
    for one in leaving:
        together.setdefault(one.list_ids, set()).add(one.subscriber_id)
    changed: set[int] = set()
    for list_ids, ids in together.items():
        left = unsubscribe(connection, sorted(ids), list_ids, now, unless_back=noted)
        if left:
            titles = ", ".join(list_titles(connection, list_ids))
            done = Activity(at=now, by=by, verb="unsubscribe", subject="", detail=titles)
            activity.record_of_each(connection, done, known_among(connection, left))
            for name in names_of(connection, list_ids):
                consent = Consent(at=now, verb="unsubscribe", list_name=name, how=done_by(by))
                journal.record_of_each(connection, left, consent)
        changed |= left
    skip_people(connection, sorted({one.subscriber_id for one in leaving}), now)
    return frozenset(changed)


def note_leavings(connection: Connection, leaving: Sequence[Leaving], now: datetime) -> None:
    """Keep who leaves what by their links, for `carry_out_leavings`."""
    who = [[one.subscriber_id, *one.list_ids] for one in leaving]
    notes = [
        json.dumps({"at": now.isoformat(), "who": who[n : n + _IN_A_NOTE]}) for n in range(0, len(who), _IN_A_NOTE)
    ]
    connection.execute(insert(settings), [{"name": f"{_NOTED}{token_hex(12)}", "value": note} for note in notes])


def carry_out_leavings(store: Store) -> bool:
    """Carry out one note, if there is any; whether there was."""
    with store.read() as connection:  # which waits for nobody
        name = connection.execute(select(settings.c.name).where(_is_note()).limit(1)).scalar()
    if name is None:
        return False
    with store.write() as connection:
        note = delete(settings).where(settings.c.name == name).returning(settings.c.value)
        told = connection.execute(note).scalar()
        if told is not None:  # else another process was faster
            said = json.loads(told)
            leaving = [Leaving(subscriber_id=who, list_ids=tuple(list_ids)) for who, *list_ids in said["who"]]
            leave_lists(connection, leaving, datetime.fromisoformat(said["at"]), BY_LINK, noted=True)
    return True


def carry_out_all_leavings(store: Store) -> None:
    """Carry out whatever is noted."""
    while carry_out_leavings(store):
        pass


def _is_note() -> ColumnElement[bool]:
    """By how its name begins: where a range of names ends is a matter of the database's language."""
    return settings.c.name.startswith(_NOTED, autoescape=True)
