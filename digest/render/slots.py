"""Slots: where each person's own values go in a mail that is rendered once for everybody; pure."""

from collections.abc import Mapping
from html import escape

from digest.model import Sliced, Slot


def fill_html(sliced: Sliced, values: Mapping[Slot, str]) -> str:
    """One person's HTML: each slot replaced by that person's value, escaped for text and for quoted attributes."""
    return "".join(escape(values[piece]) if isinstance(piece, Slot) else piece for piece in sliced)


def fill_text(sliced: Sliced, values: Mapping[Slot, str]) -> str:
    """One person's plain text: each slot replaced by that person's value."""
    return "".join(values[piece] if isinstance(piece, Slot) else piece for piece in sliced)
