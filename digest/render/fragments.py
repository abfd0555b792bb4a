"""Sanitised HTML as it stands within a page of ours, as `digest.text.markup` writes it."""

import re
from html import unescape
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup, escape

from digest.render.plain import printable
from digest.text.pictures import IMG, attributes_of

_LINK_OR_IMG = re.compile(rf"<a\b|</a>|{IMG.pattern}")


def for_page(html: str) -> Markup:
    """A picture without words is passed over, a table too wide is scrolled by keys.

    Neither attribute is quoted, so that nothing begins or ends that stands in the value of another.
    """
    known = IMG.sub(lambda found: found[0] if " alt=" in found[1] else f"<img alt{found[1]}>", html)
    return Markup(known.replace("<table", "<table tabindex=0"))  # noqa: S704  (sanitised by who composed it)


@jinja2.pass_context
def of_others(context: jinja2.runtime.Context, html: str, shown: str | None = None) -> Markup:
    """As `for_page`, of what strangers wrote: a picture is a link to where it is, so that no reader is seen there.

    Args:
        context: of the page.
        html: as it was collected.
        shown: the address of a picture that stands on the page already, made anew; it is not told of again.
    """
    linked = False

    def replaced(found: re.Match[str]) -> str:
        nonlocal linked
        if found[1] is None:
            linked = found[0] == "<a"
            return found[0]
        values = attributes_of(found[1])
        source = values.get("src", "")
        if shown and unescape(source) == shown:
            return ""
        words = values.get("alt") or escape(context["say"]("picture_at", host=printable(_host(unescape(source)))))
        return str(words) if linked else f'<a href="{source}" rel="noreferrer nofollow">{words}</a>'

    return for_page(_LINK_OR_IMG.sub(replaced, html))


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:  # brackets of no IPv6 address
        return ""
