"""What the service remembers of itself."""

from sqlalchemy import Column, String, Table, Text

from digest.store.tables.base import Instant, metadata

settings = Table(
    "settings",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("value", Text, nullable=False),
)

job_runs = Table(
    "job_runs",
    metadata,
    Column("job", String(60), primary_key=True),
    Column("started_at", Instant, nullable=False),  # of its latest run, to within a minute
    Column("succeeded_at", Instant),
    Column("error", Text, nullable=False, default=""),  # why its latest run failed
)

alarms = Table(
    "alarms",
    metadata,
    Column("key", Text, primary_key=True),  # of a trouble
    Column("told_at", Instant, nullable=False),  # to the admins, last
)
