"""Items -> an edition: which period is due, what is new in it, and in what order it is read. Pure."""

from digest.compose.cadence import Due, Missed, due, next_due, period_of
from digest.compose.duplicates import Merged, merge
from digest.compose.edition import appearances, compose, still_true
from digest.compose.edits import edited, with_edits
from digest.compose.expiry import expired, expires_at
from digest.compose.frozen import edition_from_json, edition_to_json
from digest.compose.notice import read_notice
from digest.compose.selection import Chosen, Selection, fingerprint, select

__all__ = [
    "Chosen",
    "Due",
    "Merged",
    "Missed",
    "Selection",
    "appearances",
    "compose",
    "due",
    "edited",
    "edition_from_json",
    "edition_to_json",
    "expired",
    "expires_at",
    "fingerprint",
    "merge",
    "next_due",
    "period_of",
    "read_notice",
    "select",
    "still_true",
    "with_edits",
]
