"""Who sends, and by which servers."""

from sqlalchemy import Boolean, Column, Date, Float, ForeignKey, Integer, String, Table, Text, false

from digest.store.tables.base import Instant, metadata

workers = Table(
    "workers",
    metadata,
    Column("id", String(40), primary_key=True),  # random
    Column("name", Text, nullable=False),  # "host 4711": a machine and a process on it
    Column("kind", String(20), nullable=False),  # which command it is: worker, run, send
    Column("version", String(40), nullable=False),
    Column("config", String(16)),  # the hash of its configuration
    Column("started_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),  # its sign of life, by the database's clock, as started_at
    Column("connections", Integer, nullable=False, server_default="0"),  # to the relay, that it may have or still has
    Column("wants", Boolean, nullable=False, server_default=false()),  # it has something to send
    Column("rate", Float, nullable=False, server_default="0"),  # outcomes a second, lately
)

worker_relays = Table(
    "worker_relays",
    metadata,
    Column("worker_id", ForeignKey("workers.id", ondelete="CASCADE"), primary_key=True),
    Column("relay", String(200), primary_key=True),  # as in relays
    Column("connections", Integer, nullable=False),  # that it may have or still has
)

relays = Table(
    "relays",
    metadata,
    Column("name", String(200), primary_key=True),  # as [[relays]] has it, or the "host:port" of [smtp]
    Column(
        "free_at", Float, nullable=False, server_default="0"
    ),  # seconds since 1970: the next start that is not taken
    Column("paused_until", Float, nullable=False, server_default="0"),  # likewise: it asked for less
    Column("turn", Integer, nullable=False, server_default="0"),  # as `model.Throttle` has them, from here
    Column("asked", Integer, nullable=False, server_default="0"),
    Column("turned_at", Float, nullable=False, server_default="0"),  # seconds since 1970: its `since`
    Column("lasted", Float, nullable=False, server_default="0"),
    Column("part", Float, nullable=False, server_default="1"),
    Column("failures", Integer, nullable=False, server_default="0"),  # in a row; none once it has taken a mail
    Column("failed_until", Float, nullable=False, server_default="0"),  # seconds since 1970: let be until then
    Column("failure", Text, nullable=False, server_default=""),  # the latest of them
)

relay_days = Table(
    "relay_days",
    metadata,
    Column("relay", String(60), primary_key=True),
    Column("day", Date, primary_key=True),  # in the network's zone
    Column("mails", Integer, nullable=False),  # that it was given, less those that it put off or that were not sent
)
