"""A mail as classic Outlook's Word engine sees it, near enough: any browser shows it without what Word leaves out."""

import re

import lxml.html
from lxml import etree

from digest.render.preflight.support import CLIENTS, FEATURES

_CLASSIC = CLIENTS["outlook-classic"][0]
_UNSUPPORTED = {sign for feature in FEATURES if feature.support[_CLASSIC] == "n" for sign in feature.signs}
# What it takes in part, as the notes of https://www.caniemail.com tell: a property, and where it is left out.
_IN_PART = (
    (re.compile(r"padding"), lambda tag, _: tag not in ("td", "th")),
    (re.compile(r"display$"), lambda _, value: value != "none"),
    (re.compile(r"width$"), lambda tag, _: tag in ("body", "span", "div", "p", "img")),
    (re.compile(r"height$"), lambda tag, _: tag in ("body", "span", "div", "p")),
    (re.compile(r"max-width$"), lambda tag, _: tag != "table"),
    (re.compile(r"margin"), lambda tag, value: tag in ("body", "span") or "auto" in value or "-" in value),
)
_FOR_OTHERS = re.compile(r"<!--\[if (?:!mso|lte mso 11)\]>.*?<!\[endif\]-->", re.DOTALL)
_FOR_WORD = re.compile(r"<!--\[if [^\]]*mso[^\]]*\]>(.*?)<!\[endif\]-->", re.DOTALL)


def as_word_shows_it(html: str) -> str:
    """The mail with Outlook's conditional comments taken, and without style sheets and unsupported declarations."""
    document = lxml.html.document_fromstring(_FOR_WORD.sub(r"\1", _FOR_OTHERS.sub("", html)))
    for sheet in document.xpath("//style | //noscript"):
        sheet.drop_tree()
    for element in document.iter(etree.Element):
        if style := element.get("style"):
            kept = [one for one in style.split(";") if _supported(element.tag, one)]
            element.set("style", ";".join(kept))
    return "<!doctype html>\n" + str(lxml.html.tostring(document, encoding="unicode"))


def _supported(tag: str, declaration: str) -> bool:
    name, _, value = (part.strip() for part in declaration.partition(":"))
    if {name, f"{name}:{value}"} & _UNSUPPORTED or "url(" in value:
        return False
    return not any(part.match(name) and left_out(tag, value) for part, left_out in _IN_PART)
