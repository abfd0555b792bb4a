"""What came of a campaign: by domain, by reply, and person by person."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, select

from digest.model import DeliveryState
from digest.store.campaigns import Campaign
from digest.store.engine import Store
from digest.store.tables import deliveries, subscribers

_PAGE = 1000
_TOLD = (DeliveryState.ACCEPTED, DeliveryState.DEFERRED, DeliveryState.REJECTED, DeliveryState.UNKNOWN)
_UNHAPPY = (DeliveryState.DEFERRED, DeliveryState.REJECTED, DeliveryState.UNKNOWN)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """One answer of servers that was not acceptance."""

    state: DeliveryState
    stage: str  # "" where there is none
    code: int | None
    reply: str
    people: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DomainTally:
    """How a campaign stands with the people of one domain."""

    domain: str
    recipients: int
    accepted: int
    deferred: int
    rejected: int
    unknown: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One delivery, as a person wants to read it."""

    address: str
    name: str
    state: str
    reason: str
    attempts: int
    finished_at: datetime | None
    stage: str
    code: int | None
    reply: str
    relay: str = ""  # which it was given to last; "" where it was not shared out


@dataclass(frozen=True, kw_only=True, slots=True)
class RelayTally:
    """How a campaign stands with what one relay was given."""

    relay: str
    recipients: int
    accepted: int
    deferred: int
    rejected: int
    unknown: int


def relays(connection: Connection, campaign: Campaign) -> Sequence[RelayTally]:
    """What each relay was given of it, by name; none of what was not shared out."""
    people = func.count().label("recipients")
    counts = [func.count(case((deliveries.c.state == state, 1))).label(state.value) for state in _TOLD]
    given = (deliveries.c.campaign_id == campaign.id, deliveries.c.relay.is_not(None))
    query = select(deliveries.c.relay, people, *counts).where(*given).group_by(deliveries.c.relay)
    return [RelayTally(**row) for row in connection.execute(query.order_by(deliveries.c.relay)).mappings()]


def replies(connection: Connection, campaign: Campaign) -> Sequence[Reply]:
    """What servers answered where it was not acceptance, most first; the person's address in it is left out."""
    people = func.count().label("people")
    reply = func.replace(deliveries.c.reply, deliveries.c.address_key, "...").label("reply")
    unhappy = (
        select(deliveries.c.state, deliveries.c.stage, deliveries.c.code, reply)
        .where(deliveries.c.campaign_id == campaign.id, deliveries.c.state.in_(_UNHAPPY))
        .subquery()
    )
    columns = tuple(unhappy.c)
    query = select(*columns, people).group_by(*columns).order_by(people.desc(), *columns).limit(50)
    return [
        Reply(
            state=DeliveryState(row.state),
            stage=row.stage or "",
            code=row.code,
            reply=row.reply or "",
            people=row.people,
        )
        for row in connection.execute(query)
    ]


def domains(connection: Connection, campaign: Campaign, limit: int = 20) -> Sequence[DomainTally]:
    """Who is mailed, by domain, the largest first."""
    domain = _domain(connection).label("domain")
    people = func.count().label("recipients")
    counts = [func.count(case((deliveries.c.state == state, 1))).label(state.value) for state in _TOLD]
    query = (
        select(domain, people, *counts)
        .where(deliveries.c.campaign_id == campaign.id, deliveries.c.state != DeliveryState.SKIPPED)
        .group_by(domain)
        .order_by(people.desc(), domain)
        .limit(limit)
    )
    return [DomainTally(**row) for row in connection.execute(query).mappings()]


def searched(
    connection: Connection, campaign: Campaign, *, part: str, state: DeliveryState | None, limit: int
) -> Sequence[Row]:
    """The first deliveries by address of which this is a part of the address, in one state or in any."""
    query = (
        select(deliveries, subscribers.c.address, subscribers.c.name)
        .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
        .where(deliveries.c.campaign_id == campaign.id)
        .order_by(deliveries.c.address_key)
        .limit(limit)
    )
    if part:
        query = query.where(deliveries.c.address_key.contains(part.casefold(), autoescape=True))
    if state is not None:
        query = query.where(deliveries.c.state == state)
    return [_row(row) for row in connection.execute(query)]


def rows(store: Store, campaign: Campaign) -> Iterator[Row]:
    """Every delivery by address, streamed in pages along its index; memory does not grow with the list."""
    last, full = "", True
    while full:
        query = (
            select(deliveries, subscribers.c.address, subscribers.c.name)
            .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
            .where(deliveries.c.campaign_id == campaign.id, deliveries.c.address_key > last)
            .order_by(deliveries.c.address_key)
            .limit(_PAGE)
        )
        with store.read() as connection:
            page = connection.execute(query).all()
        yield from map(_row, page)
        full = len(page) == _PAGE
        last = page[-1].address_key if page else last


def _row(row: Any) -> Row:
    return Row(
        address=row.address,
        name=row.name,
        state=row.state,
        reason=row.reason,
        attempts=row.attempts,
        finished_at=row.finished_at,
        stage=row.stage or "",
        code=row.code,
        reply=row.reply or "",
        relay=row.relay or "",
    )


def _domain(connection: Connection) -> ColumnElement[str]:
    address = deliveries.c.address_key
    find = func.strpos if connection.dialect.name == "postgresql" else func.instr
    return func.substr(address, find(address, "@") + 1)
