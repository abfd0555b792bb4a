"""Links that lead nowhere, or that anybody on the way can read; pure."""

import re
from collections.abc import Iterator
from typing import Any

from digest.render.preflight.finding import Finding, error, listed, place, warning
from digest.render.preflight.page import Page, named

_LEADS = re.compile(r"(?:https?://[^/\s]|mailto:\S|tel:\S|sms:\S)", re.IGNORECASE)


def links(page: Page, *, own_pages: str) -> Iterator[Finding]:
    """Links without a target, and addresses without TLS.

    Args:
        page: the mail.
        own_pages: where this product's own pages are; whether those have TLS, `digest check` tells once.
    """
    targets = {value for element in page.document.iter() for key in ("id", "name") if (value := element.get(key))}
    anchors = [element for element in page.document.iter("a", "area") if not _is_mark(element)]
    if dead := [anchor for anchor in anchors if not _leads(anchor, targets)]:
        told = (place("link", element=named(anchor), address=anchor.get("href") or "") for anchor in dead)
        yield error("link", "link", places=listed(told))
    if unseen := [anchor for anchor in anchors if _leads(anchor, targets) and not _has_words(anchor)]:
        yield warning("link-words", "link_words", places=listed(anchor.get("href") for anchor in unseen))
    addresses = [value for element in page.document.iter("a", "area", "img") for value in _addresses(element)]
    plain = [address for address in addresses if address.lower().startswith("http://")]
    if open_to_all := [address for address in plain if not _is_below(address, own_pages)]:
        yield warning("http", "http", places=listed(open_to_all))


def _is_mark(anchor: Any) -> bool:
    """Whether it is no link but a place that links lead to."""
    return anchor.get("href") is None and bool(anchor.get("name") or anchor.get("id"))


def _leads(anchor: Any, targets: set[str]) -> bool:
    target = (anchor.get("href") or "").strip()
    return target[1:] in targets if target.startswith("#") else bool(_LEADS.match(target))


def _has_words(anchor: Any) -> bool:
    return anchor.tag == "area" or bool(anchor.text_content().strip()) or anchor.find(".//img") is not None


def _addresses(element: Any) -> Iterator[str]:
    yield from (value.strip() for key in ("href", "src") if (value := element.get(key)))


def _is_below(address: str, base: str) -> bool:
    return address == base or address.startswith((f"{base}/", f"{base}?", f"{base}#"))
