"""People found by any part of an address, a name or a field.

On SQLite every three letters in a row lead to whom they stand with (FTS5, trigrams), in a table without content of its
own. Who is new is added to it by whatever adds them, all at once: one by one took ten times as long. One letter or two
are looked for among the latest few, since most letters stand with everybody; where these are too few, by all three
letters that begin with them. On PostgreSQL an index of its own (pg_trgm) does the same for three letters and more;
without it, and for less, everybody is looked at until enough are found.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    cast,
    column,
    false,
    func,
    literal_column,
    select,
    table,
    text,
)

from digest.model import Recipient
from digest.store.people.subscribers import NOWHERE, Status
from digest.store.tables import lists, subscribers, subscriptions, suppressions

_BATCH = 500
_ESCAPED = '"\\'  # in JSON
_LATELY = 3_000  # people who are looked at first for one or two letters
_LOOKED_AT = 100_000  # the latest people, where no index helps
_BEGINNINGS = 400  # of three letters, with one or two in front; more stand with nearly everybody
_FEW = 20_000  # people of lists who are looked at one by one
_SAMPLE = 200  # people by whom it is told which letters are rare
_MOST = 4  # trigrams that are looked up; the rest is seen in whom they lead to
_IS_SUPPRESSED = suppressions.c.address_key == subscribers.c.address_key
_WORDS = table("people_words", column("rowid"))
_TERMS = table("people_words_terms", column("term"))
_END: ColumnElement[str] = literal_column("' '")
_WHOLE = subscribers.c.address + _END + subscribers.c.name + _END + cast(subscribers.c.fields, Text)
"""As PostgreSQL's index has it."""
_LATEST = "SELECT max(id) FROM people_words_docsize"
_ADD = (
    "INSERT INTO people_words(rowid, said) SELECT id, address || char(10) || name || char(10) || "  # noqa: S608
    "coalesce((SELECT group_concat(value, char(10)) FROM json_each(fields)), '') || char(10) || char(10) "
    f"FROM subscribers WHERE id > coalesce(({_LATEST}), 0) ORDER BY id"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundPerson:
    """Somebody who was looked for."""

    id: int
    recipient: Recipient
    lists: tuple[str, ...] = field(default=())  # by name, that they are on
    suppressed: str | None = None  # the reason


def search(
    connection: Connection,
    needle: str,
    *,
    limit: int,
    list_names: Sequence[str] | None = None,
    fields: Collection[str] | None = None,
) -> Sequence[FoundPerson]:
    """People in whose address, name or fields every word of the needle stands; nobody's case matters.

    Args:
        connection: of a transaction.
        needle: what is looked for; everybody, the latest first, where it is empty.
        limit: how many at most.
        list_names: only who is or was on one of these, and no other list is told; whoever it is unless given.
        fields: only these are searched and told; all unless given.
    """
    words = needle.casefold().split()
    found: Sequence[Row[Any]] = ()
    for query in queries(connection, words, list_names):
        found = _first(connection, query, words, fields, limit)
        if len(found) == limit:
            break
    return _told(connection, found, list_names, fields)


def queries(connection: Connection, words: Sequence[str], list_names: Sequence[str] | None) -> Iterator[Select[Any]]:
    """Queries for who may be meant; each is asked where the one before found too few."""
    query = select(
        subscribers.c.id, subscribers.c.address, subscribers.c.name, subscribers.c.fields, suppressions.c.reason
    ).where(subscribers.c.address.not_like(f"%@{NOWHERE}"))
    everybody = subscribers.outerjoin(suppressions, _IS_SUPPRESSED)
    if list_names is not None:
        of_lists = select(lists.c.id).where(lists.c.name.in_(list_names))
        theirs = select(subscriptions.c.subscriber_id).where(subscriptions.c.list_id.in_(of_lists))
        if words and _are_few(connection, theirs):
            yield query.select_from(everybody).where(subscribers.c.id.in_(theirs))
            return
        query = query.where(theirs.where(subscriptions.c.subscriber_id == subscribers.c.id).exists())
    if not words:
        yield query.select_from(everybody).order_by(subscribers.c.id.desc())
    elif not _has_index(connection):
        yield _with_all(query.select_from(everybody), words)
    elif any(len(word) > 2 for word in words):
        trigrams = list(dict.fromkeys(word[n : n + 3] for word in words for n in range(len(word) - 2)))
        yield _led_to(query, [[one] for one in _rarest(connection, trigrams)[:_MOST]])
    else:
        newest = select(func.max(subscribers.c.id)).scalar_subquery()
        yield _with_all(query.select_from(everybody).where(subscribers.c.id > newest - _LATELY), words)
        begun = [_beginning(connection, word) for word in _rarest(connection, words)[:2]]
        if kept := [terms for terms in begun if terms is not None]:
            yield _led_to(query, kept)
        else:
            yield _with_all(query.select_from(everybody).where(subscribers.c.id > newest - _LOOKED_AT), words)


def is_behind(connection: Connection) -> bool:
    """Whether somebody is not in the index yet."""
    if not _has_index(connection):
        return False
    newest = connection.execute(select(func.max(subscribers.c.id))).scalar() or 0
    return bool(newest > (connection.execute(text(_LATEST)).scalar() or 0))


def catch_up(connection: Connection) -> None:
    """Put whoever is new into the index, where there is one; it takes about 15 microseconds for each."""
    if _has_index(connection):
        connection.execute(text(_ADD))


def optimise(connection: Connection) -> None:
    """Leave nothing in the index of whom it no longer has; SQLite alone keeps what was taken out of it."""
    if _has_index(connection):
        connection.execute(text("INSERT INTO people_words(people_words) VALUES ('optimize')"))


def _with_all(query: Select[Any], words: Sequence[str]) -> Select[Any]:
    """As far as the database can tell; of letters that are not ASCII it does not know which are alike."""
    for word in words:
        if word.isascii() and not set(word) & set(_ESCAPED):
            pattern = word.replace("/", "//").replace("%", "/%").replace("_", "/_")
            query = query.where(_WHOLE.ilike(f"%{pattern}%", escape="/"))
    return query


def _led_to(query: Select[Any], wanted: Sequence[Sequence[str]]) -> Select[Any]:
    """Whom one of each of these three letters leads to."""
    either = (" OR ".join('"' + one.replace('"', '""') + '"' for one in terms) for terms in wanted if terms)
    asked = " AND ".join(f"({one})" for one in either)
    if not all(wanted):
        return query.select_from(subscribers.outerjoin(suppressions, _IS_SUPPRESSED)).where(false())
    matching = text("people_words MATCH :wanted").bindparams(wanted=asked)
    found = _WORDS.join(subscribers, subscribers.c.id == _WORDS.c.rowid)
    return query.select_from(found.outerjoin(suppressions, _IS_SUPPRESSED)).where(matching)


def _beginning(connection: Connection, letters: str) -> Sequence[str] | None:
    """Every three letters, with these in front, that stand with anybody; None where they are too many to ask for."""
    term = _TERMS.c.term
    query = select(term).where(term >= letters, term < letters + chr(0x10FFFF)).limit(_BEGINNINGS + 1)
    terms = connection.execute(query).scalars().all()
    return None if len(terms) > _BEGINNINGS else terms


def _first(
    connection: Connection, query: Select[Any], words: Sequence[str], fields: Collection[str] | None, limit: int
) -> Sequence[Row[Any]]:
    found: list[Row[Any]] = []
    for row in connection.execute(query, execution_options={"yield_per": _BATCH}):
        said = _said(row, fields)
        if all(word in said for word in words):
            found.append(row)
            if len(found) == limit:
                break
    return found


def _are_few(connection: Connection, people: Select[Any]) -> bool:
    counted = select(func.count()).select_from(people.limit(_FEW + 1).subquery())
    return bool(connection.execute(counted).scalar_one() <= _FEW)


def _rarest(connection: Connection, parts: Sequence[str]) -> Sequence[str]:
    """Those first that will lead to fewest, told by who came last: ".org" stands with everybody, and takes long."""
    query: Select[Any] = select(subscribers.c.address, subscribers.c.name, subscribers.c.fields)
    latest = [_said(row) for row in connection.execute(query.order_by(subscribers.c.id.desc()).limit(_SAMPLE))]
    return sorted(parts, key=lambda one: sum(one in said for said in latest))


def _said(row: Row[Any], fields: Collection[str] | None = None) -> str:
    return "\n".join((row.address, row.name, *map(str, _seen(row, fields).values()))).casefold()


def _seen(row: Row[Any], fields: Collection[str] | None) -> dict[str, str]:
    return {name: value for name, value in (row.fields or {}).items() if fields is None or name in fields}


def _has_index(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite" and connection.dialect.has_table(connection, "people_words")


def _told(
    connection: Connection,
    rows: Sequence[Row[Any]],
    list_names: Sequence[str] | None,
    fields: Collection[str] | None,
) -> Sequence[FoundPerson]:
    ids = [row.id for row in rows]
    on: dict[int, list[str]] = {one: [] for one in ids}
    query = (
        select(subscriptions.c.subscriber_id, lists.c.name)
        .join(lists, lists.c.id == subscriptions.c.list_id)
        .where(subscriptions.c.subscriber_id.in_(ids), subscriptions.c.status == Status.ACTIVE)
        .order_by(lists.c.name)
    )
    if list_names is not None:
        query = query.where(lists.c.name.in_(list_names))
    for subscriber_id, name in connection.execute(query) if ids else ():
        on[subscriber_id].append(name)
    return [
        FoundPerson(
            id=row.id,
            recipient=Recipient(address=row.address, name=row.name, fields=_seen(row, fields)),
            lists=tuple(on[row.id]),
            suppressed=row.reason,
        )
        for row in rows
    ]
