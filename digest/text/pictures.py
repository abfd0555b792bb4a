"""The pictures of a body: of one that is sanitised, and of one that is still Markdown; pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape, unescape
from typing import NamedTuple
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

OUR_PICTURES = "/picture/"
"""How a text names what we keep; the name of the file follows."""

IMG = re.compile(r"<img\b([^>]*)>")
"""A picture's tag, as nh3 writes it: ">" and quotes in values are entities there."""

WHOLE_WIDTH = 552
"""CSS pixels of a mail's text from margin to margin."""

_LINK_OR_IMG = re.compile(rf"<a\b|</a>|{IMG.pattern}")
_LEFT_EMPTY = re.compile(r"<a(?: [^<>]*)?>\s*</a>|<p>\s*</p>\n?")
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')
_LOOKED_AT = 20  # pictures of one body
_SMALLEST = 120  # pixels; what says that it is smaller is an icon or a button


class ShownPicture(NamedTuple):
    """A picture of ours as a mail shows it."""

    url: str
    width: int  # CSS pixels
    height: int


def attributes_of(written: str) -> dict[str, str]:
    """What stands within the tag of a picture in sanitised HTML, by name, as it is written there."""
    return dict(_ATTRIBUTE.findall(written))


def local_pictures(text: str) -> Sequence[str]:
    """What a Markdown text shows that is not on the web: files beside it, and what we keep; each once, as written."""
    found = (unquote(str(one.attrGet("src") or "")) for one in _images(MarkdownIt("commonmark").parse(text)))
    return tuple(dict.fromkeys(one for one in found if one and not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#", one)))


def web_pictures(html: str) -> Sequence[str]:
    """The addresses of the pictures of a sanitised body, each once."""
    found = (unescape(attributes_of(one[1]).get("src", "")) for one in IMG.finditer(html))
    return tuple(dict.fromkeys(one for one in found if one))


def with_ours(html: str, pictures: Mapping[str, ShownPicture]) -> str:
    """A sanitised body that loads nothing from others: each picture as we serve it, else its words as a link to it.

    One without words is left out where we have it not.

    Args:
        html: as `digest.text.markup` writes it.
        pictures: those of ours, by their addresses.
    """
    ours = {one.url for one in pictures.values()}
    linked = left_out = False

    def replaced(found: re.Match[str]) -> str:
        nonlocal linked, left_out
        if found[1] is None:
            linked = found[0] == "<a"
            return found[0]
        values = attributes_of(found[1])
        source = values.get("src", "")
        if (shown := pictures.get(unescape(source))) is not None:
            width, height = fitted(shown, values.get("width", ""))
            made = {**values, "src": escape(shown.url), "width": str(width), "height": str(height)}
            return "<img" + "".join(f' {name}="{value}"' for name, value in made.items()) + ">"
        if unescape(source) in ours:
            return found[0]
        words = values.get("alt", "")
        left_out = left_out or not words.strip()
        return words if linked or not words.strip() else f'<a href="{source}">{words}</a>'

    made = _LINK_OR_IMG.sub(replaced, html)
    return _LEFT_EMPTY.sub("", made) if left_out else made


def fitted(shown: ShownPicture, wanted: str) -> tuple[int, int]:
    """Its width and height in CSS pixels where a text wants this width; never more than it has."""
    width = min(int(wanted), shown.width) if re.fullmatch(r"\d{1,4}", wanted) else shown.width
    return width, max(1, round(shown.height * width / shown.width))


def whole_width(width: int, height: int) -> tuple[int, int]:
    """The size in CSS pixels of a picture of so many pixels that stands alone in a mail's text."""
    shown = min(WHOLE_WIDTH, width)
    return shown, max(1, round(height * shown / width))


def _images(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        if token.type == "image":
            yield token
        yield from _images(token.children or [])


def first_picture(html: str) -> tuple[str, str] | None:
    """The address of the first picture that may stand for all of it, and what is to be seen on it; None without one."""
    for number, found in enumerate(IMG.finditer(html)):
        if number == _LOOKED_AT:
            return None
        values = {name: unescape(value) for name, value in attributes_of(found[1]).items()}
        told = [int(size) for name in ("width", "height") if re.fullmatch(r"\d{1,5}", size := values.get(name, ""))]
        if all(size >= _SMALLEST for size in told) and values.get("src", "").startswith(("http://", "https://")):
            return values["src"], values.get("alt", "")
    return None
