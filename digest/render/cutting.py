"""Markers: what templates write where a mail is cut, and the cutting; pure.

Slots and counts are letters and digits only, so that MJML, the inliner and line wrapping leave them whole; brackets
are comments, which may stand between the rows of a table. All carry a nonce taken from a hash of the mail's own
content: the same mail always has the same markers, and no content can spell its own.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from markupsafe import Markup

from digest.errors import TemplateError
from digest.model import SECTIONS, Field, Kind, Place, Sliced, Slot
from digest.render.slices import Part, Piece, Role, Slices, Tally


class Cutter:
    """The markers of one mail, made from its content; templates know it as `cut`."""

    def __init__(self, content: str, *, fields: Sequence[str] = (), places: Mapping[str, Field] | None = None) -> None:
        """Take what makes the markers, and what is filled per person besides the slots.

        Args:
            content: by which the markers are told from all content.
            fields: what is kept of people.
            places: markers that stand in the content already.
        """
        self._nonce = sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:24]
        self._parts: list[Part] = []
        self._tallies: list[Tally] = []
        self._preheader = ""
        self.slots: Mapping[str, str] = {slot.value: f"slot{self._nonce}{_plain(slot)}x" for slot in Slot}
        self._fields: dict[str, Field] = dict(places or {})
        self.member: Mapping[str, str] = {name: self._field(Field(name)) for name in fields}

    def fallback(self, marker: str, words: str) -> str:
        """The same place, with what stands there for whom nothing is known."""
        if marker not in self._fields:
            raise TypeError("fallback stands after a field alone, as in {{ member.FIELD | fallback('you') }}")
        return self._field(replace(self._fields[marker], fallback=words))

    def _field(self, field: Field) -> str:
        marker = f"field{self._nonce}n{len(self._fields)}x"
        self._fields[marker] = field
        return marker

    def block(self, name: str) -> Markup:
        """Opens a section or category; it goes when its last row goes."""
        return self._open(Part(role=Role.BLOCK, pieces=(), block=name))

    def row(self, categories: Sequence[str] = (), kind: str = "") -> Markup:
        """Opens one item; it goes when a reader muted all its categories, or all items of its kind."""
        section = SECTIONS[Kind(kind)] if kind in set(Kind) else ""
        return self._open(Part(role=Role.ROW, pieces=(), categories=tuple(categories), section=section))

    def detail(self, shortness: int = 1) -> Markup:
        """Opens what of a row a mail that would be too long leaves out: 1 what can be missed, 2 all but the title."""
        return self._open(Part(role=Role.DETAIL, pieces=(), shortness=shortness))

    def link(self, block: str) -> Markup:
        """Opens what leads to a block and goes with it."""
        return self._open(Part(role=Role.LINK, pieces=(), block=block))

    def more(self, block: str) -> Markup:
        """Opens what says that rows of a block were left out."""
        return self._open(Part(role=Role.MORE, pieces=(), block=block))

    def preheader(self, text: str) -> str:
        """Stands where the preheader does, so that another can be put in its place; "" for none."""
        self._preheader = text
        return f"preheader{self._nonce}x" if text else ""

    @property
    def end(self) -> Markup:
        """Closes what was opened last."""
        return Markup("<!--end{}-->").format(self._nonce)

    def count(self, block: str, words: Sequence[str]) -> str:
        """How many rows a block has, in words for none, one, two ..."""
        return self._tally(Tally(block=block, left_out=False, words=tuple(words)))

    def left_out(self, block: str, words: Sequence[str]) -> str:
        """How many rows of a block were left out, in words for none, one, two ..."""
        return self._tally(Tally(block=block, left_out=True, words=tuple(words)))

    def _open(self, part: Part) -> Markup:
        self._parts.append(part)
        return Markup("<!--cut{}n{}-->").format(self._nonce, len(self._parts) - 1)

    def _tally(self, tally: Tally) -> str:
        self._tallies.append(tally)
        return f"tally{self._nonce}n{len(self._tallies) - 1}x"

    def cut(self, text: str, *, template: str, escape: Callable[[str], str] = str) -> Slices:
        """Cut a rendered text at its markers; a bracket that stands on a line of its own takes the line with it.

        Args:
            text: rendered.
            template: for the message.
            escape: what makes a number's words fit to stand in the text.

        Raises:
            TemplateError: when brackets do not match, or a step between template and mail changed a marker.
        """
        names = "|".join(_plain(slot) for slot in Slot)
        nonce, own = self._nonce, "".join(f"|{marker}" for marker in self._fields)
        found = re.split(
            rf"((?:(?<=\n)|^)[ \t]*<!--(?:cut{nonce}n\d+|end{nonce})-->[ \t]*\n|"
            rf"<!--(?:cut{nonce}n\d+|end{nonce})-->|tally{nonce}n\d+x|preheader{nonce}x|slot{nonce}(?:{names})x{own})",
            text,
        )
        pieces, closed = self._read(iter(found), template, escape)
        if closed:
            raise TemplateError(f"{template}: cut.end stands where nothing is open")
        return pieces

    def line(self, text: str, *, template: str, escape: Callable[[str], str] = str) -> Sliced:
        """Cut what lists of mail show at its fields.

        Args:
            text: a subject or preheader.
            template: for the message.
            escape: what makes words fit to stand in the mail.

        Raises:
            TemplateError: when a slot or bracket stands in it.
        """
        found = re.split(f"({'|'.join(self._fields)})", text) if self._fields else [text]
        self.refuse(*(one for one in found if one not in self._fields), template=template)
        return tuple(self._fields.get(one) or escape(one) for one in found if one)

    def refuse(self, *texts: str, template: str) -> None:
        """Check that no marker is left in a text.

        Raises:
            TemplateError: when there is one: it stands where nothing can be filled or cut.
        """
        if any(self._nonce in text for text in texts):
            raise TemplateError(f"{template}: a slot stands where no person's value can go; move it into the body")

    def _read(self, found: Iterator[str], template: str, escape: Callable[[str], str]) -> tuple[Slices, bool]:
        """Pieces up to the next end, and whether there was one."""
        pieces: list[Piece] = []
        for one in found:
            if f"<!--end{self._nonce}-->" in one:
                return tuple(pieces), True
            if match := re.search(rf"<!--cut{self._nonce}n(\d+)-->", one):
                opened = self._parts[int(match[1])]
                inner, closed = self._read(found, template, escape)
                if not closed:
                    raise TemplateError(f"{template}: cut.{opened.role} is never ended; write cut.end")
                pieces.append(replace(opened, pieces=inner))
            elif match := re.fullmatch(rf"tally{self._nonce}n(\d+)x", one):
                tally = self._tallies[int(match[1])]
                pieces.append(replace(tally, words=tuple(escape(word) for word in tally.words)))
            elif one == f"preheader{self._nonce}x":
                preheader = self.line(self._preheader, template=template, escape=escape)
                pieces.append(Part(role=Role.PREHEADER, pieces=preheader))
            elif one in self._by_marker:
                pieces.append(self._by_marker[one])
            elif one:
                self.refuse(one, template=template)
                pieces.append(one)
        return tuple(pieces), False

    @property
    def _by_marker(self) -> Mapping[str, Place]:
        return {**{marker: Slot(name) for name, marker in self.slots.items()}, **self._fields}


def _plain(slot: Slot) -> str:
    return slot.name.replace("_", "").lower()
