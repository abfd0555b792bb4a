"""A mail rendered once for everybody, in slices: what each reader gets is joined from them, nothing is rendered again.

Rows carry the categories that a reader may mute, details may be left out of a mail that would be too long, and slots
take each person's own values. All here is pure and works on what `digest.render.cutting` has cut.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import groupby

from digest.model import AS_CONFIGURED, Field, Offer, Place, Rendered, SentAs, Sliced, Slot, fewest_offers, is_muted

BUDGET = 100_000
"""Bytes below which the HTML of one mail stays; Gmail cuts a mail off at some 102,000, unsubscribe link and all."""

_SLOT = 300  # bytes that a person's value takes at most: a link with its token, or a name
_LAST = 3  # the shortness at which a row is left out


class Role(StrEnum):
    """What a part of a mail is, and so when it is left out."""

    BLOCK = "block"  # a section or category: with its last row
    ROW = "row"  # one item: when its reader muted all its categories, or at last for shortness
    DETAIL = "detail"  # of a row: for shortness
    LINK = "link"  # to a block: with it
    PREHEADER = "preheader"  # what lists of mail show beside the subject; another where its reader muted something
    MORE = "more"  # says how many rows of a block were left out for shortness: where none was


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A bracket around slices."""

    role: Role
    pieces: "Slices"
    block: str = ""  # a block's own name, or that of the block that a link or a "more" speaks of
    categories: tuple[str, ...] = ()  # of a row
    section: str = ""  # of a row: posts, events or vacancies
    shortness: int = 0  # at which a detail is left out: 1 what can be missed, 2 all but the title


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """How many rows a block has, or how many were left out, in words."""

    block: str
    left_out: bool
    words: tuple[str, ...]  # for none, one, two ...


Piece = str | Slot | Field | Part | Tally
Slices = tuple[Piece, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Lines:
    """What lists of mail show before a mail is opened."""

    subject: str  # as those get it of whom nothing is known
    preheader: Slices  # for HTML
    own_subject: Sliced = ()  # with its places, where it has any


@dataclass(frozen=True, kw_only=True, slots=True)
class Compiled:
    """A mail as it is kept: the one rendering that every reader's is joined from."""

    subject: str  # as those get it of whom nothing is known
    html: Slices
    text: Slices
    own_subject: Sliced = ()  # with its places, where it has any
    sent_as: SentAs = AS_CONFIGURED
    translations: Mapping[str, "Compiled"] = field(default_factory=dict)  # the same in other languages, by their tags

    def in_language(self, language: str) -> "Compiled":
        """The same in a language; as it is where it was not made in that one."""
        return self.translations.get(language, self)

    def whole(self) -> Rendered:
        """Everything, as the page on the web shows it."""
        return Rendered(
            subject=self.subject, own_subject=self.own_subject, html=_flat(self.html), text=_flat(self.text)
        )

    def offers(self) -> tuple[Offer, ...]:
        """What is in it for whom: who muted none of one of these gets something."""
        rows = (row for row, _ in _rows(self.html))
        return fewest_offers(
            Offer(section=row.section, categories=tuple(sorted({name.casefold() for name in row.categories})))
            for row in rows
        )

    def mutable(self) -> frozenset[str]:
        """The names that make a difference when they are muted, casefolded."""
        rows = [row for row, _ in _rows(self.html)]
        return frozenset(name.casefold() for row in rows for name in (row.section, *row.categories) if name)

    def for_readers(self, muted: Collection[str] = (), *, budget: int = BUDGET, lines: Lines | None = None) -> Rendered:
        """The mail for those who muted these categories and sections, its HTML below the budget where that can be.

        Where it would be longer, rows lose details, then all but their titles, then are left out, each from the last
        row upwards. The plain text stays whole.

        Args:
            muted: names of categories, or posts, events, vacancies; in any case.
            budget: bytes.
            lines: the subject and preheader for these readers; those for everybody unless given.
        """
        names = frozenset(name.casefold() for name in muted)
        html, text = _unmuted(self.html, names), _unmuted(self.text, names)
        if lines is not None:
            html = tuple(_with_preheader(html, lines.preheader))
        shown = self if lines is None else lines
        return Rendered(
            subject=shown.subject,
            own_subject=shown.own_subject,
            html=_flat(html, _shortened(html, budget)),
            text=_flat(text),
        )


def size(pieces: Slices | Sliced) -> int:
    """Bytes of all pieces in UTF-8, a person's values at their most."""
    return sum(_size(piece) for piece in pieces)


def _size(piece: Piece) -> int:
    match piece:
        case Slot() | Field():
            return _SLOT
        case str():
            return len(piece.encode())
        case Tally():
            return len(piece.words[-1].encode())
        case Part():
            return size(piece.pieces)


def _unmuted(pieces: Slices, muted: frozenset[str]) -> Slices:
    return tuple(_without_empty(tuple(_without_rows(pieces, muted)), kept=_blocks(pieces, muted))) if muted else pieces


def _without_rows(pieces: Slices, muted: frozenset[str]) -> Iterator[Piece]:
    for piece in pieces:
        if not isinstance(piece, Part):
            yield piece
        elif not (piece.role is Role.ROW and is_muted(muted, piece.section, piece.categories)):
            yield replace(piece, pieces=tuple(_without_rows(piece.pieces, muted)))


def _with_preheader(pieces: Slices, preheader: Slices) -> Iterator[Piece]:
    for piece in pieces:
        if isinstance(piece, Part):
            inner = preheader if piece.role is Role.PREHEADER else tuple(_with_preheader(piece.pieces, preheader))
            yield replace(piece, pieces=inner)
        else:
            yield piece


def _blocks(pieces: Slices, muted: frozenset[str]) -> frozenset[str]:
    """The blocks that keep a row."""
    rows = _rows_by_block(tuple(_without_rows(pieces, muted)))
    return frozenset(block for block, count in rows.items() if count)


def _without_empty(pieces: Slices, *, kept: frozenset[str]) -> Iterator[Piece]:
    for piece in pieces:
        if not isinstance(piece, Part):
            yield piece
        elif not piece.block or piece.block in kept:
            yield replace(piece, pieces=tuple(_without_empty(piece.pieces, kept=kept)))


def _rows_by_block(pieces: Slices, inside: tuple[str, ...] = ()) -> Counter[str]:
    rows: Counter[str] = Counter()
    for piece in pieces:
        if isinstance(piece, Part) and piece.role is Role.ROW:
            rows.update(inside)
        elif isinstance(piece, Part):
            within = (*inside, piece.block) if piece.role is Role.BLOCK else inside
            rows += _rows_by_block(piece.pieces, within)
    return rows


def _shortened(pieces: Slices, budget: int) -> tuple[int, ...]:
    """The shortness of each row, in reading order, with which all fits the budget."""
    rows = list(_rows(pieces))
    mores = {part.block: size(part.pieces) for part in _parts(pieces) if part.role is Role.MORE}
    total = size(pieces) - sum(mores.values())
    levels = [0] * len(rows)
    said: set[str] = set()
    for level in range(1, _LAST + 1):
        for place in reversed(range(len(rows))):
            if total < budget:
                return tuple(levels)
            row, blocks = rows[place]
            total -= _size_at(row, level - 1) - _size_at(row, level)
            levels[place] = level
            if level == _LAST:
                total += sum(mores.get(block, 0) for block in blocks if block not in said)
                said.update(blocks)
    return tuple(levels)


def _size_at(row: Part, level: int) -> int:
    if level == _LAST:
        return 0
    return sum(
        _size_at(piece, level) if isinstance(piece, Part) else _size(piece)
        for piece in row.pieces
        if not (isinstance(piece, Part) and piece.role is Role.DETAIL and piece.shortness <= level)
    )


def _parts(pieces: Slices) -> Iterator[Part]:
    for piece in pieces:
        if isinstance(piece, Part):
            yield piece
            yield from _parts(piece.pieces)


def _rows(pieces: Slices, inside: tuple[str, ...] = ()) -> Iterator[tuple[Part, tuple[str, ...]]]:
    """Rows in reading order, each with the blocks around it."""
    for piece in pieces:
        if isinstance(piece, Part) and piece.role is Role.ROW:
            yield piece, inside
        elif isinstance(piece, Part):
            yield from _rows(piece.pieces, (*inside, piece.block) if piece.role is Role.BLOCK else inside)


def _flat(pieces: Slices, levels: tuple[int, ...] = ()) -> Sliced:
    """Literal text and slots alone, neighbouring text joined."""
    blocks = [blocks for _, blocks in _rows(pieces)]
    shortness = levels or (0,) * len(blocks)
    gone = [around for around, level in zip(blocks, shortness, strict=True) if level == _LAST]
    counts = {False: _rows_by_block(pieces), True: Counter(block for around in gone for block in around)}
    flat: list[str | Place] = []
    walked = _walk(pieces, iter(shortness), counts)
    for is_place, run in groupby(walked, key=lambda piece: isinstance(piece, Slot | Field)):
        neighbours = tuple(run)
        flat += neighbours if is_place else ("".join(map(str, neighbours)),)
    return tuple(flat)


def _walk(
    pieces: Slices, shortness: Iterator[int], counts: Mapping[bool, Counter[str]], level: int = 0
) -> Iterator[str | Place]:
    for piece in pieces:
        match piece:
            case Tally():
                yield piece.words[counts[piece.left_out][piece.block]]
            case Part(role=Role.ROW):
                own = next(shortness)
                if own < _LAST:
                    yield from _walk(piece.pieces, shortness, counts, own)
            case Part(role=Role.DETAIL) if piece.shortness <= level:
                continue
            case Part(role=Role.MORE) if not counts[True][piece.block]:
                continue
            case Part():
                yield from _walk(piece.pieces, shortness, counts, level)
            case _:
                yield piece
