"""Calls: a job of the queue for each chunk in which something is due, made in the transaction that makes it so.

They are rows of Procrastinate's table, whose schema is ours (migration 0022); written in one statement, however many
there are. A chunk is called for once: the queue's own index on what waits sees to that, also between transactions.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, String, cast, column, func, literal, select, table, text

from digest.model import CampaignStatus
from digest.model.jobs import CHUNKS, SEND_CHUNK
from digest.store.engine import is_shared
from digest.store.outbox.chunks import is_free, something_due
from digest.store.tables import campaigns, chunks

_COLUMNS = ("queue_name", "task_name", "priority", "queueing_lock", "args")
_JOBS = table("procrastinate_jobs", *(column(name) for name in _COLUMNS))
_NOBODY_LOST = timedelta(days=365)  # where a call is made, whoever holds a chunk is taken to be alive


def call(
    connection: Connection, now: datetime, *, campaign_id: int | None = None, lost_after: timedelta = _NOBODY_LOST
) -> None:
    """Ask the workers for every chunk that is due and nobody's, of a campaign or of all that may be sent.

    Where no workers share campaigns nothing is written.
    """
    if not is_shared(connection):
        return
    from sqlalchemy.dialects.postgresql import insert  # noqa: PLC0415  (slow to import, and rarely needed)

    what = func.jsonb_build_object("campaign_id", chunks.c.campaign_id, "number", chunks.c.number)
    name = literal("chunk ") + cast(chunks.c.campaign_id, String) + " " + cast(chunks.c.number, String)
    due = (
        select(literal(CHUNKS), literal(SEND_CHUNK), -chunks.c.number, name, what)
        .join(campaigns, campaigns.c.id == chunks.c.campaign_id)
        .where(campaigns.c.status == CampaignStatus.SENDING, something_due(now), is_free(lost_after))
        .order_by(chunks.c.number, chunks.c.campaign_id)  # the first chunks of all before the second ones of any
    )
    if campaign_id is not None:
        due = due.where(chunks.c.campaign_id == campaign_id)
    calls = insert(_JOBS).from_select(list(_COLUMNS), due)
    waits = text("status = 'todo'")
    connection.execute(calls.on_conflict_do_nothing(index_elements=["queueing_lock"], index_where=waits))
