"""Who is listed and who has left: lists, subscribers, subscriptions and suppressions."""

from digest.store.people.journal import Consent, journal_of
from digest.store.people.lists import (
    ListPlan,
    Member,
    apply_list,
    count_active,
    known_lists,
    list_id,
    list_titles,
    members,
    names_of,
    plan_list,
)
from digest.store.people.standing import standing_of
from digest.store.people.subscribers import Status, find, has_left, memberships, subscribe, subscriber, unsubscribe
from digest.store.people.suppressions import Suppression, lift, suppress, suppression, suppression_of

__all__ = [
    "Consent",
    "ListPlan",
    "Member",
    "Status",
    "Suppression",
    "apply_list",
    "count_active",
    "find",
    "has_left",
    "journal_of",
    "known_lists",
    "lift",
    "list_id",
    "list_titles",
    "members",
    "memberships",
    "names_of",
    "plan_list",
    "standing_of",
    "subscribe",
    "subscriber",
    "suppress",
    "suppression",
    "suppression_of",
    "unsubscribe",
]
