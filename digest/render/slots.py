"""Slots: where each person's own values go in a mail that is rendered once for everybody; pure.

Templates write a marker where a value will stand. A marker is letters and digits only, so that MJML, the
inliner and line wrapping leave it whole, and it carries a nonce taken from a hash of the mail's own content:
the same mail always has the same markers, and no content can spell its own.
"""

import re
from collections.abc import Mapping
from hashlib import sha256
from html import escape

from digest.errors import TemplateError
from digest.model import Sliced, Slot


class SlotMarkers:
    """The markers of one mail, made from its content."""

    def __init__(self, content: str) -> None:
        self._nonce = sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:24]
        self.by_name: Mapping[str, str] = {slot.value: self._marker(slot) for slot in Slot}

    def cut(self, text: str, *, template: str) -> Sliced:
        """Cut a rendered text at its markers; joining the pieces gives the text back.

        Raises:
            TemplateError: when a step between template and mail changed a marker.
        """
        by_marker = {self._marker(slot): slot for slot in Slot}
        pieces = re.split(f"({'|'.join(by_marker)})", text)
        sliced = tuple(by_marker.get(piece, piece) for piece in pieces if piece)
        self.refuse(*(piece for piece in sliced if not isinstance(piece, Slot)), template=template)
        return sliced

    def refuse(self, *texts: str, template: str) -> None:
        """Check that no marker is left in a text.

        Raises:
            TemplateError: when there is one: a slot stands where it cannot be filled.
        """
        if any(self._nonce in text for text in texts):
            raise TemplateError(f"{template}: a slot stands where no person's value can go; move it into the body")

    def _marker(self, slot: Slot) -> str:
        return f"slot{self._nonce}{slot.name.replace('_', '').lower()}x"


def fill_html(sliced: Sliced, values: Mapping[Slot, str]) -> str:
    """One person's HTML: each slot replaced by that person's value, escaped for text and for quoted attributes."""
    return "".join(escape(values[piece]) if isinstance(piece, Slot) else piece for piece in sliced)


def fill_text(sliced: Sliced, values: Mapping[Slot, str]) -> str:
    """One person's plain text: each slot replaced by that person's value."""
    return "".join(values[piece] if isinstance(piece, Slot) else piece for piece in sliced)
