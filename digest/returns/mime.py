"""A message that strangers wrote, taken apart within limits; pure.

The standard library's parser asks every enclosing part about every line, and calls itself for every level: a message
of one megabyte takes it seconds, or the whole stack. Here each level is searched once, and depth and parts are few
(RFC 2045, 2046, 5322; header fields as RFC 6532 has them).
"""

import binascii
import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header

LARGEST = 1_000_000  # bytes of a message that are looked at
_DEEPEST = 8
_MOST_PARTS = 60
_LARGEST_HEAD = 100_000  # bytes
_MOST_LINES = 2_000  # of a head
_LONGEST_VALUE = 4_000  # characters
_LONGEST_BOUNDARY = 200  # bytes; RFC 2046 section 5.1.1 allows 70

_PARAMETER = re.compile(r';\s*([\w-]+)\*?\s*=\s*(?:"([^"]*)"|([^;\s"]*))')
_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_TAG = re.compile(r"<[^<>]*>")
_NESTED = (
    "message/rfc822",
    "message/global",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/global-headers",
)
_CHARSETS = re.compile(r"utf-?(?:8|16)|ascii|iso8859|cp\d|koi8|gb|big5|hz|shift_jis|euc_|iso2022|mac|tis|latin")

Fields = Mapping[str, tuple[str, ...]]
"""Header fields by their name in lower case, unfolded, in their order."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A message, or a part of one."""

    fields: Fields
    body: bytes  # as transferred; without its parts' if it has any
    quoted: bool  # within a message that the outer one carries

    def value(self, name: str) -> str:
        """The first field of this name (in lower case); empty without one."""
        return self.fields.get(name, ("",))[0]

    @property
    def content_type(self) -> str:
        """Such as ``text/plain``, which it is unless it says otherwise (RFC 2045 section 5.2)."""
        told = self.value("content-type").partition(";")[0].strip().lower()
        return told if "/" in told else "text/plain"

    def parameter(self, name: str) -> str:
        """A parameter of the Content-Type; empty without one."""
        for found in _PARAMETER.finditer(self.value("content-type")):
            if found[1].lower() == name:
                return found[2] if found[2] is not None else found[3]
        return ""

    @property
    def content(self) -> bytes:
        """The body without its transfer encoding; what cannot be decoded stays."""
        match self.value("content-transfer-encoding").strip().lower():
            case "quoted-printable":
                return binascii.a2b_qp(self.body)
            case "base64":
                try:
                    return binascii.a2b_base64(self.body)
                except binascii.Error:
                    return self.body
        return self.body

    @property
    def text(self) -> str:
        """The body as text, without HTML's tags."""
        text = decoded(self.content, self.parameter("charset"))
        return _TAG.sub(" ", text) if self.content_type == "text/html" else text


def parts_of(message: bytes) -> tuple[Part, ...]:
    """The message and its parts, the outer before the inner; the first is the message itself.

    What lies beyond the limits is left out: bytes beyond the first million, parts beyond the 60th or 8 levels down.
    """
    whole = message[:LARGEST].replace(b"\r\n", b"\n")
    if whole.startswith((b"From ", b">From ")):  # of an mbox
        whole = whole.partition(b"\n")[2]
    found: list[Part] = []
    _take_apart(whole, found, depth=0, quoted=False)
    return tuple(found)


def fields_of(block: bytes) -> Fields:
    """The header fields of a block of lines, up to its first empty one."""
    head = block[:_LARGEST_HEAD].partition(b"\n\n")[0]
    unfolded: list[tuple[str, list[str]]] = []
    for line in head.split(b"\n", _MOST_LINES)[:_MOST_LINES]:
        text = line[:_LONGEST_VALUE].decode("utf-8", "replace")
        if text[:1] in (" ", "\t"):
            if unfolded:
                unfolded[-1][1].append(text)
            continue
        name, colon, value = text.partition(":")
        if colon and name.strip():
            unfolded.append((name.strip().lower(), [value]))
    fields: dict[str, tuple[str, ...]] = {}
    for name, pieces in unfolded:
        already = fields.get(name, ())
        if len(already) < _MOST_PARTS:
            fields[name] = (*already, "".join(pieces)[:_LONGEST_VALUE].strip())
    return fields


def readable(value: str) -> str:
    """A field's value with its encoded words read (RFC 2047), as one line."""
    try:
        pieces = decode_header(value) if "=?" in value else [(value, None)]
    except (HeaderParseError, ValueError):
        pieces = [(value, None)]
    return one_line(
        "".join(text if isinstance(text, str) else decoded(text, charset or "") for text, charset in pieces)
    )


def decoded(content: bytes, charset: str) -> str:
    """Bytes as text, whatever charset is named; in Latin-1 where they are not what they are said to be."""
    try:
        name = codecs.lookup(charset or "utf-8").name
    except (LookupError, ValueError):
        name = "utf-8"
    if not _CHARSETS.match(name):  # Python knows others, some of them slow
        name = "utf-8"
    try:
        return content.decode(name)
    except ValueError:
        return content.decode("latin-1")


def one_line(text: str) -> str:
    """Without line breaks, control characters and repeated space."""
    return _SPACE.sub(" ", text).strip()


def _take_apart(block: bytes, found: list[Part], *, depth: int, quoted: bool) -> None:
    if len(found) >= _MOST_PARTS:
        return
    head, _, body = (b"", b"", block[1:]) if block.startswith(b"\n") else block.partition(b"\n\n")
    part = Part(fields=fields_of(head), body=body, quoted=quoted)
    if depth >= _DEEPEST:
        found.append(part)
    elif part.content_type in _NESTED:
        found.append(part)
        _take_apart(part.content.replace(b"\r\n", b"\n").lstrip(b"\n"), found, depth=depth + 1, quoted=True)
    elif part.content_type.startswith("multipart/") and (boundary := part.parameter("boundary").encode()):
        inner = list(_between(body, boundary[:_LONGEST_BOUNDARY]))
        found.append(Part(fields=part.fields, body=b"" if inner else body, quoted=quoted))
        for piece in inner:
            _take_apart(piece, found, depth=depth + 1, quoted=quoted)
    else:
        found.append(part)


def _between(body: bytes, boundary: bytes) -> Iterator[bytes]:
    """What stands between the delimiters (RFC 2046 section 5.1.1); the last may lack its end."""
    body = b"\n" + body
    delimiter = b"\n--" + boundary
    start = None
    at = body.find(delimiter)
    for _ in range(_MOST_PARTS * 4):
        if at < 0:
            break
        after = at + len(delimiter)
        closing = body[after : after + 2] == b"--"
        if not closing and body[after : after + 1].strip():  # only the beginning of another boundary
            at = body.find(delimiter, after)
            continue
        if start is not None:
            yield body[start:at]
        if closing:
            return
        line = body.find(b"\n", after)
        if line < 0:
            return
        start = line + 1
        at = body.find(delimiter, line)
    if start is not None:
        yield body[start:]
