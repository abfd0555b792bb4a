"""Items -> an edition: which period is due, what is new in it, and in what order it is read. Pure."""

from digest.compose.archived import as_nobodys, parted, public
from digest.compose.arrangement import MAY_COME, group_of, pair_of, told_of
from digest.compose.cadence import Coming, Due, Missed, coming, due, next_due, period_of
from digest.compose.duplicates import Merged, kin
from digest.compose.edition import appearances, as_of, compose, still_true, wanted
from digest.compose.edits import (
    Edits,
    edit_of,
    edited,
    laid_over,
    merged_and_edited,
    own_edit_of,
    series_key,
    with_edits,
)
from digest.compose.expiry import expired, expires_at
from digest.compose.frozen import announcement_from_json, announcement_to_json, edition_from_json, edition_to_json
from digest.compose.judging import fingerprint
from digest.compose.next_date import on_its_next_date
from digest.compose.notice import (
    Attachment,
    attach,
    placed,
    read_attachments,
    read_audience,
    read_notice,
    read_pictures,
    read_time,
    read_written,
)
from digest.compose.pictured import pictured, pictures_wanted, without_lost
from digest.compose.selection import Chosen, Selection, select, takes
from digest.compose.succession import out_of_view, with_successors
from digest.compose.written import Written, as_text

__all__ = [
    "MAY_COME",
    "Attachment",
    "Chosen",
    "Coming",
    "Due",
    "Edits",
    "Merged",
    "Missed",
    "Selection",
    "Written",
    "announcement_from_json",
    "announcement_to_json",
    "appearances",
    "as_nobodys",
    "as_of",
    "as_text",
    "attach",
    "coming",
    "compose",
    "due",
    "edit_of",
    "edited",
    "edition_from_json",
    "edition_to_json",
    "expired",
    "expires_at",
    "fingerprint",
    "group_of",
    "kin",
    "laid_over",
    "merged_and_edited",
    "next_due",
    "on_its_next_date",
    "out_of_view",
    "own_edit_of",
    "pair_of",
    "parted",
    "period_of",
    "pictured",
    "pictures_wanted",
    "placed",
    "public",
    "read_attachments",
    "read_audience",
    "read_notice",
    "read_pictures",
    "read_time",
    "read_written",
    "select",
    "series_key",
    "still_true",
    "takes",
    "told_of",
    "wanted",
    "with_edits",
    "with_successors",
    "without_lost",
]
