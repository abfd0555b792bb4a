"""The pictures of a body: of one that is sanitised, and of one that is still Markdown; pure."""

import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import NamedTuple
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

OUR_PICTURES = "/picture/"
"""How a text names what we keep; the name of the file follows."""

IMG = re.compile(r"<img\b([^>]*)>")
"""A picture's tag, as nh3 writes it: ">" and quotes in values are entities there."""

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
