"""Reports of mail servers on what became of a mail (RFC 3464, and RFC 6533 for addresses beyond ASCII); pure."""

import re
from collections.abc import Iterator, Sequence

from digest.model import ReturnKind
from digest.returns.judged import Judged, a_bounce
from digest.returns.mime import Fields, Part, fields_of, one_line
from digest.returns.prose import own_words
from digest.returns.status import enhanced_in, excerpt_of

_TYPES = ("message/delivery-status", "message/global-delivery-status")
_BLANK = re.compile(rb"\n[ \t]+\n")
_MOST_RECIPIENTS = 50
_ARRIVED = ("delivered", "relayed", "expanded")  # Action, RFC 3464 section 2.3.3
_EMBEDDED = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")  # RFC 6533 section 3
_TYPED = re.compile(r"[\w-]{1,40}\s{0,5};\s{0,5}(.*)", re.DOTALL | re.ASCII)
# From the mildest: a mail for one person that went on to several is not lost while one of them has it.
_MILDEST_FIRST = (ReturnKind.AUTO_REPLY, ReturnKind.DELAYED, ReturnKind.BOUNCE)


def read_dsn(parts: Sequence[Part]) -> Judged | None:
    """What the first report among a message's parts says, however deep it was forwarded; None without one.

    What came of it is told by Status, not by Action alone: "failed" with 4.x.x was given up and only counts, "delayed"
    is still being tried whatever its Status, and what has no Action is what its Status says.
    """
    for part in parts:
        if part.content_type in _TYPES and (told := [_judged(one, parts) for one in _recipients(part)]):
            return min(told, key=lambda judged: _MILDEST_FIRST.index(judged.kind))
    return None


def _recipients(part: Part) -> Iterator[Fields]:
    """The groups of fields that are about a recipient (RFC 3464 section 2.3)."""
    content = _BLANK.sub(b"\n\n", part.content.replace(b"\r\n", b"\n"))
    blocks = content.strip(b"\n").split(b"\n\n", _MOST_RECIPIENTS)
    for block in blocks[:_MOST_RECIPIENTS]:
        fields = fields_of(block.lstrip(b"\n"))
        if "status" in fields or "action" in fields:
            yield fields


def _judged(fields: Fields, parts: Sequence[Part]) -> Judged:
    action = _first(fields, "action").partition(" ")[0].strip().lower()
    status = enhanced_in(_first(fields, "status"))
    diagnostic = one_line(_typed(_first(fields, "diagnostic-code")))
    address = _address(_first(fields, "original-recipient") or _first(fields, "final-recipient"))
    if action in _ARRIVED or (not action and status.startswith("2")):
        return Judged(kind=ReturnKind.AUTO_REPLY, reported_address=address, status=status)
    if action == "delayed" or (action != "failed" and status.startswith("4")):
        return Judged(kind=ReturnKind.DELAYED, reported_address=address, status=status, excerpt=excerpt_of(diagnostic))
    return a_bounce(status, diagnostic or " ".join(own_words(parts)), address=address)


def _first(fields: Fields, name: str) -> str:
    return fields.get(name, ("",))[0]


def _typed(value: str) -> str:
    """The value without the type before its semicolon, such as ``smtp;`` or ``rfc822;``."""
    found = _TYPED.fullmatch(value)
    return found[1] if found else value


def _address(value: str) -> str:
    plain = _EMBEDDED.sub(lambda found: _character(int(found[1], 16)), _typed(value))
    return one_line(plain)[:254].strip("<> ")


def _character(number: int) -> str:
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "?"
