"""Who is listed and who has left: lists, subscribers, subscriptions and suppressions."""

from digest.store.people.changes import Change, KeptOut, ListPlan, apply_list, plan_list, subscribe
from digest.store.people.forgotten import NAMELESS, forget, is_in_flight, known_again, remember
from digest.store.people.imports import record_left, standing_here
from digest.store.people.journal import Consent, journal_of
from digest.store.people.laws import EVERYTHING, Mailing
from digest.store.people.lists import (
    Member,
    count_active,
    ensure_list,
    known_lists,
    list_titles,
    members,
    names_of,
)
from digest.store.people.preferences import choose, mute, muted_by, next_back, pause, preferences_of, unmute
from digest.store.people.sign_ups import SignUp, Wish
from digest.store.people.standing import MAY, mailing, standing_of
from digest.store.people.subscribers import (
    BroughtBy,
    Status,
    chosen_languages,
    come_back,
    find,
    has_left,
    just_left,
    memberships,
    put_back,
    set_first_language,
    set_language,
    subscriber,
    subscribers_by_id,
    unsubscribe,
)
from digest.store.people.suppressions import Suppression, lift, suppress, suppression, suppression_of

__all__ = [
    "EVERYTHING",
    "MAY",
    "NAMELESS",
    "BroughtBy",
    "Change",
    "Consent",
    "KeptOut",
    "ListPlan",
    "Mailing",
    "Member",
    "SignUp",
    "Status",
    "Suppression",
    "Wish",
    "apply_list",
    "choose",
    "chosen_languages",
    "come_back",
    "count_active",
    "ensure_list",
    "find",
    "forget",
    "has_left",
    "is_in_flight",
    "journal_of",
    "just_left",
    "known_again",
    "known_lists",
    "lift",
    "list_titles",
    "mailing",
    "members",
    "memberships",
    "mute",
    "muted_by",
    "names_of",
    "next_back",
    "pause",
    "plan_list",
    "preferences_of",
    "put_back",
    "record_left",
    "remember",
    "set_first_language",
    "set_language",
    "standing_here",
    "standing_of",
    "subscribe",
    "subscriber",
    "subscribers_by_id",
    "suppress",
    "suppression",
    "suppression_of",
    "unmute",
    "unsubscribe",
]
