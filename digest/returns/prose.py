"""Failures that mail servers tell in prose, without a report: qmail, Exim, older Exchange, Yahoo and others; pure."""

import re
from collections.abc import Sequence
from itertools import takewhile

from digest.model import ReturnKind
from digest.returns.auto_reply import is_from_a_mail_system
from digest.returns.judged import Judged, a_bounce
from digest.returns.mime import Part, one_line, readable
from digest.returns.status import enhanced_in, excerpt_of
from digest.returns.wording import Said, said_in

_LOOKED_AT = 6_000  # characters
_ADDRESS = re.compile(r"<([^<>@\s]{1,64}@[^<>@\s]{1,255})>")
_CODE = re.compile(r"(?<![\d.])5\d\d[ -](?=\D)", re.ASCII)
# Where the mail that came back begins: what it says is ours, and no server's.
_ORIGINAL = (
    *("received:", "return-path:", "message-id:", "--- below this line", "------ this is a copy", "------ this is the"),
    *(
        "-----original message",
        "----- original message",
        "----- message header",
        "--- the original",
        "original message",
    ),
    *("----- transcript of the returned", "--- enclosed is a copy", "--- included message", "mime-version:"),
)
_OF_A_SUBJECT = frozenset({Said.DELAYED, Said.FAILED})  # the rest of it may be ours
_TELLING = frozenset({Said.NO_MAILBOX, Said.FULL, Said.POLICY, Said.OURS})


def read_prose(parts: Sequence[Part]) -> Judged | None:
    """A failure or a delay that a mail system tells in words; None where nobody but a person may have written it."""
    message = parts[0]
    failed = one_line(message.value("x-failed-recipients")).partition(",")[0][:254]
    if not failed and not is_from_a_mail_system(message):
        return None
    subject = readable(message.value("subject"))
    lines = own_words(parts)
    words = " ".join(lines)
    said = said_in(words) | (said_in(subject) & _OF_A_SUBJECT)
    reported = failed or _reported(words)
    if Said.DELAYED in said:
        return Judged(kind=ReturnKind.DELAYED, reported_address=reported, excerpt=excerpt_of(words or subject))
    status = enhanced_in(words)
    if said or status.startswith("5") or _CODE.search(words):
        judged = a_bounce(status, words or subject, address=reported)
        return Judged(
            kind=ReturnKind.BOUNCE,
            bounce_class=judged.bounce_class,
            clarity=judged.clarity,
            reported_address=reported,
            status=judged.status,
            excerpt=excerpt_of(_most_telling(lines) or words or subject),
        )
    return None


def own_words(parts: Sequence[Part]) -> Sequence[str]:
    """What the server says, line by line, up to the mail that it returns, and without the subject of that."""
    for part in parts:
        if not part.quoted and part.content_type.startswith("text/") and part.body:
            lines = (one_line(line) for line in part.text[:_LOOKED_AT].splitlines())
            told = takewhile(lambda line: not line.lower().lstrip("> ").startswith(_ORIGINAL), lines)
            return [line for line in told if not line.lower().startswith("subject:")]
    return ()


def _reported(words: str) -> str:
    found = _ADDRESS.search(words)
    return found[1] if found else ""


def _most_telling(lines: Sequence[str]) -> str:
    """The first line that tells why, with the next, since servers fold."""
    for place, line in enumerate(lines):
        if enhanced_in(line) or _CODE.search(line) or said_in(line) & _TELLING:
            return " ".join(lines[place : place + 2])
    return ""
