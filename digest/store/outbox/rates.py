"""Each relay for all workers: its rate as a bucket that is leased in slices, its connections, and its asking for less.

The bucket keeps the moment of the next start that nobody has (the generic cell rate algorithm, as `deliver.pace`), by
the database's clock. Who dies with a slice loses it; who stops gives back what nobody took after it.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from time import time
from typing import Any

from sqlalchemy import ColumnElement, Connection, Float, Row, case, extract, func, literal, select, update

from digest.model import Throttle
from digest.store import news
from digest.store.outbox import workers
from digest.store.sql.upsert import insert_for
from digest.store.tables import relays


@dataclass(frozen=True, slots=True)
class Slice:
    """So many starts that nobody else has."""

    first_in: float  # seconds from now; negative where it might have been before
    interval: float  # seconds between them
    count: int
    ends_at: float  # by the database's clock: when the next one's begins


def lease(connection: Connection, relay: str, count: int, *, interval: float, ahead: float) -> Slice:
    """Take the next starts that nobody has.

    Args:
        connection: of a transaction that may write.
        relay: whose.
        count: how many.
        interval: seconds between two of all workers together.
        ahead: seconds of unused time that may be made up for.
    """
    _there(connection, relay)
    now = _now()
    taken = func.greatest(relays.c.free_at, now - ahead) + interval * count
    change = update(relays).where(relays.c.name == relay).values(free_at=taken)
    row = connection.execute(change.returning(relays.c.free_at, now.label("now"))).one()
    return Slice(row.free_at - interval * count - row.now, interval, count, row.free_at)


def give_back(connection: Connection, relay: str, leased: Slice, starts: int) -> None:
    """So many at the end of a slice were not used; they are free again unless others took what comes after."""
    same = func.abs(relays.c.free_at - leased.ends_at) < leased.interval / 1000
    change = update(relays).where(relays.c.name == relay, same)
    connection.execute(change.values(free_at=relays.c.free_at - leased.interval * starts))


def turn(
    connection: Connection, relay: str, number: int, change: Callable[[Throttle, float], Throttle]
) -> tuple[Throttle, float] | None:
    """The server asked for less, or takes mail again; all hear of it.

    Args:
        connection: of a transaction that may write.
        relay: which.
        number: the turn that this followed.
        change: makes the next turn of this one, at a moment by the database's clock.

    Returns:
        None where it is so; else what others found out before, and the present, both by the database's clock.
    """
    _there(connection, relay)
    own = relays.c.name == relay
    row = connection.execute(select(relays, clock(connection).label("now")).where(own).with_for_update()).one()
    known = _throttle(row)
    if known.turn != number:
        return known, row.now
    made = change(known, row.now)
    values = {"turn": made.turn, "asked": made.asked, "turned_at": made.since, "lasted": made.lasted, "part": made.part}
    connection.execute(update(relays).where(own).values(values | {"paused_until": made.until}))
    news.tell(connection, news.RELAY)
    return None


def throttles(connection: Connection, names: Collection[str]) -> tuple[Mapping[str, Throttle], float]:
    """What each relay's asking for less has come to, where anybody sent over it, and the present, by one clock."""
    query = select(relays, clock(connection).label("now")).where(relays.c.name.in_(names))
    rows = connection.execute(query).all()
    return {row.name: _throttle(row) for row in rows}, max((row.now for row in rows), default=0.0)


def pause(connection: Connection, relay: str, seconds: float) -> None:
    """The server is in trouble: nobody begins anything for so long."""
    _there(connection, relay)
    until = clock(connection) + seconds
    longer = update(relays).where(relays.c.name == relay, relays.c.paused_until < until)
    connection.execute(longer.values(paused_until=until))
    news.tell(connection, news.RELAY)


def share(
    connection: Connection, relay: str, worker_id: str, *, total: int, in_use: int, lost_after: timedelta
) -> tuple[int, float]:
    """Take one's share of the connections: an even part, and no more than others leave.

    Args:
        connection: of a transaction that may write; it ends the wait of others for their share.
        relay: whose connections.
        worker_id: who asks, having given a sign of life before.
        total: connections of all workers together.
        in_use: that this one still has; it may have more than its share while it lets go.
        lost_after: who gave no sign for so long has none any more.

    Returns:
        How many it may have, and the seconds for which the server is to be left alone.
    """
    _there(connection, relay)
    pause = case((relays.c.paused_until > _now(), relays.c.paused_until - _now()), else_=0.0)
    query = select(pause).where(relays.c.name == relay)
    paused = float(connection.execute(query.with_for_update()).scalar_one())  # one at a time
    wanting = workers.wanting(connection, relay, lost_after)
    place = next((place for place, (one, _) in enumerate(wanting) if one == worker_id), None)
    if place is None:
        workers.set_connections(connection, worker_id, relay, in_use)
        return 0, paused
    even, rest = divmod(total, len(wanting))
    left = total - sum(count for one, count in wanting if one != worker_id)
    mine = max(min(even + (place < rest), left), 0)
    workers.set_connections(connection, worker_id, relay, max(mine, in_use))
    return mine, paused


def clock(connection: Connection) -> ColumnElement[float]:
    """Seconds since 1970: by the database's clock where several machines share it, else by this machine's."""
    return _now() if connection.dialect.name == "postgresql" else literal(time())


def _throttle(row: Row[Any]) -> Throttle:
    return Throttle(
        turn=row.turn,
        asked=row.asked,
        until=row.paused_until,
        since=row.turned_at,
        lasted=row.lasted,
        part=row.part,
    )


def _there(connection: Connection, relay: str) -> None:
    connection.execute(insert_for(connection, relays).values(name=relay).on_conflict_do_nothing())


def _now() -> ColumnElement[float]:
    return extract("epoch", func.clock_timestamp()).cast(Float)
