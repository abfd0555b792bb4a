"""Lists against what their files say, and who is on them.

Files say who is *listed*; these tables say who has *left*. A file never brings back a person who
unsubscribed or whose address is suppressed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select, update

from digest.config.addresses import address_key
from digest.model import PersonSkip, Recipient
from digest.store.people.forgotten import known_again
from digest.store.people.subscribers import Status
from digest.store.sql.upsert import insert_for, upsert
from digest.store.tables import lists, subscribers, subscriptions, suppressions


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A person on one list."""

    subscriber_id: int
    recipient: Recipient
    status: Status
    since: datetime
    suppressed: str | None = None  # the reason


@dataclass(frozen=True, kw_only=True, slots=True)
class ListPlan:
    """What applying the configuration would change on one list."""

    name: str
    title: str
    added: tuple[Recipient, ...]
    removed: tuple[Recipient, ...]
    renamed: tuple[Recipient, ...]
    kept_out: tuple[tuple[Recipient, PersonSkip], ...]  # listed, but they left: not brought back
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
        return bool(self.added or self.removed or self.renamed)


def members(connection: Connection, list_name: str) -> Iterator[Member]:
    """Everybody who was ever on a list, by address."""
    query = (
        select(
            subscribers.c.id,
            subscribers.c.address,
            subscribers.c.name,
            subscriptions.c.status,
            subscriptions.c.since,
            suppressions.c.reason,
        )
        .join(subscriptions, subscriptions.c.subscriber_id == subscribers.c.id)
        .join(lists, lists.c.id == subscriptions.c.list_id)
        .outerjoin(suppressions, suppressions.c.address_key == subscribers.c.address_key)
        .where(lists.c.name == list_name)
        .order_by(subscribers.c.address_key)
    )
    for row in connection.execute(query):
        yield Member(
            subscriber_id=row.id,
            recipient=Recipient(address=row.address, name=row.name),
            status=Status(row.status),
            since=row.since,
            suppressed=row.reason,
        )


def known_lists(connection: Connection) -> Mapping[str, int]:
    """List ids by name."""
    return {row.name: int(row.id) for row in connection.execute(select(lists.c.name, lists.c.id))}


def list_id(connection: Connection, name: str, title: str) -> int:
    """A list's id; it is there from now on."""
    upsert(connection, lists, {"name": name}, {"title": title})
    return known_lists(connection)[name]


def plan_list(
    connection: Connection, *, name: str, title: str, listed: Sequence[Recipient], max_removals: float
) -> ListPlan:
    """Compare one list's configuration with what is held; writes nothing."""
    held = {address_key(member.recipient.address): member for member in members(connection, name)}
    suppressed = {row.address_key for row in connection.execute(select(suppressions.c.address_key))}
    is_forgotten = known_again(connection)
    added, renamed, kept_out = [], [], []
    for recipient in listed:
        if is_forgotten(recipient.address):
            kept_out.append((recipient, PersonSkip.FORGOTTEN))
            continue
        member = held.get(address_key(recipient.address))
        if address_key(recipient.address) in suppressed:
            kept_out.append((recipient, PersonSkip.SUPPRESSED))
        elif member is not None and member.status is Status.UNSUBSCRIBED:
            kept_out.append((recipient, PersonSkip.UNSUBSCRIBED))
        if member is None or member.status is Status.DELISTED:
            added.append(recipient)
        elif recipient.name and member.recipient.name != recipient.name:
            renamed.append(recipient)
    wanted = {address_key(recipient.address) for recipient in listed}
    active = {key: member.recipient for key, member in held.items() if member.status is Status.ACTIVE}
    return ListPlan(
        name=name,
        title=title,
        added=tuple(added),
        removed=tuple(recipient for key, recipient in active.items() if key not in wanted),
        renamed=tuple(renamed),
        kept_out=tuple(kept_out),
        active=len(active),
        max_removals=max_removals,
    )


def apply_list(connection: Connection, plan: ListPlan, now: datetime) -> None:
    """Carry a plan out."""
    number = list_id(connection, plan.name, plan.title)
    is_forgotten = known_again(connection)
    if added := [person for person in plan.added if not is_forgotten(person.address)]:
        _subscribe(connection, number, added, now)
    if plan.removed:
        leave = (
            update(subscriptions)
            .where(
                subscriptions.c.list_id == number,
                subscriptions.c.status == Status.ACTIVE,
                subscriptions.c.subscriber_id
                == select(subscribers.c.id).where(subscribers.c.address_key == bindparam("key")).scalar_subquery(),
            )
            .values(status=Status.DELISTED.value, since=now)
        )
        connection.execute(leave, [{"key": address_key(r.address)} for r in plan.removed])
    if plan.renamed:
        rename = update(subscribers).where(subscribers.c.address_key == bindparam("key"))
        rows = [{"key": address_key(r.address), "new": r.name} for r in plan.renamed]
        connection.execute(rename.values(name=bindparam("new")), rows)


def _subscribe(connection: Connection, list_id: int, people: Sequence[Recipient], now: datetime) -> None:
    add = insert_for(connection, subscribers)
    named = add.on_conflict_do_update(
        index_elements=["address_key"],
        set_={"name": add.excluded.name},
        where=add.excluded.name != "",
    )
    rows = [{"address": p.address, "address_key": address_key(p.address), "name": p.name} for p in people]
    connection.execute(named, [row | {"created_at": now} for row in rows])
    ids = {row.address_key: row.id for row in connection.execute(select(subscribers.c.id, subscribers.c.address_key))}
    join = insert_for(connection, subscriptions)
    back = join.on_conflict_do_update(
        index_elements=["subscriber_id", "list_id"],
        set_={"status": Status.ACTIVE.value, "since": now},
        where=subscriptions.c.status == Status.DELISTED,
    )
    links = [{"subscriber_id": ids[row["address_key"]], "list_id": list_id} for row in rows]
    connection.execute(back, [link | {"status": Status.ACTIVE.value, "since": now} for link in links])


def list_titles(connection: Connection, list_ids: Sequence[int]) -> tuple[str, ...]:
    """The titles of lists, for the pages a member sees."""
    query = select(lists.c.title).where(lists.c.id.in_(list_ids)).order_by(lists.c.title)
    return tuple(connection.execute(query).scalars())


def names_of(connection: Connection, list_ids: Sequence[int]) -> tuple[str, ...]:
    """The names of lists, as config.toml has them."""
    query = select(lists.c.name).where(lists.c.id.in_(list_ids)).order_by(lists.c.name)
    return tuple(connection.execute(query).scalars())


def count_active(connection: Connection) -> Mapping[str, int]:
    """Active subscriptions by list name."""
    query = (
        select(lists.c.name, func.count(subscriptions.c.subscriber_id).label("active"))
        .outerjoin(
            subscriptions,
            (subscriptions.c.list_id == lists.c.id) & (subscriptions.c.status == Status.ACTIVE),
        )
        .group_by(lists.c.name)
        .order_by(lists.c.name)
    )
    return {row.name: row.active for row in connection.execute(query)}
