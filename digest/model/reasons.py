"""How it reads in English why something does not go on, and what was done: each by a name, with facts in braces."""

from collections.abc import Mapping

from digest.model.source_reasons import SOURCE_REASONS
from digest.model.written_reasons import WRITTEN_REASONS

_CAMPAIGNS: Mapping[str, str | tuple[str, str]] = {
    "nothing_new": "nothing new",
    "nobody": "nobody on {lists} to send it to",
    "nothing_left": "nothing is left in it",
    "missed": "was due at {moment} and nothing ran within {lateness} of it",
    "missed_unapproved": "was due at {moment} and nobody let it go within {lateness} of it",
    "by_hand": "by hand ({move})",
    "more_must": ("{count} more must approve it", "{count} more must approve it"),
    "goes_at": "it goes at {moment}",
    "approved_by": "approved by {names}",
    "composed_items": "composed again: {now} items instead of {before}",
    "composed_edited": "composed again with what was edited",
    "restored": "the store was restored as of {moment}; it may have gone since",
    "complaints": "{people} called it spam ({share} of {accepted}; [limits] complaints is {limit})",
    "bounces": "{people} came back ({share} of {accepted}; [limits] bounces is {limit})",
    "refused": "the server refuses one mail after another, at last: {said}",
    "relay_refused": "{relay}: {why}",
    "source_failed": "source {source} failed: {why}",
    "source_in_part": "source {source} was read only in part: {why}",
    "source_silent_since": "source {source} has not answered since {moment}",
    "source_silent": "source {source} has not answered yet",
    "emptied": "source {source} is suddenly empty; it had {before} items",
    "flood_at_first": (
        "source {source} brings {number} new items, a lot for a first edition; look with `digest preview {digest}`, "
        "then `digest approve {name}`, hide the old with `digest items edit`, or show fewer at a time with `limit` in "
        "[[digests.sections]]"
    ),
    "flood": "source {source} brings {number} new items; no edition had more than {most} of it before",
    "contradicts": '"{title}" ({item}) contradicts itself: "{words}"; set it with `digest items edit`',
    "found": "{what}: {detail}",
    "stands": "{status}: {why}",
}
_DRAFTS: Mapping[str, str | tuple[str, str]] = {
    "draft_late": (
        "its time was missed by more than a day, as nothing ran, or the lists or the store let nothing go; send it, or "
        "schedule it again"
    ),
    "draft_other_people": "who gets it was changed after it was scheduled; schedule it again",
    "draft_sent": "The same was sent already, as {campaign}; to send it again, give it another `id:`",
    "draft_mend": "It is not sent; mend this, or send it all the same with --force:\n{found}",
    "draft_mend_first": "Mend this first:\n{found}",
    "draft_nobody": "Nobody on {lists} to send it to; nothing was recorded.",
    "draft_nobody_corrected": "Nobody who received {campaign} to send it to; nothing was recorded.",
    "indented": "  {told}",
    "draft_no_lists": "Say who gets it: to: [LIST, OTHER]",
}
_DONE: Mapping[str, str | tuple[str, str]] = {
    "collected": "{new} new, {changed} changed",
    "applied": "{added} added, {removed} removed, {changed} changed",
    "to": "to {names}",
    "to_nobody": "to nobody: no organiser has to do with its lists",
    "for_moment": "for {moment}",
    "settled": "{accepted} accepted by the log, {queued} queued again, {left} left",
    "queued_again": ("{count} queued again", "{count} queued again"),
    "was": "was: {reason}",
    "imported": "from {tool}: {told}",
    "imported_counts": (
        "{added} added, {left} left, {suppressed} suppressed, {kept_out} kept out, {unchanged} unchanged, "
        "{unconfirmed} unconfirmed"
    ),
    "missed_told": "told of what they missed",
    "worded": '{line} "{words}"',
    "line_subject": "subject",
    "line_preheader": "preheader",
    "line_note": "note",
    "pictures": ("{count} picture", "{count} pictures"),
    "erased": (
        "{replies} answers, {activity} of the activity, {returns} returns, {journal} of the journal, "
        "{sign_ups} sign-ups"
    ),
    "of_class": "{kind} ({about})",
    "class_mailbox": "mailbox",
    "class_policy": "policy",
    "class_ours": "ours",
    "did": "{who}: {verb} {what}",
}
REASONS: Mapping[str, str | tuple[str, str]] = {**_CAMPAIGNS, **_DRAFTS, **_DONE, **SOURCE_REASONS, **WRITTEN_REASONS}
"""All of them. As phrases, they begin with ``reason_``; where there are two forms, ``count`` chooses."""
