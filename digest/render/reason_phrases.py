"""The wordings of what was written down: why something does not go on, what was done, and who did it.

In English reasons read as `digest.model.REASONS` has them, and verbs as the activity keeps them.
"""

from collections.abc import Mapping

from digest.model import ANSWERS, REASONS, answered, verb

VERBS = (
    # campaigns
    *("prepare", "release", "approve", "approve ahead", "expire", "hold", "stop", "pause", "resume", "recompose"),
    *("recompose ahead", "hold the recomposed", "finish", "reopen", "skip", "cancel", "widen", "settle", "retry"),
    *("resend", "show in archive", "hide from archive"),
    # editions and announcements
    *("show draft", "remind", "revise", "drop", "restore", "bring in", "move up", "move down", "move first"),
    *("move last", "word", "write", "discard", "schedule", "unschedule", "send", "keep back"),
    # content
    *("collect", "edit item", "clear edits", "edit series", "clear series edits"),
    # people
    *("subscribe", "unsubscribe", "invite", "take-back", "tell why", "preferences", "end pause", "suppress", "lift"),
    *("forget", "import", "apply list", "link", "reason", "complain", "erase"),
    # organisers and the store
    *("sign in", "sign out", "sign out everywhere", "make sign-in link", "tell admins"),
)
"""Everything that the activity and the journal tell of."""

REASON_PHRASES: Mapping[str, str | tuple[str, str]] = {
    **{f"reason_{name}": said for name, said in REASONS.items()},
    **{verb(one).phrase: one for one in VERBS},
    **{answered(one).phrase: said for one, said in ANSWERS.items()},
    # who did it
    "by_command": "command {name}",
    "by_organiser": "organiser {name}",
    "by_schedule": "schedule",
    "by_link": "link",
    "by_provider": "provider {name}",
    "by_itself": "itself",
}
