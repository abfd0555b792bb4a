"""What files say of a list against what is held of it: the plan, and carrying it out.

Files say who is *listed*; these tables say who has *left*. A file never brings back a person who unsubscribed or whose
address is suppressed, and takes away only whom a file brought.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, select, update

from digest.config.addresses import address_key
from digest.model import PersonSkip, Recipient
from digest.store.people.forgotten import known_again
from digest.store.people.lists import ensure_list
from digest.store.people.search import catch_up, is_behind
from digest.store.people.subscribers import BroughtBy, Status
from digest.store.sql.upsert import insert_for
from digest.store.tables import lists, subscribers, subscriptions, suppressions

_FEW = 100  # people who are looked up by name; for more, everybody is gone through

_TOLD = [subscribers.c[name] for name in ("address", "name", "fields", "language", "language_chosen")]

_HELD = (
    select(subscribers.c.address_key, *_TOLD, subscriptions.c.status, subscriptions.c.origin)
    .join(subscriptions, subscriptions.c.subscriber_id == subscribers.c.id)
    .join(lists, lists.c.id == subscriptions.c.list_id)
    .where(lists.c.name == bindparam("list_name"))
)
"""Everybody who was ever on a list."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A person who is on a list and is told of otherwise than before."""

    was: Recipient
    now: Recipient


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptOut:
    """A person who is listed and not brought back."""

    person: Recipient
    why: PersonSkip
    detail: str = ""  # of a suppression: its reason


@dataclass(frozen=True, kw_only=True, slots=True)
class ListPlan:
    """What applying the configuration would change on one list."""

    name: str
    title: str
    added: tuple[Recipient, ...]
    removed: tuple[Recipient, ...]
    changed: tuple[Change, ...]
    kept_out: tuple[KeptOut, ...]
    active: int  # before the change
    max_removals: float = 0.2

    @property
    def removes_too_many(self) -> bool:
        """Whether the guard asks for a person's confirmation; a single removal does only where it is the last."""
        emptied = len(self.removed) == self.active > 0 and self.max_removals < 1
        return emptied or len(self.removed) > max(1, int(self.max_removals * self.active))

    @property
    def changes(self) -> bool:
        """Whether applying it would write anything."""
        return bool(self.added or self.removed or self.changed)


def plan_list(
    connection: Connection, *, name: str, title: str, listed: Sequence[Recipient], max_removals: float
) -> ListPlan:
    """Compare one list's configuration with what is held; writes nothing.

    Of a listed person the fields are those that files speak of, the empty ones too; others that are held stay.
    """
    held = {row.address_key: row for row in connection.execute(_HELD, {"list_name": name}).all()}
    suppressed = {row.address_key: row.reason for row in connection.execute(select(suppressions))}
    is_forgotten = known_again(connection)
    added, changed, kept_out = [], [], []
    wanted = set()
    for recipient in listed:
        if is_forgotten(recipient.address):
            kept_out.append(KeptOut(person=recipient, why=PersonSkip.FORGOTTEN))
            continue
        key = address_key(recipient.address)
        wanted.add(key)
        row = held.get(key)
        if key in suppressed:
            kept_out.append(KeptOut(person=recipient, why=PersonSkip.SUPPRESSED, detail=suppressed[key]))
        elif row is not None and row.status == Status.UNSUBSCRIBED:
            kept_out.append(KeptOut(person=recipient, why=PersonSkip.UNSUBSCRIBED))
        if row is None or row.status == Status.DELISTED:
            added.append(recipient)
        elif _is_news(row, recipient):
            changed.append(Change(was=_person(row), now=_as_told(row, recipient)))
    active = [row for row in held.values() if row.status == Status.ACTIVE]
    gone = [row for row in active if row.address_key not in wanted and row.origin == BroughtBy.FILE]
    return ListPlan(
        name=name,
        title=title,
        added=tuple(added),
        removed=tuple(_person(row) for row in sorted(gone, key=lambda row: row.address_key)),
        changed=tuple(changed),
        kept_out=tuple(kept_out),
        active=len(active),
        max_removals=max_removals,
    )


def apply_list(connection: Connection, plan: ListPlan, now: datetime) -> None:
    """Carry a plan out, within the caller's transaction: all of it or nothing."""
    list_id = ensure_list(connection, plan.name, plan.title)
    is_forgotten = known_again(connection)  # by now
    if added := [person for person in plan.added if not is_forgotten(person.address)]:
        subscribe(connection, list_id, added, now, origin=BroughtBy.FILE)
    if plan.removed:
        leave = (
            update(subscriptions)
            .where(
                subscriptions.c.list_id == list_id,
                subscriptions.c.status == Status.ACTIVE,
                subscriptions.c.origin == BroughtBy.FILE,
                subscriptions.c.subscriber_id
                == select(subscribers.c.id).where(subscribers.c.address_key == bindparam("key")).scalar_subquery(),
            )
            .values(status=Status.DELISTED.value, since=now)
        )
        connection.execute(leave, [{"key": address_key(r.address)} for r in plan.removed])
    tell_anew(connection, plan.changed)


def subscribe(
    connection: Connection,
    list_id: int,
    people: Sequence[Recipient],
    now: datetime,
    *,
    origin: BroughtBy,
    agreed: bool = False,
) -> None:
    """Put people on a list; whoever is on it stays as they are.

    Args:
        connection: of the caller's transaction.
        list_id: the list.
        people: a name that is empty, and a field that is not among theirs, stay as they are held.
        now: since when.
        origin: what brings them.
        agreed: whether they said so themselves, and so come back to a list that they left.
    """
    told = {address_key(person.address): person for person in people}
    ids = ids_of(connection, told, now)
    join = insert_for(connection, subscriptions)
    back = join.on_conflict_do_update(
        index_elements=["subscriber_id", "list_id"],
        set_={"status": Status.ACTIVE.value, "since": now, "origin": origin.value},
        where=subscriptions.c.status != Status.ACTIVE if agreed else subscriptions.c.status == Status.DELISTED,
    )
    link = {"list_id": list_id, "status": Status.ACTIVE.value, "since": now, "origin": origin.value}
    connection.execute(back, [{"subscriber_id": ids[key], **link} for key in told])


def in_other_languages(connection: Connection, told: Sequence[Recipient]) -> tuple[Change, ...]:
    """Of people who are known: those of whom another language is told, and who chose none themselves."""
    wanted = {address_key(person.address): person for person in told if person.language}
    query = select(subscribers.c.address_key, *_TOLD)
    if len(wanted) <= _FEW:
        query = query.where(subscribers.c.address_key.in_(wanted))
    found = (row for row in connection.execute(query) if row.address_key in wanted) if wanted else ()
    return tuple(
        Change(was=_person(row), now=replace(_person(row), language=language))
        for row in found
        if (language := wanted[row.address_key].language) != row.language and not row.language_chosen
    )


def tell_anew(connection: Connection, changes: Sequence[Change]) -> None:
    """Keep what is told of people otherwise than before; a language that one of them chose by now stays."""
    if changes:
        _write(connection, {address_key(one.now.address): one.now for one in changes})


def ids_of(connection: Connection, told: Mapping[str, Recipient], now: datetime) -> dict[str, int]:
    """The ids of people by address key, after what is told of them is kept; who was not known is by now."""
    add = insert_for(connection, subscribers).on_conflict_do_nothing(index_elements=["address_key"])
    rows = [
        {
            "address": one.address,
            "address_key": key,
            "name": one.name,
            "created_at": now,
            "fields": _kept(one.fields),
            "language": one.language,
        }
        for key, one in told.items()
    ]
    is_current = not is_behind(connection)
    connection.execute(add, rows)
    if is_current:
        catch_up(connection)
    ids, changed = {}, {}
    query = select(subscribers.c.id, subscribers.c.address_key, *_TOLD)
    if len(told) <= _FEW:
        query = query.where(subscribers.c.address_key.in_(told))
    for row in connection.execute(query):
        if (person := told.get(row.address_key)) is not None:
            ids[row.address_key] = row.id
            if _is_news(row, person):
                changed[row.address_key] = _as_told(row, person)
    if changed:
        _write(connection, changed)
    return ids


def _write(connection: Connection, people: Mapping[str, Recipient]) -> None:
    """Keep what is told of people, by address key; a language that one of them chose by now stays."""
    change = update(subscribers).where(subscribers.c.address_key == bindparam("key"))
    rows = [
        {"key": key, "new_name": one.name, "new_fields": _kept(one.fields), "new_language": one.language}
        for key, one in people.items()
    ]
    told = bindparam("new_language", type_=subscribers.c.language.type)
    values = {
        "name": bindparam("new_name"),
        "fields": bindparam("new_fields", type_=subscribers.c.fields.type),
        "language": case((subscribers.c.language_chosen, subscribers.c.language), else_=told),
    }
    connection.execute(change.values(**values), rows)


def _person(row: Any) -> Recipient:
    return Recipient(address=row.address, name=row.name, fields=row.fields, language=row.language)


def _is_news(held: Any, told: Recipient) -> bool:
    """Whether what is told of a person is another name than the one held, language, or value of a field."""
    if told.name and told.name != held.name:
        return True
    if told.language and told.language != held.language and not held.language_chosen:
        return True
    return any(held.fields.get(field, "") != value for field, value in told.fields.items())


def _as_told(held: Any, told: Recipient) -> Recipient:
    """A person as they are held after they are told of; the address stays as it was first written."""
    return Recipient(
        address=held.address,
        name=told.name or held.name,
        fields=_kept({**held.fields, **told.fields}),
        language=held.language if held.language_chosen else told.language or held.language,
    )


def _kept(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in sorted(fields.items()) if value}
