"""What dead processes of this machine have noted, put into the outbox; see `wire`."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, and_, select

from digest.model import Accepted, DeliveryState
from digest.store.campaigns import set_shown
from digest.store.engine import Store
from digest.store.outbox import progress, wire
from digest.store.outbox.wire import Noted, State
from digest.store.tables import chunks, deliveries

_TAKEN = "taken by the server, as was noted before the process ended"


def settle_noted(store: Store, now: datetime) -> int:
    """Queue again what a process that is dead had only claimed, and write down what the server had answered.

    What it had begun is left in flight, for whoever takes the chunk to call unknown. To be called before that.

    Returns:
        How many are in doubt no more.
    """
    left = wire.left_by_the_dead(store)
    if not left.paths:
        return 0
    settled = 0
    if left.noted:
        with store.write() as connection:
            ours = _still_theirs(connection, left.noted)
            accepted = {number for number, state in ours.items() if state is State.ACCEPTED}
            again = {number for number, state in ours.items() if state in {State.CLAIMED, State.REFUSED}}
            progress.release(connection, sorted(again))
            _write_accepted(connection, accepted, now)
            settled = len(accepted) + len(again)
    wire.clear_away(left)
    return settled


def forget_noted(store: Store) -> None:
    """Believe nothing of what dead processes have noted, as when the store is not the one any more that they knew."""
    wire.clear_away(wire.left_by_the_dead(store))


def _still_theirs(connection: Connection, noted: Iterable[Noted]) -> dict[int, State]:
    """Those of them in flight whose chunk nobody has taken since; nobody does until the transaction ends."""
    by_claim = {(one.delivery_id, one.fence): one.state for one in noted}
    within = and_(
        chunks.c.campaign_id == deliveries.c.campaign_id,
        deliveries.c.id.between(chunks.c.first_id, chunks.c.last_id),
    )
    query = (
        select(deliveries.c.id, chunks.c.fence)
        .join(chunks, within)
        .where(
            deliveries.c.id.in_({delivery_id for delivery_id, _ in by_claim}),
            deliveries.c.state == DeliveryState.IN_FLIGHT,
        )
        .with_for_update(read=True, of=chunks)
    )
    rows = connection.execute(query).all()
    return {row.id: by_claim[row.id, row.fence] for row in rows if (row.id, row.fence) in by_claim}


def _write_accepted(connection: Connection, ids: Iterable[int], now: datetime) -> None:
    query = select(deliveries.c.id, deliveries.c.campaign_id).where(deliveries.c.id.in_(ids))
    rows = connection.execute(query).all()
    progress.record(connection, [progress.accepted_row(row.id, Accepted(reply=_TAKEN), now) for row in rows])
    for campaign_id in sorted({row.campaign_id for row in rows}):
        set_shown(connection, campaign_id, now)
