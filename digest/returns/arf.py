"""Complaints as mailbox providers report them (ARF, RFC 5965), with the person's address or without; pure."""

from collections.abc import Sequence

from digest.model import ReturnKind
from digest.returns.judged import Judged
from digest.returns.mime import Part, fields_of, one_line
from digest.returns.status import excerpt_of

# RFC 5965 section 7.3 and its registry; "opt-out" is a wish to leave, told by the person's provider. The others
# ("auth-failure", "dmarc", "not-spam", "virus") say nothing of what the person wants.
_COMPLAINTS = ("abuse", "fraud", "opt-out", "opt-out-list", "complaint", "other", "miscategorized")


def read_arf(parts: Sequence[Part]) -> Judged | None:
    """What the first feedback report among a message's parts says; None without one.

    The address in it may be redacted, or another's: whom it is about is told by our own marks.
    """
    for part in parts:
        if part.content_type == "message/feedback-report":
            fields = fields_of(part.content.replace(b"\r\n", b"\n").lstrip(b"\n"))
            feedback = one_line(fields.get("feedback-type", ("",))[0]).lower()
            complains = feedback in _COMPLAINTS
            return Judged(
                kind=ReturnKind.COMPLAINT if complains else ReturnKind.UNKNOWN,
                reported_address=one_line(fields.get("original-rcpt-to", ("",))[0])[:254].strip("<> "),
                excerpt=excerpt_of(
                    f"{feedback or 'feedback'}, by {fields.get('user-agent', ('an unnamed reporter',))[0]}"
                ),
            )
    return None
