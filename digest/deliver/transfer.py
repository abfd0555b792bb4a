"""Bodies in a content transfer encoding (RFC 2045 section 6), encoded once and completed per person; pure.

Only the places' values are encoded for each person; everything else is joined as it stands. No line that leaves
here begins with a dot, so a message is its own wire form (RFC 5321 section 4.5.2).
"""

import re
from binascii import b2a_base64, b2a_qp
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, ClassVar, Self

from digest.model import Field, Place, Sliced, Slot

_LINE_END = re.compile(r"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
_SOFT_BREAK = b"=\r\n"
_QUOTED_LINE = 76  # characters, with the sign of a soft line break
_BASE64_LINE = 57  # bytes that make 76 characters


def prepare_body(sliced: Sliced) -> "QuotedPrintable | Base64":
    """Encode a text in whichever encoding makes it smaller."""
    quoted, base64 = QuotedPrintable.prepare(sliced), Base64.prepare(sliced)
    return quoted if quoted.size <= base64.size else base64


def canonical(text: str) -> str:
    """The text with CRLF line ends (RFC 2046 section 4.1.1)."""
    return _LINE_END.sub("\r\n", text) if "\n" in text or "\r" in text else text


@dataclass(frozen=True, slots=True)
class QuotedPrintable:
    """A text in quoted-printable (RFC 2045 section 6.7); soft line breaks give each place its own lines."""

    encoding: ClassVar = "quoted-printable"
    end: ClassVar = b"\r\n"  # stands between the last piece and the boundary
    pieces: tuple[bytes | Place, ...]
    _open: tuple[tuple[int, Place], ...]  # where in them values are needed

    @classmethod
    def prepare(cls, sliced: Sliced) -> Self:
        """Encode the literal pieces."""
        pieces: list[bytes | Place] = []
        for piece in _merged(sliced):
            if pieces and not _ends_line(pieces[-1]):
                pieces.append(_SOFT_BREAK)
            pieces.append(piece if isinstance(piece, Slot | Field) else _quote(piece))
        return cls(tuple(pieces), tuple((n, piece) for n, piece in enumerate(pieces) if not isinstance(piece, bytes)))

    @property
    def size(self) -> int:
        """Bytes without the places' values."""
        return sum(len(piece) for piece in self.pieces if isinstance(piece, bytes))

    @property
    def places(self) -> tuple[Place, ...]:
        """What values are needed for."""
        return tuple(place for _, place in self._open)

    @property
    def steady(self) -> int:
        """How many of the first pieces are the same whatever the values."""
        return self._open[0][0] if self._open else len(self.pieces)

    def pieces_for(self, values: Mapping[Place, str]) -> list[bytes]:
        """The body with these values in its places, to be joined."""
        filled: list[Any] = list(self.pieces)
        for n, place in self._open:
            filled[n] = _quote(values[place])
        return filled


@dataclass(frozen=True, slots=True)
class _Literal:
    """Bytes between slots, encoded for each of the three ways in which base64's groups can fall on them.

    `aligned[n]` leaves the first n bytes to the group that the slot before began, and holds the encoded lines
    and the bytes left over for the group that the slot after ends.
    """

    raw: bytes
    aligned: tuple[tuple[bytes, bytes], ...]

    @classmethod
    def of(cls, text: str) -> Self:
        raw = canonical(text).encode()
        aligned = []
        for lead in range(min(3, len(raw) + 1)):
            end = len(raw) - (len(raw) - lead) % 3
            aligned.append((_base64_lines(raw[lead:end]), raw[end:]))
        return cls(raw, tuple(aligned))


@dataclass(frozen=True, slots=True)
class Base64:
    """A text in base64 (RFC 2045 section 6.8); about half of quoted-printable for Cyrillic or Hindi."""

    encoding: ClassVar = "base64"
    end: ClassVar = b""  # the last encoded line has ended
    pieces: tuple[_Literal | Place, ...]

    @classmethod
    def prepare(cls, sliced: Sliced) -> Self:
        """Encode the literal pieces."""
        return cls(tuple(piece if isinstance(piece, Slot | Field) else _Literal.of(piece) for piece in _merged(sliced)))

    @property
    def size(self) -> int:
        """Bytes without the places' values."""
        return sum(len(piece.aligned[0][0]) for piece in self.pieces if isinstance(piece, _Literal))

    @property
    def places(self) -> tuple[Place, ...]:
        """What values are needed for."""
        return tuple(piece for piece in self.pieces if isinstance(piece, Slot | Field))

    @property
    def steady(self) -> int:
        """How many of the first pieces are the same whatever the values."""
        return 2 if self.pieces and isinstance(self.pieces[0], _Literal) else 0

    def pieces_for(self, values: Mapping[Place, str]) -> list[bytes]:
        """The body with these values in its places, to be joined; its last line is ended."""
        lines: list[bytes] = []
        pending = b""  # not yet encoded: a slot's value with what belongs to its first and last group
        for piece in self.pieces:
            if not isinstance(piece, _Literal):
                pending += canonical(values[piece]).encode()
                continue
            lead = -len(pending) % 3
            if lead > len(piece.raw):
                pending += piece.raw
                continue
            encoded, left_over = piece.aligned[lead]
            lines += (_base64_lines(pending + piece.raw[:lead]), encoded)
            pending = left_over
        lines.append(_base64_lines(pending))
        return lines


def _merged(sliced: Sliced) -> list[str | Place]:
    """The pieces without empty or neighbouring literals."""
    pieces: list[str | Place] = []
    for is_place, run in groupby(sliced, lambda piece: isinstance(piece, Slot | Field)):
        neighbours = list(run)
        pieces += neighbours if is_place else filter(None, ["".join(map(str, neighbours))])
    return pieces


def _ends_line(piece: bytes | Place) -> bool:
    return isinstance(piece, bytes) and piece.endswith(b"\r\n")


def _quote(text: str) -> bytes:
    """Quoted-printable for text that starts at the beginning of a line; lines of at most 76 characters.

    The last line leaves room for the sign of a soft line break.
    """
    if _stands_as_it_is(text):
        return text.encode()
    # Line by line: given a whole text, b2a_qp lets a line grow past 76 when it ends in a space.
    lines = [b2a_qp(line.encode()).replace(b"\n", b"\r\n") for line in _LINE_END.split(text)]
    quoted = lines[0] if len(lines) == 1 else b"\r\n".join(lines)
    if len(quoted) - (quoted.rfind(b"\n") + 1) >= _QUOTED_LINE:
        last = 3 if quoted[-3:-2] == b"=" else 1
        quoted = quoted[:-last] + _SOFT_BREAK + quoted[-last:]
    while b"." in quoted and _LEADING_DOT.search(quoted):
        quoted = _LEADING_DOT.sub(b"=2E" + _SOFT_BREAK, quoted)
    return quoted


def _stands_as_it_is(text: str) -> bool:
    """Whether a short value, such as nearly every name and link, needs no encoding."""
    short = len(text) < _QUOTED_LINE and text.isascii() and text.isprintable()
    return short and "=" not in text and not text.startswith(".") and not text.endswith(" ")


def _base64_lines(data: bytes) -> bytes:
    return b"".join(
        b2a_base64(data[start : start + _BASE64_LINE], newline=False) + b"\r\n"
        for start in range(0, len(data), _BASE64_LINE)
    )
