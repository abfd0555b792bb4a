"""MJML to HTML that mail clients show: compiled by mrml, inlined once by premailer; pure."""

import logging
import re
from collections.abc import Callable

import lxml.html
from lxml import etree
from markupsafe import Markup
from mjml import mjml2html

from digest.errors import TemplateError
from digest.model import Quoted, Told
from digest.render.plain import printable
from digest.text.plain import is_button

_DOCTYPE = "<!doctype html>\n"
_ANY_DOCTYPE = re.compile(r"\s*<!DOCTYPE[^>]*>\s*", re.IGNORECASE)
_OF_A_PAGE = (
    (' role="article"', ' role="main"'),
    (' aria-roledescription="email"', ""),
    (' xmlns:v="urn:schemas-microsoft-com:vml"', ""),
    (' xmlns:o="urn:schemas-microsoft-com:office:office"', ""),
)
_VOID = frozenset({"area", "br", "col", "embed", "hr", "img", "input", "source", "track", "wbr"})
# mrml's own reset names every td, p and img: inlining it would add some 80 bytes to each of them.
_RESET_STYLE = '<style type="text/css">\n#outlook a'
_PREVIEW = '<div style="display:none;font-size:1px;color:#ffffff;'
_PREVIEW_OF_NO_COLOUR = '<div style="display:none;font-size:1px;'  # white on white is what filters look for
_RESET_STYLE_KEPT = '<style type="text/css" data-premailer="ignore">\n#outlook a'


def compile_mjml(mjml: str, *, template: str) -> str:
    """A whole HTML document with its styles inlined, from MJML.

    Raises:
        TemplateError: when it is not MJML.
    """
    from premailer import Premailer  # noqa: PLC0415  (slow to import, and most commands render nothing)

    # The compiler writes attributes in Rust's debug form, where a numeric entity is safe and a letter beyond
    # ASCII is not; text and attributes alike are given to it as ASCII. (Backslashes and line breaks are entities
    # already: here they could as well stand in a style sheet.)
    ascii_only = mjml.encode("ascii", "xmlcharrefreplace").decode("ascii")
    try:
        compiled = mjml2html(ascii_only, fonts={})  # no web fonts: nothing is fetched when a mail is opened
    except ValueError as error:
        raise TemplateError(Told("says", place=template, why=Told("template_mjml", said=Quoted(error)))) from error
    if _RESET_STYLE not in compiled:
        raise TemplateError(f"{template}: the MJML has no mj-body, or this version of mjml-python is not supported")
    inliner = Premailer(
        compiled.replace(_RESET_STYLE, _RESET_STYLE_KEPT, 1).replace(_PREVIEW, _PREVIEW_OF_NO_COLOUR, 1),
        allow_network=False,
        keep_style_tags=True,
        strip_important=False,  # MJML's column widths depend on it
        disable_validation=True,
        disable_basic_attributes=["height"],
        cssutils_logging_level=logging.CRITICAL,
    )
    return _DOCTYPE + _ANY_DOCTYPE.sub("", inliner.transform(pretty_print=False), count=1).strip() + "\n"


def page_of_mail(html: str) -> str:
    """A mail as a page of its own: it is the page's main part, not an article among others, and is for no Outlook."""
    for kept, page in _OF_A_PAGE:
        html = html.replace(kept, page, 1)
    return html


def html_for_mjml(html: str, *, button: Callable[[str, str], str]) -> Markup:
    """Sanitised HTML as it may stand inside MJML: well-formed, in ASCII, every image with an alt text.

    Tables of data get the class that draws their lines.

    Args:
        html: sanitised.
        button: asked for the HTML of each link that is to be a button, by its words and address.
    """
    root = lxml.html.fragment_fromstring(printable(html).replace("\x85", "\n"), create_parent="div")
    for paragraph in [element for element in root.iter("p") if is_button(element)]:
        words, address = " ".join(paragraph.text_content().split()), paragraph[0].get("href")
        drawn = lxml.html.fragment_fromstring(button(words, address))
        drawn.tail = paragraph.tail
        paragraph.getparent().replace(paragraph, drawn)
    for element in root.iter(etree.Element):
        if element.tag == "img" and "alt" not in element.attrib:
            element.set("alt", "")
        if element.tag == "table" and element.get("role") is None:
            element.set("class", "grid")
        if element.tag not in _VOID and element.text is None:
            element.text = ""  # or XML would write it as <p/>, which HTML reads as a paragraph left open
    written = etree.tostring(root, encoding="ascii", method="xml", with_tail=False).decode("ascii")
    return Markup(written.replace("\\", "&#92;"))  # noqa: S704  (sanitised by who composed it, serialised here)
