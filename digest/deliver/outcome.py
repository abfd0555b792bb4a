"""What a server's answer, or its silence, means for one delivery; pure."""

import re

from digest.model import Accepted, Deferred, Outcome, Rejected, Stage, Unknown

# RFC 3463 section 3.2 and RFC 7505 section 4.2. 5.1.2 (bad domain) is not here: a relay whose resolver has a
# bad hour gives it for every address.
_NO_SUCH_MAILBOX = frozenset({"5.1.1", "5.1.6", "5.1.10"})
_ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_PHRASES = re.compile(
    r"(?:no such|unknown|invalid|non-?existent) (?:local )?(?:user|recipient|mailbox|account|address)"
    r"|(?:user|recipient|mailbox|account|address)\S*(?: \S+){0,3} (?:unknown|not found|does(?: not|n't) exist)",
    re.IGNORECASE,
)

_TRANSACTION_FAILED = 554  # RFC 5321 section 4.2.2
_ABOUT_SENDER = frozenset({"5.1.7", "5.1.8"})  # RFC 3463 section 3.2
_LESS = re.compile(r"4\.(?:3\.2|7\.\d{1,3})\b")
_GREYLISTING = re.compile(r"gr[ae]y[- ]?list", re.IGNORECASE)


def judge(stage: Stage, *, code: int | None, reply: str) -> Outcome:
    """The outcome of a transaction that ended at `stage` with this reply (RFC 5321 section 4.2.1).

    Args:
        stage: what the reply answers, or what was going on when the connection was lost.
        code: the reply's code; None where no intelligible reply came (lost, timed out, garbage).
        reply: the reply's text, or what happened instead of one.
    """
    severity = code // 100 if code is not None else 0
    if code is not None and severity == 5:
        return Rejected(stage=stage, code=code, reply=reply, no_such_mailbox=_no_such_mailbox(stage, reply))
    if severity == 4:
        return Deferred(stage=stage, code=code, reply=reply)
    if stage is not Stage.DOT:  # lost, or out of step: the server has not had the whole message
        return Deferred(stage=stage, code=code, reply=reply)
    return Accepted(reply=reply) if severity == 2 else Unknown(reply=reply)


def asks_for_less(outcome: Outcome) -> bool:
    """Whether the server means all that we send, and not this one person.

    421 and 454 (RFC 5321 section 3.8, RFC 3207 section 4, RFC 4954 section 4.7), and by their enhanced codes 4.3.2 and
    4.7.x (RFC 3463 sections 3.4 and 3.8), save greylisting, which is about the one it is said to.
    """
    if not isinstance(outcome, Deferred) or _GREYLISTING.search(outcome.reply):
        return False
    return outcome.code in {421, 454} or _LESS.match(outcome.reply) is not None


def refuses_us(outcome: Outcome) -> bool:
    """Whether a refusal is about us or our mail, and not about this one address.

    By its enhanced code 5.7.x (RFC 3463 section 3.8: security or policy), 5.1.7 or 5.1.8 (our sender's address or
    domain, which servers often refuse at RCPT only); without one, by 554, or by any refusal of MAIL.
    """
    if not isinstance(outcome, Rejected):
        return False
    if enhanced := _ENHANCED.match(outcome.reply):
        return enhanced[1].startswith("5.7.") or enhanced[1] in _ABOUT_SENDER
    return outcome.code == _TRANSACTION_FAILED or outcome.stage is Stage.MAIL


def is_lost(outcome: Outcome) -> bool:
    """Whether no intelligible answer came."""
    return isinstance(outcome, Unknown) or (isinstance(outcome, Deferred) and outcome.code is None)


def _no_such_mailbox(stage: Stage, reply: str) -> bool:
    """Whether a 5xx says that the address does not exist: by its enhanced code, else by its words."""
    if stage is not Stage.RCPT:
        return False
    if enhanced := _ENHANCED.match(reply):
        return enhanced[1] in _NO_SUCH_MAILBOX
    return "sender" not in reply.lower() and _PHRASES.search(reply) is not None
