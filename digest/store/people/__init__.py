"""Who is listed and who has left: lists, subscribers, subscriptions and suppressions."""

from digest.store.people.changes import Change, KeptOut, ListPlan, apply_list, plan_list, subscribe
from digest.store.people.imports import record_left, standing_here
from digest.store.people.lists import Member, count_active, ensure_list, known_lists, list_titles, members
from digest.store.people.standing import standing_of
from digest.store.people.subscribers import BroughtBy, Status, find, has_left, memberships, subscriber, unsubscribe
from digest.store.people.suppressions import suppress, suppression

__all__ = [
    "BroughtBy",
    "Change",
    "KeptOut",
    "ListPlan",
    "Member",
    "Status",
    "apply_list",
    "count_active",
    "ensure_list",
    "find",
    "has_left",
    "known_lists",
    "list_titles",
    "members",
    "memberships",
    "plan_list",
    "record_left",
    "standing_here",
    "standing_of",
    "subscribe",
    "subscriber",
    "suppress",
    "suppression",
    "unsubscribe",
]
