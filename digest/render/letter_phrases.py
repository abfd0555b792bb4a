"""The wordings of letters, and of drafts that organisers are shown by mail; as those of `phrases`."""

from collections.abc import Mapping

LETTER_PHRASES: Mapping[str, str | tuple[str, str]] = {
    # letters
    "confirm_subject": "Confirm that {network} may write to you",
    "confirm_text": "Somebody, we hope you, asked {network} to write to this address through: {lists}.",
    "confirm_button": "Yes, write to me",
    "confirm_ignore": "If it was not you, do nothing: without your word we do not write again.",
    "sign_in_subject": "Sign in to {network}",
    "sign_in_text": "Somebody, we hope you, wants to sign in to {network} with this address.",
    "sign_in_button": "Sign in",
    "sign_in_ignore": "If it was not you, do nothing. Pass this mail on to nobody: whoever has the link can sign in.",
    "link_valid": "The link works for {duration}.",
    "waits_subject": "{title}, {period}, waits for you",
    "waits_text": "It is not sent until somebody approves it.",
    "waits_because": "Why it waits:",
    "waits_content": "In it: {content}.",
    "waits_more": ("and {count} more", "and {count} more"),
    "waits_look": "Look at it",
    "waits_approve": "Approve it",
    "waits_hold": "Hold it back",
    "why_address": "You get this because somebody gave this address to {network}.",
    "why_editor": "You get this because you are an editor of {network}.",
    # an edition that its organisers are shown before it goes: the bar above the mail, and its pages
    "draft_subject": "[Draft] {subject}",
    "draft_intro": (
        "This is a draft for {count} person, due on {date}.",
        "This is a draft for {count} people, due on {date}.",
    ),
    "draft_by_itself": "It goes by itself, unless somebody holds it back.",
    "draft_on_word": ("It goes once an organiser approves it.", "It goes once {count} organisers approve it."),
    "draft_approved_by": "Approved so far by {names}.",
    "draft_languages": "Some get it in {names}; what is approved is the mail in every language.",
    "draft_in_language": "Look at it in {language}",
    "draft_changed": "It has changed since you were shown it last; what was approved before does not count.",
    "draft_arrived": (
        "{count} new item has come in since. It waits for the next edition, unless it is added.",
        "{count} new items have come in since. They wait for the next edition, unless they are added.",
    ),
    "draft_nothing_yet": "Nothing has happened yet. It counts as soon as you press the button.",
    "approve_title": "Approve this edition?",
    "approve_button": "Approve it",
    "approved_title": "Approved",
    "approved_text": "Thank you. It goes on {date}.",
    "approved_now": "Thank you. It is being sent.",
    "approved_more": (
        "Thank you. {count} more organiser has to approve it.",
        "Thank you. {count} more organisers have to approve it.",
    ),
    "hold_title": "Hold this edition back?",
    "hold_button": "Hold it back",
    "held_title": "Held back",
    "held_text": "It is not sent until somebody approves it.",
    "changed_title": "It has changed",
    "changed_text": (
        "What would be sent now is not what you were shown. Look at the newest draft; one is mailed to you within a "
        "quarter of an hour."
    ),
    "decided_title": "Nothing to decide",
    "decided_text": "It has been sent, skipped, held or cancelled meanwhile.",
}
