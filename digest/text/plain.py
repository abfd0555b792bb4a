"""The plain-text part of a mail, from its sanitised HTML: headings underlined, quotes marked, tables aligned; pure.

Where a sentence links, a number stands, and the address on a line of its own below the paragraph.
"""

import re
from collections.abc import Iterator, Sequence

import lxml.html
from lxml.html import HtmlElement

from digest.text.links import shown_target

WIDTH = 64  # columns of a table at most: a mail's 72, with room for being quoted

_BLOCKS = frozenset(
    {"blockquote", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ol", "p", "pre", "table", "ul"}
)
_RULES = {"h1": "=", "h2": "-"}
_BREAK = "  \n"  # as Markdown ends a line that stays ended


def text_part(html: str) -> str:
    """Sanitised HTML as a reader of plain text likes it; its paragraphs are still to be wrapped."""
    if not html.strip():
        return ""
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    _number_links(root)
    return "\n\n".join(_blocks(root))


def is_button(element: HtmlElement) -> bool:
    """Whether it is a paragraph of nothing but a link whose title is "button"."""
    if element.tag != "p" or len(element) != 1 or (element.text or "").strip():
        return False
    link = element[0]
    is_one = link.tag == "a" and link.get("title", "").strip().lower() == "button" and link.get("href")
    return bool(is_one and link.text_content().strip() and not (link.tail or "").strip())


def _number_links(root: HtmlElement) -> None:
    """Put a number behind each link within a block, and their addresses below that block."""
    number = 0
    for block in [child for child in root if child.tag in _BLOCKS]:
        below = HtmlElement()
        below.tag = "p"
        for link in [link for link in block.iter("a") if not is_button(link.getparent())]:
            if target := shown_target(link.get("href", ""), link.text_content()):
                number += 1
                link.set("href", "")
                link.append(_words(f" [{number}]"))
                below.append(_words(f"[{number}] {target}"))
                below.append(HtmlElement())
                below[-1].tag = "br"
        if len(below):
            below.tail, block.tail = block.tail, None
            block.addnext(below)


def _words(text: str) -> HtmlElement:
    made = HtmlElement()
    made.tag, made.text = "span", text
    return made


def _blocks(element: HtmlElement) -> Iterator[str]:
    """What stands in an element, block by block; words between blocks are a block too."""
    words = _squeezed(element.text)
    for child in element:
        if child.tag in _BLOCKS:
            yield from _told(words)
            words = ""
            yield from filter(None, [_block(child)])
        else:
            words += _inline(child)
        words += _squeezed(child.tail)
    yield from _told(words)


def _told(words: str) -> Iterator[str]:
    if words.strip():
        yield _BREAK.join(" ".join(line.split()) for line in words.strip().split(_BREAK))


def _block(element: HtmlElement) -> str:
    if is_button(element):
        link = element[0]
        return f"{' '.join(link.text_content().split()).rstrip(':')}:{_BREAK}{link.get('href')}"
    match element.tag:
        case "ul" | "ol" if _has_only(element, "li"):
            told = _list(element)
        case "table" if _is_grid(element):
            told = _table(element)
        case "pre":
            told = _set_in(element.text_content().strip("\n"), "    ", "    ")
        case "hr":
            told = "* * *"
        case _:
            told = "\n\n".join(_blocks(element))
    match element.tag:
        case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
            heading = " ".join(told.split())
            told = f"{heading}\n{_RULES.get(element.tag, '') * min(len(heading), WIDTH)}".rstrip()
        case "blockquote":
            told = _set_in(told, "> ", "> ")
        case "dd":
            told = _set_in(told, "  ", "  ")
    return told


def _has_only(element: HtmlElement, *tags: str) -> bool:
    return not any(text and text.strip() for text in (element.text, *(child.tail for child in element))) and all(
        child.tag in tags for child in element
    )


def _is_grid(table: HtmlElement) -> bool:
    """Whether a table is rows of cells and nothing else, so that no word is lost when it is told as such."""
    bodies = [child for child in table if child.tag != "tr"]
    rows = list(table.iter("tr"))
    return (
        _has_only(table, "thead", "tbody", "tfoot", "tr")
        and all(_has_only(body, "tr") for body in bodies)
        and all(_has_only(row, "th", "td") and row.find(".//table") is None for row in rows)
    )


def _inline(element: HtmlElement) -> str:
    match element.tag:
        case "br":
            return _BREAK
        case "img":
            return str(element.get("alt", ""))
    parts = [_squeezed(element.text)]
    for child in element:
        parts += [f" {_block(child)} " if child.tag in _BLOCKS else _inline(child), _squeezed(child.tail)]
    words = "".join(parts)
    target = shown_target(element.get("href", ""), words) if element.tag == "a" else ""
    return f"{words} ({target})" if target else words


def _list(element: HtmlElement) -> str:
    start = element.get("start", "")
    number = int(start) if re.fullmatch(r"\d{1,9}", start) else 1
    items, is_loose = [], False
    for item in element.iterchildren("li"):
        marker = f"{number}. " if element.tag == "ol" else "- "
        number += 1
        blocks = list(_blocks(item))
        is_loose |= any(not _is_list(block) for block in blocks[1:])
        text = "".join(("\n" if _is_list(block) else "\n\n") + block for block in blocks)
        items.append(_set_in(text.strip("\n"), marker, " " * len(marker)))
    return ("\n\n" if is_loose else "\n").join(items)


def _is_list(block: str) -> bool:
    return bool(re.match(r"(?:- |\d+\. )", block))


def _table(element: HtmlElement) -> str:
    rows = [list(row.iterchildren("td", "th")) for row in element.iter("tr")]
    texts = [[" ".join(" ".join(_blocks(cell)).split()) for cell in row] for row in rows]
    if not any(any(row) for row in texts):
        return ""
    has_heading = all(cell.tag == "th" for cell in rows[0])
    widths: list[int] = []
    for row in texts:
        widths += [0] * (len(row) - len(widths))
        widths[: len(row)] = [max(len(cell), width) for cell, width in zip(row, widths, strict=False)]
    if sum(widths) + 2 * len(widths) > WIDTH:
        return _told_one_by_one(texts, has_heading=has_heading)
    to_right = [rows[0][n].get("align") == "right" if n < len(rows[0]) else False for n in range(len(widths))]
    lines = [_columns(row, widths, to_right) for row in texts]
    if has_heading:
        lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def _columns(row: Sequence[str], widths: Sequence[int], to_right: Sequence[bool]) -> str:
    cells = zip(row, widths, to_right, strict=False)
    return "  ".join(cell.rjust(width) if right else cell.ljust(width) for cell, width, right in cells).rstrip()


def _told_one_by_one(rows: Sequence[Sequence[str]], *, has_heading: bool) -> str:
    """A table that is too wide for columns: each row's cells on lines of their own, after their headings."""
    if not has_heading:
        return "\n\n".join(_BREAK.join(filter(None, row)) for row in rows)
    names, *others = rows
    told = (
        [f"{name}: {cell}" if name else cell for name, cell in zip(names, row, strict=False) if cell]
        for row in others or [names]
    )
    return "\n\n".join(_BREAK.join(lines) for lines in told)


def _set_in(text: str, first: str, rest: str) -> str:
    lines = text.split("\n")
    return "\n".join([f"{first}{lines[0]}", *(f"{rest}{line}" if line else rest.rstrip() for line in lines[1:])])


def _squeezed(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")
