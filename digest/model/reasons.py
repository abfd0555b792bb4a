"""How it reads in English why something does not go on, and what was done: each by a name, with facts in braces."""

from collections.abc import Mapping

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
    "did": "{who}: {verb} {what}",
}
_SOURCES: Mapping[str, str | tuple[str, str]] = {
    "of_source": "source {source}: {why}",
    "at": "{place} {why}",
    "not_in_full": "did not answer in full within {seconds} s; is the site up? A longer timeout may help",
    "in_a_circle": "is redirected in a circle, back to {address}",
    "redirects": "is redirected more than {number} times; check the address",
    "stopped": "stopped answering",
    "not_fetched": "cannot be fetched: {why}",
    "not_fetched_site": "cannot be fetched: {why}; is this the address of a website?",
    "hung_up": "the server closed the connection without an answer",
    "hung_up_within": "the server closed the connection in the middle of its answer",
    "nobody_there": "nobody answers at that address and port",
    "lost": "the connection was lost",
    "breaks_off": "the answer breaks off",
    "unasked_unchanged": "says that nothing has changed, though it was asked for everything",
    "answered": "answered {status}",
    "answered_key": "answered {status}; does the address need a name and a password, or a key?",
    "answered_check": "answered {status}; open it in a browser and check the address",
    "answered_empty": "answered with an empty page; open it in a browser and check the address",
    "answered_nowhere": "answered {status} without saying where it moved",
    "certificate": "its certificate is not valid: {said}; the site's owner has to mend it",
    "no_tls": "no secure connection: {said}; does this port speak https?",
    "asks_for_rest": "{why} and asks to be left alone for {seconds} s; a later collection tries again",
    "in_a_row": "{why}, {number} times in a row; is the site up?",
    "time_is_up": "{why}, and its time is up; is the site up?",
    "larger": "is larger than {size}; raise max_bytes if that is meant",
    "larger_file": "is larger than {size}; raise max_bytes",
    "cut_off": "was cut off: its {coding} data has no end; the next collection tries again",
    "damaged": "is damaged: its compressed data cannot be read ({said}); tell the site's owner",
    "compressed": "is compressed as {coding}, though {asked} was asked for; tell the site's owner",
    "no_address": "cannot be fetched: {address} is no address; check the address",
    "no_site": "cannot be fetched: {address} is no address of a website; check the address",
    "not_looked_up": "cannot be fetched: the name {host} could not be looked up",
    "no_host": "cannot be fetched: there is no host {host}; check the address",
    "not_public": "cannot be fetched: {address} is {kind}; {fix}",
    "address_of": "{host}, which is {address},",
    "address_metadata": "a cloud machine's metadata service",
    "address_unspecified": "the unspecified address",
    "address_this_machine": "this machine",
    "address_link_local": "a link-local address",
    "address_multicast": "a multicast address",
    "address_shared": "a carrier's shared address",
    "address_reserved": "a reserved address",
    "address_private": "a private address",
    "fix_metadata": "give another address",
    "fix_private": "if that is meant, set allow_private = true on this source",
    "fix_redirect": "a redirect leads there; if that is meant, give its address itself, with allow_private = true",
    "not_there": "does not exist; paths are relative to config.toml",
    "unreadable": "cannot be read: {said}",
    "folder_url": "a folder is on this machine; give it a path instead of a url",
    "no_place": "it has neither a url nor a path",
    "is_folder": "is a folder; name the file in it",
    "is_file": "is a file; name the folder that holds the .md files",
    "no_folder": "the folder {path} does not exist; paths are relative to config.toml",
    "reading_failed": "reading it failed: {said}",
}

REASONS: Mapping[str, str | tuple[str, str]] = {**_CAMPAIGNS, **_DRAFTS, **_DONE, **_SOURCES}
"""All of them. As phrases, they begin with ``reason_``; where there are two forms, ``count`` chooses."""
