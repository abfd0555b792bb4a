"""Calls: a job of the queue for each chunk in which something is due, made in the transaction that makes it so.

They are rows of Procrastinate's table, whose schema is ours (migration 0022); written in one statement, however many
there are. A chunk is called for once: the queue's own index on what waits sees to that, also between transactions.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, String, cast, func, literal, select, text

from digest.model import CampaignStatus
from digest.model.jobs import CHUNKS, SEND_CHUNK
from digest.store.engine import is_shared
from digest.store.outbox.chunks import next_of_each
from digest.store.sql.queue_tables import JOBS
from digest.store.tables import campaigns

_COLUMNS = ("queue_name", "task_name", "priority", "queueing_lock", "args")
_AHEAD = 200  # chunks of a campaign: more than any cluster sends before somebody looks again
_NOBODY_LOST = timedelta(days=365)  # where a call is made, whoever holds a chunk is taken to be alive


def call(
    connection: Connection, now: datetime, *, campaign_id: int | None = None, lost_after: timedelta = _NOBODY_LOST
) -> None:
    """Ask the workers for the next chunks that are due and nobody's, of a campaign or of all that may be sent.

    It is asked again and again while there is anything to send, so not for all of a hundred million at once. Where no
    workers share campaigns nothing is written.
    """
    if not is_shared(connection):
        return
    from sqlalchemy.dialects.postgresql import insert  # noqa: PLC0415  (slow to import, and rarely needed)

    which = campaigns.c.status == CampaignStatus.SENDING
    if campaign_id is not None:
        which &= campaigns.c.id == campaign_id
    free = next_of_each(which, now, lost_after, at_most=_AHEAD)
    what = func.jsonb_build_object("campaign_id", free.c.campaign_id, "number", free.c.number)
    name = literal("chunk ") + cast(free.c.campaign_id, String) + " " + cast(free.c.number, String)
    due = select(literal(CHUNKS), literal(SEND_CHUNK), -free.c.number, name, what)
    due = due.order_by(free.c.number, free.c.campaign_id)  # the first chunks of all before the second ones of any
    calls = insert(JOBS).from_select(list(_COLUMNS), due)
    waits = text("status = 'todo'")
    connection.execute(calls.on_conflict_do_nothing(index_elements=["queueing_lock"], index_where=waits))
