"""Whom a failure is about and how much it says: by the enhanced code, then by words, then by the reply's code; pure."""

import re
from dataclasses import dataclass

from digest.model import BounceClass, Clarity
from digest.returns.mime import one_line
from digest.returns.wording import Said, said_in

LONGEST_EXCERPT = 300  # characters
_LOOKED_AT = 4_000  # characters of a diagnostic

_ENHANCED = re.compile(r"(?<![\d.])([245])\.([0-7])\.(\d{1,3})(?!\d|\.\d)", re.ASCII)
_CODE = re.compile(r"(?<![\d.])([45]\d\d)(?![\d.])", re.ASCII)

# RFC 3463 sections 3.2 and 3.3, RFC 7505 section 4.2. 5.1.2 (bad domain) is not here: a relay whose resolver has a bad
# hour gives it for every address. Nor is 5.2.1 without words: it is also what a mailbox answers that gets too much.
_DEFINITE = frozenset({"5.1.1", "5.1.3", "5.1.6", "5.1.10"})
# 5.1.7, 5.1.8: our sender's address or domain; 5.2.3, 5.3.4: too large; 5.4.6: a loop of ours or theirs.
_OURS = frozenset({"5.1.7", "5.1.8", "4.1.7", "4.1.8", "5.2.3", "5.3.4", "5.6.7"})
_VAGUE = frozenset({"0.0", "1.0", "2.0", "3.0", "4.0", "5.0", "6.0"})  # "other", by subject and detail


@dataclass(frozen=True, kw_only=True, slots=True)
class Weighed:
    """What a failure comes to."""

    bounce_class: BounceClass
    clarity: Clarity
    status: str  # empty where no enhanced code was given


def weigh(status: str, diagnostic: str) -> Weighed:
    """Whom a failed delivery is about, and how clearly.

    A diagnostic's own enhanced code is the receiving server's word, and goes before a Status that whoever reports made
    of it. Nothing that speaks of policy is ever clear about a mailbox.

    Args:
        status: such as ``5.1.1`` (RFC 3463); may be empty or anything else.
        diagnostic: the server's words, such as ``smtp; 550 5.1.1 no such user``.
    """
    diagnostic = diagnostic[:_LOOKED_AT]
    code = _more_telling(_failing(enhanced_in(status)), _failing(enhanced_in(diagnostic)))
    said = said_in(diagnostic)
    bounce_class = _class_of(code, said)
    definite = bounce_class is BounceClass.MAILBOX and Said.POLICY not in said and _is_definite(code, said, diagnostic)
    return Weighed(
        bounce_class=bounce_class, clarity=Clarity.DEFINITE if definite else Clarity.COUNTED, status=code or ""
    )


def enhanced_in(text: str) -> str:
    """The first enhanced code in a text; empty without one."""
    found = _ENHANCED.search(text[:_LOOKED_AT])
    return f"{found[1]}.{int(found[2])}.{int(found[3])}" if found else ""


def excerpt_of(text: str) -> str:
    """What a server said, as one short line without control characters."""
    told = one_line(text[: LONGEST_EXCERPT * 8])
    return told if len(told) <= LONGEST_EXCERPT else told[: LONGEST_EXCERPT - 1] + "…"


def _failing(code: str) -> str:
    """The code unless it tells of success, which a failure cannot."""
    return "" if code.startswith("2") else code


def _more_telling(status: str, diagnosed: str) -> str:
    if not diagnosed or (diagnosed[2:] in _VAGUE and status[2:] not in _VAGUE and status):
        return status
    if status[:1] == "4" and diagnosed[:1] == "5":
        return diagnosed
    return diagnosed if not status or status[0] == diagnosed[0] else status


def _class_of(code: str, said: frozenset[Said]) -> BounceClass:
    subject = code[2:3]
    if code in _OURS or (subject == "1" and Said.OURS in said):
        return BounceClass.OURS
    if subject == "7":
        return BounceClass.POLICY
    if code and code[2:] not in _VAGUE and subject in ("1", "2", "4"):
        return BounceClass.POLICY if Said.POLICY in said and code not in _DEFINITE else BounceClass.MAILBOX
    for found, bounce_class in (
        (Said.POLICY, BounceClass.POLICY),
        (Said.NO_MAILBOX, BounceClass.MAILBOX),
        (Said.FULL, BounceClass.MAILBOX),
        (Said.OURS, BounceClass.OURS),
    ):
        if found in said:
            return bounce_class
    return BounceClass.OURS if subject in ("5", "6") else BounceClass.MAILBOX


def _is_definite(code: str, said: frozenset[Said], diagnostic: str) -> bool:
    if code in _DEFINITE:
        return Said.FULL not in said
    if Said.NO_MAILBOX not in said or said & {Said.FULL, Said.NO_HOST} or code[:1] == "4":
        return False
    if code:  # words make clear what the code leaves open, and never contradict one that is about something else
        return code[2:] in _VAGUE or code in ("5.2.1", "5.4.1")
    reply = _CODE.search(diagnostic)
    return reply is None or reply[1].startswith("5")
