"""Markdown as mails understand it: CommonMark with tables, strikethrough, sizes of pictures, and buttons; pure.

A picture's size is its title, ``![The taps](https://... "=400x300")``, or the end of its title; a link alone in its
paragraph is a button when its title says so, ``[Book](https://... "button")``.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from digest.text.pictures import OUR_PICTURES, ShownPicture, fitted

NONE_OF_OURS: Mapping[str, ShownPicture] = MappingProxyType({})

_SIZE = re.compile(r"(?:^|\s)=(\d{1,4})(?:x(\d{1,4}))?$")


def render_markdown(text: str, pictures: Mapping[str, ShownPicture] = NONE_OF_OURS) -> str:
    """Markdown as HTML, not sanitised; `pictures`: those of ours, by how the text names them."""
    return str(_parser().render(text, {"pictures": pictures}))


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    parser.core.ruler.push("for_mail", _for_mail)
    return parser


def _for_mail(state: StateCore) -> None:
    for token in _every(state.tokens):
        if token.type == "image":
            _sized(token)
            _ours(token, state.env.get("pictures") or {})
        elif token.type in {"th_open", "td_open"}:
            _as_attributes(token)


def _every(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _every(token.children or [])


def _sized(image: Token) -> None:
    title = str(image.attrGet("title") or "")
    if size := _SIZE.search(title):
        kept = {"title": title[: size.start()], "width": size[1], "height": size[2]}
        image.attrs = {**image.attrs, **kept}
        image.attrs = {name: value for name, value in image.attrs.items() if value}


def _ours(image: Token, pictures: Mapping[str, ShownPicture]) -> None:
    """Where a picture that we keep is served, and its size; of a width that is written its own height follows."""
    named = unquote(str(image.attrGet("src") or ""))
    shown = pictures.get(named) if named.startswith(OUR_PICTURES) else None
    if shown is None:
        return
    width, height = fitted(shown, str(image.attrGet("width") or ""))
    image.attrs = {**image.attrs, "src": shown.url, "width": str(width), "height": str(height)}


def _as_attributes(cell: Token) -> None:
    """A column's alignment as the attribute that cleaning keeps, and whose heading a heading is."""
    style = str(cell.attrs.pop("style", ""))
    if style:
        cell.attrs["align"] = style.removeprefix("text-align:")
    if cell.type == "th_open":
        cell.attrs["scope"] = "col"
