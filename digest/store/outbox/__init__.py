"""The outbox: one row per campaign and person, from the plan to the last result."""

from digest.store.outbox.again import queue_person
from digest.store.outbox.doubts import (
    LEFT,
    Doubt,
    accept,
    in_doubt,
    leave,
    queue_deferred,
    queue_doubts,
    queue_rejected,
)
from digest.store.outbox.plan import (
    count_audience,
    count_correctable,
    forget_unsent,
    left_out,
    plan_correction,
    plan_deliveries,
    sample_of,
)
from digest.store.outbox.queue import (
    bring_forward,
    count_due,
    delivery_of,
    due,
    due_by_chunk,
    has_pending,
    has_unbegun,
    next_attempt_at,
    orphans_to_unknown,
    record_resent,
    was_tried,
)
from digest.store.outbox.report import count_accepted, history, missed_by_pausing, report_of
from digest.store.outbox.versions import begin_version, has_earlier_version
from digest.store.outbox.withdrawal import skip_all, skip_people, skip_person, skip_unmailable

__all__ = [
    "LEFT",
    "Doubt",
    "accept",
    "begin_version",
    "bring_forward",
    "count_accepted",
    "count_audience",
    "count_correctable",
    "count_due",
    "delivery_of",
    "due",
    "due_by_chunk",
    "forget_unsent",
    "has_earlier_version",
    "has_pending",
    "has_unbegun",
    "history",
    "in_doubt",
    "leave",
    "left_out",
    "missed_by_pausing",
    "next_attempt_at",
    "orphans_to_unknown",
    "plan_correction",
    "plan_deliveries",
    "queue_deferred",
    "queue_doubts",
    "queue_person",
    "queue_rejected",
    "record_resent",
    "report_of",
    "sample_of",
    "skip_all",
    "skip_people",
    "skip_person",
    "skip_unmailable",
    "was_tried",
]
