"""Several relays: how each stands for all workers, what it was given on a day, and which delivery it got.

Moments are the database's clock on PostgreSQL, so that machines whose clocks differ agree on who is let be.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, Integer, case, func, select, update

from digest.model import Delivery, DeliveryState
from digest.store.campaigns import Campaign
from digest.store.outbox import chunks, rates
from digest.store.sql.json_rows import JsonRows
from digest.store.sql.upsert import insert_for
from digest.store.tables import deliveries, relay_days, relays

_FIRST_REST, _LONGEST_REST = 60.0, 3600.0  # seconds for which one that failed is let be; twice as long each time
_ID = JsonRows((("id", Integer()),))


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How a relay stands."""

    paused: float = 0.0  # seconds more for which it asked to be left alone
    failing: float = 0.0  # seconds more for which it is let be, since it failed
    failures: int = 0  # in a row
    failure: str = ""  # the latest of them
    today: int = 0  # mails that it was given on the day
    days: int = 0  # before that day, on which it was given any


def standings(connection: Connection, names: Collection[str], day: date) -> dict[str, Standing]:
    """How each of these stands on a day, known or not."""
    rows = {row.name: row for row in connection.execute(select(relays, rates.clock(connection).label("now")))}
    before = func.count(case((relay_days.c.day < day, 1)))
    given = func.coalesce(func.sum(case((relay_days.c.day == day, relay_days.c.mails))), 0)
    by_day = select(relay_days.c.relay, before.label("days"), given.label("today")).where(relay_days.c.mails > 0)
    counts = {row.relay: row for row in connection.execute(by_day.group_by(relay_days.c.relay))}
    found = {}
    for name in names:
        row, count = rows.get(name), counts.get(name)
        found[name] = Standing(
            paused=max(row.paused_until - row.now, 0.0) if row else 0.0,
            failing=max(row.failed_until - row.now, 0.0) if row else 0.0,
            failures=row.failures if row else 0,
            failure=row.failure if row else "",
            today=int(count.today) if count else 0,
            days=count.days if count else 0,
        )
    return found


def lock_day(connection: Connection, names: Collection[str], day: date) -> None:
    """Let nobody else share out mail of these relays' day before the transaction ends."""
    for name in sorted(names):  # in one order for all, so that nobody waits for who waits for them
        made = insert_for(connection, relay_days).values(relay=name, day=day, mails=0)
        connection.execute(made.on_conflict_do_nothing())
        own = (relay_days.c.relay == name, relay_days.c.day == day)
        connection.execute(select(relay_days.c.mails).where(*own).with_for_update()).one()


def count_given(connection: Connection, given: Mapping[str, int], day: date) -> None:
    """So many mails more were given to each, or fewer where some came back."""
    for name, mails in sorted(given.items()):
        made = insert_for(connection, relay_days).values(relay=name, day=day, mails=max(mails, 0))
        more = {"mails": case((relay_days.c.mails + mails > 0, relay_days.c.mails + mails), else_=0)}
        keys = [relay_days.c.relay, relay_days.c.day]
        connection.execute(made.on_conflict_do_update(index_elements=keys, set_=more))


def give(connection: Connection, campaign: Campaign, by_relay: Mapping[str, Sequence[Delivery]]) -> bool:
    """Write down who gets deliveries of one chunk, before they are claimed; False once another has the chunk."""
    for name, given in sorted(by_relay.items()):
        inside = _inside(connection, campaign, given)
        if inside is None:
            return False
        ids = _ID.array(connection.dialect, [{"id": one.id} for one in given])
        connection.execute(update(deliveries).where(inside).values(relay=name), {"chosen": ids})
    return True


def put_off(connection: Connection, campaign: Campaign, those: Sequence[Delivery], until: datetime) -> None:
    """Have deliveries of one chunk wait, untried as they are, since no relay may be given them before."""
    inside = _inside(connection, campaign, those)
    if inside is not None:
        ids = _ID.array(connection.dialect, [{"id": one.id} for one in those])
        pending = deliveries.c.state.in_((DeliveryState.QUEUED, DeliveryState.DEFERRED))
        connection.execute(update(deliveries).where(inside, pending).values(next_attempt_at=until), {"chosen": ids})


def fail(connection: Connection, name: str, reason: str) -> None:
    """It takes nothing now: let it be for a while, longer each time until it has taken something again."""
    connection.execute(insert_for(connection, relays).values(name=name).on_conflict_do_nothing())
    own = relays.c.name == name
    failures = connection.execute(select(relays.c.failures).where(own).with_for_update()).scalar_one()
    rest = min(_FIRST_REST * 2 ** min(failures, 16), _LONGEST_REST)
    values = {"failures": failures + 1, "failed_until": rates.clock(connection) + rest, "failure": reason}
    connection.execute(update(relays).where(own).values(values))


def recover(connection: Connection, name: str) -> None:
    """It has taken a mail: whatever failed is over."""
    change = update(relays).where(relays.c.name == name)
    connection.execute(change.values(failures=0, failed_until=0.0, failure=""))


def _inside(connection: Connection, campaign: Campaign, those: Sequence[Delivery]) -> ColumnElement[bool] | None:
    (lease,) = {one.lease for one in those}
    inside = chunks.inside(connection, campaign, lease)
    chosen = select(_ID.table(connection.dialect.name, "chosen").c.id)
    return None if inside is None else inside & deliveries.c.id.in_(chosen)
