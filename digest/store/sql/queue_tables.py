"""What we read and write of the queue's tables, which are Procrastinate's; our migration 0022 makes them."""

from sqlalchemy import column, table

JOBS = table(
    "procrastinate_jobs",
    *map(
        column,
        ("id", "queue_name", "task_name", "priority", "queueing_lock", "args", "status", "scheduled_at", "worker_id"),
    ),
)
QUEUE_WORKERS = table("procrastinate_workers", *map(column, ("id", "last_heartbeat")))
EVENTS = table("procrastinate_events", *map(column, ("job_id", "type", "at")))
