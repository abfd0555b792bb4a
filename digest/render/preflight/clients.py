"""What the mail uses that the chosen mail programs do not support; pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from lxml import etree

from digest.config import Client
from digest.render.preflight.finding import Finding, Words, listed, place, warning
from digest.render.preflight.page import Page, Style, named
from digest.render.preflight.support import CLIENTS, FEATURES, PROGRAMS, Feature

_BY_SIGN: Mapping[str, Feature] = {sign: feature for feature in FEATURES for sign in feature.signs}
_FUNCTION = re.compile(r"([a-z-]+)\(")
_UNIT = re.compile(r"\b\d+(rem|vh|vw|vmin|vmax|ch)\b")
_AT_RULE = re.compile(r"@(?:media[^{]*\((prefers-color-scheme)|([a-z-]+))")
_PSEUDO = re.compile(r":(?::?(before|after)|(hover))\b")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_PLAIN_POSITIONS = ("position:static", "position:relative")


def clients(page: Page, chosen: Sequence[Client]) -> Iterator[Finding]:
    """Features that a chosen client does not support, where a reader there loses more than decoration.

    A style sheet's own declarations are not looked at: what they say is inlined, and what cannot be, such as a dark
    scheme, stands in an at-rule.
    """
    used: dict[str, list[Words]] = {}
    for sign, element in _used(page):
        if (feature := _BY_SIGN.get(sign)) and not feature.without:
            where = place("sheet") if element.tag == "style" else named(element)
            used.setdefault(feature.slug, []).append(place("sign", sign=sign, place=where))
    programs = [number for client in chosen for number in CLIENTS[client]]
    for feature in FEATURES:
        lacking = [PROGRAMS[number] for number in programs if feature.support[number] == "n"]
        if lacking and feature.slug in used:
            told = {"programs": ", ".join(lacking), "page": f"https://www.caniemail.com/features/{feature.slug}/"}
            yield warning("clients", "clients", places=listed(used[feature.slug]), **told)


def _used(page: Page) -> Iterator[tuple[str, Any]]:
    """The signs of features, each with the element that uses it."""
    for element in page.document.iter(etree.Element):
        if element.tag == "style":
            yield from ((sign, element) for sign in _in_sheet(element.text or ""))
            continue
        yield f"<{element.tag}>", element
        yield from ((f"[{name}]", element) for name in element.keys())  # noqa: SIM118  (iterating gives its children)
        yield from ((sign, element) for sign in _in_address(element))
        yield from ((sign, element) for sign in _in_style(page.styles.get(element, {})))


def _in_sheet(sheet: str) -> Iterator[str]:
    sheet = _COMMENT.sub("", sheet)
    for scheme, rule in _AT_RULE.findall(sheet):
        yield f"@media({scheme})" if scheme else f"@{rule}"
    for element, state in _PSEUDO.findall(sheet):
        yield f"::{element}" if element else f":{state}"


def _in_address(element: Any) -> Iterator[str]:
    if element.tag == "a" and (element.get("href") or "").startswith("#"):
        yield "#anchor"
    source = element.get("src") or ""
    if source.startswith("data:"):
        yield source[: len("data:image")].lower()
    elif element.tag == "img":
        yield PurePosixPath(source.partition("#")[0].partition("?")[0]).suffix.lower()


def _in_style(style: Style) -> Iterator[str]:
    for name, value in style.items():
        plain = f"{name}:{value.replace('!important', '').strip()}"
        if plain not in _PLAIN_POSITIONS:
            yield from (name, plain)
        yield from (f"{function}()" for function in _FUNCTION.findall(value))
        yield from (f"1{unit}" for unit in _UNIT.findall(value))
        if name == "background" and "url(" in value:
            yield "background-image"
