"""The schema. What must never happen twice is a UNIQUE constraint here, not a check in code."""

from digest.store.tables.base import Instant, metadata
from digest.store.tables.cluster import relay_days, relays, worker_relays, workers
from digest.store.tables.content import edits, items, picture_addresses, pictures, sources
from digest.store.tables.mailings import appearances, approvals, campaigns, chunks, deliveries, reviews
from digest.store.tables.organisers import activity, drafts, sessions, sign_ins
from digest.store.tables.people import (
    forgotten,
    journal,
    lists,
    mutes,
    preferences,
    returns,
    sign_ups,
    subscribers,
    subscriptions,
    suppressions,
)
from digest.store.tables.service import alarms, job_runs, settings

SCHEMA_VERSION = "0032"
"""The newest migration; a test holds it against Alembic's own head."""

__all__ = [
    "SCHEMA_VERSION",
    "Instant",
    "activity",
    "alarms",
    "appearances",
    "approvals",
    "campaigns",
    "chunks",
    "deliveries",
    "drafts",
    "edits",
    "forgotten",
    "items",
    "job_runs",
    "journal",
    "lists",
    "metadata",
    "mutes",
    "picture_addresses",
    "pictures",
    "preferences",
    "relay_days",
    "relays",
    "returns",
    "reviews",
    "sessions",
    "settings",
    "sign_ins",
    "sign_ups",
    "sources",
    "subscribers",
    "subscriptions",
    "suppressions",
    "worker_relays",
    "workers",
]
