"""Preflight: what is wrong with a rendered mail before anybody gets it; pure."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from digest.config import Config
from digest.model import Announcement, Edition, Item, ItemSkip, Rendered, Unshown
from digest.render.preflight.body import body
from digest.render.preflight.clients import clients
from digest.render.preflight.colours import colours
from digest.render.preflight.finding import Finding, Words
from digest.render.preflight.images import images, unshown
from digest.render.preflight.links import links
from digest.render.preflight.page import read_page
from digest.render.preflight.words import contradictions, over, subject, unresolved


def preflight(
    rendered: Rendered,
    *,
    content: Edition | Announcement,
    config: Config,
    past: Sequence[tuple[Item, ItemSkip]] = (),
    contradicting: Sequence[Words] = (),
    missing: Sequence[Unshown] = (),
) -> tuple[Finding, ...]:
    """Everything found in a mail, errors first.

    Args:
        rendered: the mail for everybody.
        content: what it was rendered from; what its authors wrote is not held against the templates.
        config: whose brand, address and clients it is.
        past: its items that are over, with the reason.
        contradicting: its dates that fall on another weekday than they say.
        missing: pictures that its text names and that it goes without.
    """
    page = read_page(rendered)
    found = [
        *subject(page.subject),
        *body(rendered, page, postal_address=config.network.postal_address),
        *unresolved(page, content),
        *over(past),
        *contradictions(contradicting),
        *links(page, own_pages=config.web.base_url),
        *images(page, _own_hosts(config)),
        *unshown(missing),
        *colours(page),
        *clients(page, config.brand.clients),
    ]
    return tuple(sorted(found, key=lambda finding: finding.level))


def _own_hosts(config: Config) -> set[str]:
    """Who may see who reads: the network itself, and nobody."""
    own = (config.web.base_url, config.network.url, config.brand.logo, config.brand.logo_dark)
    return {urlsplit(str(address)).hostname or "" for address in own if address} | {""}


__all__ = ["Finding", "Words", "preflight"]
