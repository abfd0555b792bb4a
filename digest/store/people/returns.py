"""What came back, each once: whose copy it is about, what it says, and whether it still counts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, false, func, or_, select, update

from digest.config.addresses import address_key
from digest.model import BounceClass, Clarity, DeliveryState, Return, ReturnKind
from digest.store.people.subscribers import NOWHERE
from digest.store.sql.upsert import insert_for
from digest.store.tables import campaigns, deliveries, returns, subscribers


@dataclass(frozen=True, kw_only=True, slots=True)
class Copy:
    """One campaign's mail to one person, that may have gone out."""

    delivery_id: int
    campaign_id: int
    subscriber_id: int
    address: str  # that it went to, as the person's address is written where it is that still
    accepted_at: datetime | None

    @property
    def is_nameless(self) -> bool:
        """Whether the person was forgotten since."""
        return self.address.endswith(f"@{NOWHERE}")


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptReturn:
    """One row of the table."""

    returned: Return  # without its hints; `vouched` says that more than a return address speaks for it
    campaign: str | None  # by name; None where it matches nobody's copy
    source: str
    delivery_id: int | None
    subscriber_id: int | None


def keep(
    connection: Connection, found: Sequence[tuple[Return, Copy | None]], now: datetime, *, source: str
) -> frozenset[str]:
    """Put down what came back; what is there already stays. Returns the keys of what is new."""
    if not found:
        return frozenset()
    rows = [_row(one, copy, now, source) for one, copy in found]
    made = insert_for(connection, returns).on_conflict_do_nothing().returning(returns.c.key)
    return frozenset(connection.execute(made, rows).scalars())


def people_with(connection: Connection, addresses: Iterable[str]) -> Mapping[str, int]:
    """The ids of people, by the key of their address."""
    keys = {address_key(one) for one in addresses}
    query = select(subscribers.c.address_key, subscribers.c.id).where(subscribers.c.address_key.in_(keys))
    return {row.address_key: row.id for row in connection.execute(query)} if keys else {}


def copies_to(connection: Connection, subscriber_ids: Collection[int]) -> Mapping[int, Sequence[Copy]]:
    """All that may have gone to these people, by their ids; the latest campaign last."""
    if not subscriber_ids:
        return {}
    # By the UNIQUE index of campaign and address: there is none of subscribers, which planning would have to fill.
    keys = select(subscribers.c.address_key).where(subscribers.c.id.in_(subscriber_ids))
    query = (
        select(deliveries, subscribers.c.address, subscribers.c.address_key.label("present_key"))
        .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
        .where(
            deliveries.c.campaign_id.in_(select(campaigns.c.id)),
            deliveries.c.address_key.in_(keys),
            deliveries.c.subscriber_id.in_(subscriber_ids),
            or_(deliveries.c.state.in_(DeliveryState.perhaps_received()), deliveries.c.attempts > 0),
        )
        .order_by(deliveries.c.campaign_id)
    )
    found: dict[int, list[Copy]] = {one: [] for one in subscriber_ids}
    for row in connection.execute(query):
        found[row.subscriber_id].append(
            Copy(
                delivery_id=row.id,
                campaign_id=row.campaign_id,
                subscriber_id=row.subscriber_id,
                address=row.address if row.address_key == row.present_key else row.address_key,
                accepted_at=row.finished_at if row.state == DeliveryState.ACCEPTED else None,
            )
        )
    return found


def counting(connection: Connection, subscriber_ids: Collection[int]) -> Sequence[KeptReturn]:
    """What is held of these people's returns and still counts."""
    mine = and_(returns.c.subscriber_id.in_(subscriber_ids), returns.c.lifted == false())
    return _kept(connection, _all().where(mine)) if subscriber_ids else ()


def returns_of(connection: Connection, subscriber_id: int) -> Sequence[KeptReturn]:
    """All that came back of one person's mail, the latest first."""
    return _kept(connection, _all().where(returns.c.subscriber_id == subscriber_id).order_by(returns.c.at.desc()))


def unmatched(connection: Connection, limit: int) -> Sequence[KeptReturn]:
    """What could be matched with nobody's copy, the latest first."""
    query = _all().where(returns.c.campaign_id.is_(None)).order_by(returns.c.taken_at.desc(), returns.c.id.desc())
    return _kept(connection, query.limit(limit))


def count_unmatched(connection: Connection) -> int:
    """How much could be matched with nobody's copy."""
    return int(connection.execute(select(func.count()).where(returns.c.campaign_id.is_(None))).scalar_one())


def people_by_kind(connection: Connection, campaign_id: int) -> Mapping[ReturnKind, int]:
    """How many people's copies of a campaign came back, by what came."""
    query = (
        select(returns.c.kind, func.count(returns.c.delivery_id.distinct()))
        .where(returns.c.campaign_id == campaign_id)
        .group_by(returns.c.kind)
    )
    return {ReturnKind(kind): count for kind, count in connection.execute(query)}


def people_by_campaign(connection: Connection, campaign_ids: Collection[int]) -> Mapping[tuple[int, ReturnKind], int]:
    """How many people's copies of each of these campaigns came back, by its id and what came."""
    query = (
        select(returns.c.campaign_id, returns.c.kind, func.count(returns.c.delivery_id.distinct()))
        .where(returns.c.campaign_id.in_(campaign_ids))
        .group_by(returns.c.campaign_id, returns.c.kind)
    )
    return {(row[0], ReturnKind(row[1])): row[2] for row in connection.execute(query)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What several returns say alike."""

    kind: ReturnKind
    bounce_class: BounceClass | None
    status: str
    said: str  # by the server, of one of them
    people: int


def count_by_kind(connection: Connection, since: datetime) -> Mapping[str, int]:
    """How much of each kind was read since then."""
    query = select(returns.c.kind, func.count()).where(returns.c.taken_at >= since).group_by(returns.c.kind)
    return {row[0]: row[1] for row in connection.execute(query)}


def answers(
    connection: Connection, *, campaign_id: int | None = None, since: datetime | None = None
) -> Sequence[Answer]:
    """What came back and how often, the most frequent first: of a campaign, or read since then."""
    kind = (returns.c.kind, returns.c.bounce_class, returns.c.status)
    people = func.count(returns.c.delivery_id.distinct())
    query = select(*kind, func.max(returns.c.detail).label("said"), people.label("people")).group_by(*kind)
    query = query.where(
        returns.c.campaign_id.is_not(None) if campaign_id is None else returns.c.campaign_id == campaign_id
    )
    if since is not None:
        query = query.where(returns.c.taken_at >= since)
    return [
        Answer(
            kind=ReturnKind(row.kind),
            bounce_class=BounceClass(row.bounce_class) if row.bounce_class else None,
            status=row.status,
            said=row.said,
            people=row.people,
        )
        for row in connection.execute(query.order_by(people.desc(), *kind))
    ]


def lift_returns(connection: Connection, subscriber_id: int) -> None:
    """What came back of a person's mail until now counts no more."""
    connection.execute(update(returns).where(returns.c.subscriber_id == subscriber_id).values(lifted=True))


def erase_returns(connection: Connection, before: datetime) -> int:
    """Erase what was read until then: that a copy came back stays countable, without whose it was; how much it is."""
    old = returns.c.taken_at < before
    gone = connection.execute(delete(returns).where(old, returns.c.campaign_id.is_(None))).rowcount
    return gone + _nameless(connection, and_(old, returns.c.subscriber_id.is_not(None)))


def forget_returns(connection: Connection, address: str, subscriber_id: int | None) -> int:
    """Erase what names an address; that a person's copies came back stays countable. Returns how much it is."""
    key = address_key(address)
    theirs = returns.c.subscriber_id == subscriber_id if subscriber_id is not None else false()
    naming = or_(
        func.lower(returns.c.reported_address).in_({key, address.lower()}),
        func.lower(returns.c.detail).contains(address.lower(), autoescape=True),
    )
    done = _nameless(connection, and_(returns.c.campaign_id.is_not(None), or_(theirs, naming)))
    return done + connection.execute(delete(returns).where(returns.c.campaign_id.is_(None), naming)).rowcount


def _nameless(connection: Connection, which: ColumnElement[bool]) -> int:
    change = update(returns).where(which).values(subscriber_id=None, reported_address="", detail="")
    return connection.execute(change).rowcount


def _row(one: Return, copy: Copy | None, now: datetime, source: str) -> dict[str, Any]:
    named = copy is None or not copy.is_nameless
    return {
        "key": one.key,
        "at": one.received_at,
        "taken_at": now,
        "kind": one.kind.value,
        "bounce_class": one.bounce_class and one.bounce_class.value,
        "clarity": one.clarity and one.clarity.value,
        "status": one.status[:20],
        "detail": one.excerpt if named else "",
        "reported_address": one.reported_address if named else "",
        "source": source,
        "evidence": sorted({hint.evidence.value for hint in one.hints}),
        "corroborated": one.corroborated,
        "lifted": False,
        "campaign_id": copy and copy.campaign_id,
        "subscriber_id": copy.subscriber_id if copy and named else None,
        "delivery_id": copy and copy.delivery_id,
    }


def _all() -> Select[Any]:
    return select(returns, campaigns.c.name).outerjoin(campaigns, campaigns.c.id == returns.c.campaign_id)


def _kept(connection: Connection, query: Select[Any]) -> Sequence[KeptReturn]:
    return [_as_kept(row) for row in connection.execute(query)]


def _as_kept(row: Row[Any]) -> KeptReturn:
    returned = Return(
        key=row.key,
        kind=ReturnKind(row.kind),
        received_at=row.at,
        bounce_class=BounceClass(row.bounce_class) if row.bounce_class else None,
        clarity=Clarity(row.clarity) if row.clarity else None,
        reported_address=row.reported_address,
        vouched=row.corroborated,
        status=row.status,
        excerpt=row.detail,
    )
    return KeptReturn(
        returned=returned,
        campaign=row.name,
        source=row.source,
        delivery_id=row.delivery_id,
        subscriber_id=row.subscriber_id,
    )
