"""A rendered mail filled with sample values, parsed once, and its visible words with their look; pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import lxml.html
from lxml import etree

from digest.model import Rendered, Slot, Values
from digest.render.plain import shorten
from digest.render.preflight.values import Colour, font_size, is_bold, parse_colour
from digest.render.slots import fill_html, fill_text

# About as long as the values that will stand there, so that sizes come out right.
SAMPLES = Values(
    {
        Slot.NAME: "A member of the network",
        Slot.ADDRESS: "a.member@members.example.org",
        Slot.UNSUBSCRIBE_URL: f"https://unsubscribe.example/{'0' * 130}",
        Slot.PREFERENCES_URL: f"https://preferences.example/{'0' * 130}",
        Slot.VIEW_URL: f"https://view.example/{'0' * 130}",
    }.__getitem__,
    fields={},
)

Style = Mapping[str, str]

_NOT_SHOWN = frozenset({"script", "style", "template", "title", "head"})
_BOLD = frozenset({"b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"})
_DECLARATIONS = re.compile(r"""((?:[^;"'(]|"[^"]*"|'[^']*'|\([^)]*\))+)(?:;|$)""")
_HIDDEN = re.compile(r"display:\s*none|visibility:\s*hidden|mso-hide:\s*all")


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """How text looks at a place; a colour that cannot be known is None."""

    colour: Colour | None
    background: Colour | None
    size: float  # pixels
    bold: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """A piece of visible text."""

    text: str
    look: Look


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One mail: as bytes count it, as a parser reads it, as a person sees it."""

    subject: str
    html: str
    text: str
    document: Any  # lxml's root element
    styles: Mapping[Any, Style]  # of each element that has a style of its own
    runs: tuple[Run, ...]

    @property
    def words(self) -> str:
        """What the HTML shows, in one line."""
        return " ".join(" ".join(run.text for run in self.runs).split())


def read_page(rendered: Rendered) -> Page:
    """Read a rendered mail."""
    html = fill_html(rendered.html, SAMPLES)
    document = lxml.html.document_fromstring(html)
    styles = {element: read_style(style) for element in document.iter(etree.Element) if (style := element.get("style"))}
    body = document.find("body")
    start = Look(colour=(0, 0, 0), background=(255, 255, 255), size=16, bold=False)
    return Page(
        subject=rendered.subject,
        html=html,
        text=fill_text(rendered.text, SAMPLES),
        document=document,
        styles=styles,
        runs=tuple(_runs(body, start, styles)) if body is not None else (),
    )


def read_style(style: str) -> Style:
    """Declarations by property, in lower case; the last of a property holds."""
    pairs = (declaration.partition(":") for declaration in _DECLARATIONS.findall(style))
    return {name.strip().lower(): value.strip().lower() for name, colon, value in pairs if colon}


def named(element: Any) -> str:
    """An element as a person finds it: its tag and its first words."""
    words = shorten(" ".join(element.text_content().split()), 40)
    source = element.get("src") or ""
    return f'<{element.tag}> "{words}"' if words else f"<{element.tag}> {source}".rstrip()


def _runs(element: Any, around: Look, styles: Mapping[Any, Style]) -> Iterator[Run]:
    style = styles.get(element, {})
    if element.tag in _NOT_SHOWN or _HIDDEN.search(element.get("style", "").lower()):
        return
    look = _look(element, style, around)
    if element.text and element.text.strip():
        yield Run(text=element.text, look=look)
    for child in element:
        if isinstance(child.tag, str):
            yield from _runs(child, look, styles)
        if child.tail and child.tail.strip():
            yield Run(text=child.tail, look=look)


def _look(element: Any, style: Style, around: Look) -> Look:
    colour, background = around.colour, around.background
    if element.tag == "a" and element.get("href") is not None:
        colour = (0, 0, 238)  # what browsers give a link that nobody coloured
    if "color" in style:
        colour = parse_colour(style["color"], around.colour)
    if (attribute := element.get("bgcolor")) is not None:
        background = parse_colour(attribute, around.background)
    for name in ("background", "background-color"):
        if name in style:
            background = parse_colour(style[name], around.background)
    if style.get("background-image", "none") != "none" or element.get("background"):
        background = None
    size = font_size(style["font-size"], around.size) if "font-size" in style else around.size
    bold = is_bold(style["font-weight"], around=around.bold) if "font-weight" in style else around.bold
    return Look(
        colour=colour,
        background=background,
        size=size,
        bold=bold or ("font-weight" not in style and element.tag in _BOLD),
    )
