"""Pictures: their size, their words and where they come from; pure."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from digest.model import Unshown
from digest.render.preflight.finding import Finding, Places, listed, place, warning
from digest.render.preflight.page import Page, Style
from digest.render.preflight.values import pixels

_WIDEST = 600  # pixels; what MJML's body is wide


def images(page: Page, own_hosts: Collection[str]) -> Iterator[Finding]:
    """Images without a size, without words for those who do not see them, without a source, or with another's."""
    shown = list(page.document.iter("img"))
    if unsized := [image for image in shown if not _is_sized(image, page.styles.get(image, {}))]:
        yield warning("image-size", "image_size", places=_sources(unsized), widest=_WIDEST)
    if wordless := [image for image in shown if not (image.get("alt") or "").strip() and not _is_decoration(image)]:
        yield warning("image-alt", "image_alt", places=_sources(wordless))
    if lost := [
        image for image in shown if not (image.get("src") or "").startswith(("https://", "http://", "data:", "cid:"))
    ]:
        yield warning("image-source", "image_source", places=_sources(lost))
    if others := [image for image in shown if _host(image) not in own_hosts]:
        yield warning("image-elsewhere", "image_elsewhere", places=_sources(others))


def unshown(missing: Sequence[Unshown]) -> Iterator[Finding]:
    """Pictures that a text names and that the mail goes without."""
    for asked, phrase in ((True, "image_unfetched"), (False, "image_not_yet")):
        if places := [f"{one.where} ({one.named})" for one in missing if one.asked is asked]:
            yield warning("image-unfetched", phrase, places=listed(places))


def _is_sized(image: Any, style: Style) -> bool:
    width = pixels(image.get("width")) or pixels(style.get("width"))
    has_height = "height" in style or image.get("height") is not None
    return width is not None and width <= _WIDEST and has_height


def _host(image: Any) -> str:
    """Who is asked for it; "" where nobody is."""
    try:
        return urlsplit(image.get("src") or "").hostname or ""
    except ValueError:
        return ""


def _is_decoration(image: Any) -> bool:
    if image.get("alt") is None or image.get("role") not in {"presentation", "none"}:
        return False
    link = next(image.iterancestors("a"), None)
    return link is None or bool(etree.tostring(link, method="text", encoding="unicode").strip())


def _sources(found: list[Any]) -> Places:
    return listed(image.get("src") or place("no_source") for image in found)
