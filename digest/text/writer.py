"""The text of clean HTML, block by block; pure."""

import re

from lxml.html import HtmlElement

from digest.text.dated import with_its_date
from digest.text.links import shown_target

# fmt: off
_BLOCKS = frozenset({
    "blockquote", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ol", "p", "pre", "table",
    "tr", "ul", "li",
})
# fmt: on
_LABEL = re.compile(r"[^\W\d_][^:\n]{0,37}(?<![.!?;]):?")  # no longer than what is looked at as a label in prose
_MAX_VALUE = 200  # characters of a cell that has no header cell before it
_MAX_ROWS = 20  # of a table of labels; a longer one is of data
_GROUPS = frozenset(("thead", "tbody", "tfoot"))


def written_as_text(tree: HtmlElement, *, dated: bool) -> str:
    """The text of a tree: blank lines between blocks, list items and labels with their values on lines of their own.

    Args:
        tree: of clean HTML.
        dated: times say as much of what their ``datetime`` states as their words do not.
    """
    writer = _TextWriter(dated=dated)
    writer.read(tree)
    return writer.text()


class _TextWriter:
    """Gathers the text of elements into blocks; consecutive list items stand on consecutive lines."""

    def __init__(self, *, dated: bool) -> None:
        self._dated = dated
        self._blocks: list[tuple[str, str, bool]] = []  # marker ("" outside lists), text, whether it has a label
        self._inline: list[str] = []
        self._marker = ""
        self._label = ""  # of what follows
        self._labelling: list[bool] = []  # of each table that is open, whether its rows are labels and values
        self._numbers: list[int] = []  # of the last item of each list that is open

    def read(self, element: HtmlElement) -> None:
        tag = element.tag
        block = tag in _BLOCKS
        if block:
            self._flush()
        if tag in {"dt", "td", "th"} and (label := self._label_of(element)):
            self._label = label
            return
        self._begin(element)
        start = len(self._inline)
        self._read_within(element)
        if tag == "a" and (target := shown_target(element.get("href", ""), "".join(self._inline[start:]))):
            self._inline.append(f" ({target})")
        elif tag == "time" and self._dated:
            self._inline[start:] = [with_its_date(element.get("datetime", ""), "".join(self._inline[start:]))]
        if block:
            self._flush()
        if tag in {"dd", "tr"}:
            self._label_alone()
        if tag == "li":
            self._marker = ""

    def _begin(self, element: HtmlElement) -> None:
        tag = element.tag
        if tag in {"ul", "ol", "table"}:
            self._label_alone(":")
        if tag == "li":
            ordered = element.getparent() is not None and element.getparent().tag == "ol"
            self._numbers[-1] += 1
            self._marker = f"{self._numbers[-1]}. " if ordered else "- "
        elif tag == "br":
            self._inline.append("\n")
        elif tag == "img":
            self._inline.append(element.get("alt", ""))
        elif tag in {"td", "th"} and element.getprevious() is not None and not self._label:
            self._inline.append(" | ")

    def _label_alone(self, end: str = "") -> None:
        """A label without a value beside it."""
        if self._label:
            self._blocks.append((self._marker, self._label + end, False))
            self._label = ""

    def _read_within(self, element: HtmlElement) -> None:
        verbatim = element.tag == "pre"
        if element.tag == "table":
            self._labelling.append(_is_of_labels(element))
        self._add(element.text, verbatim=verbatim)
        self._numbers.append(0)
        for child in element:
            self.read(child)
            self._add(child.tail, verbatim=verbatim)
        self._numbers.pop()
        if element.tag == "table":
            self._labelling.pop()

    def _label_of(self, element: HtmlElement) -> str:
        """What an element labels the next one with; "" where it is no label."""
        value = element.getnext()
        if value is None or element.find(".//a") is not None or self._label:
            return ""
        if element.tag == "dt":
            fitting = value.tag == "dd"
        else:
            heads = element.tag == "th" and value.tag == "td"
            alone = element.getprevious() is None and value.getnext() is None
            fitting = alone and (heads or (bool(self._labelling) and self._labelling[-1]))
        text = _tidy(element.text_content()) if fitting else ""
        return text.removesuffix(":").rstrip() if _LABEL.fullmatch(text) else ""

    def _add(self, text: str | None, *, verbatim: bool) -> None:
        if text:
            self._inline.append(text if verbatim else re.sub(r"\s+", " ", text))

    def _flush(self) -> None:
        text = _tidy("".join(self._inline))
        self._inline.clear()
        if text:
            self._blocks.append((self._marker, f"{self._label}: {text}" if self._label else text, bool(self._label)))
            self._label = ""
            self._marker = "  " if self._marker else ""  # what follows in the same item is set in

    def text(self) -> str:
        self._flush()
        parts: list[str] = []
        before = False
        for marker, text, labelled in self._blocks:
            if parts:
                parts.append("\n" if (marker and parts[-2]) or (labelled and before) else "\n\n")
            parts += [marker, text]
            before = labelled
        return "".join(parts)


def _is_of_labels(table: HtmlElement) -> bool:
    """Whether a table has two columns, of labels and of short values, and no line of headings."""
    rows = [row for group in table for row in (group if group.tag in _GROUPS else (group,)) if row.tag == "tr"]
    if len(rows) > _MAX_ROWS:
        return False
    for row in rows:
        if len(row) != 2 or row[0].tag == row[1].tag == "th" or len(row[1].text_content()) > _MAX_VALUE:
            return False
    return True


def _tidy(text: str) -> str:
    """Single spaces within lines, no space at their ends."""
    return "\n".join(" ".join(line.split()) for line in text.strip().split("\n"))
