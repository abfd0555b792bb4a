"""Slots and fields: where each person's own values go in a mail that is rendered once for everybody; pure."""

from collections.abc import Mapping
from html import escape

from digest.model import Field, Place, Sliced, Slot


def fill_html(sliced: Sliced, values: Mapping[Place, str]) -> str:
    """One person's HTML: each place replaced by that person's value, escaped for text and for quoted attributes."""
    return "".join(escape(values[piece]) if isinstance(piece, Slot | Field) else piece for piece in sliced)


def fill_text(sliced: Sliced, values: Mapping[Place, str]) -> str:
    """One person's plain text: each place replaced by that person's value."""
    return "".join(values[piece] if isinstance(piece, Slot | Field) else piece for piece in sliced)


def said_to_nobody(line: Sliced) -> str:
    """A line as those get it of whom nothing is known."""
    return "".join(piece.fallback if isinstance(piece, Field) else piece for piece in line)
