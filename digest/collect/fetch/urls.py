"""Addresses of websites: parsed and joined, shown without what is secret in them, and the credentials in them."""

import base64
import re
from collections.abc import Callable

import httpx2

from digest.collect.fetch.failures import LastingError
from digest.config.redaction import split_address
from digest.model import Told
from digest.text.markup import one_line

_DEFAULT_PORTS = {"http": 80, "https": 443}


def without_secrets(address: str) -> str:
    """An address as it may be shown: without name and password, query and fragment, on one line."""
    scheme, _, rest = split_address(address)
    shown = re.split(r"[?#]", scheme + rest, maxsplit=1)[0]
    return one_line(shown)[:300] + ("?…" if "?" in rest else "")


def parse_url(
    address: str, base: httpx2.URL | None = None, *, shown: Callable[[str], str] = without_secrets
) -> httpx2.URL:
    """An http or https address, relative to another where one is given, without its fragment.

    Args:
        address: to be read.
        base: what it is relative to.
        shown: how an address stands in a message.

    Raises:
        LastingError: when it is none.
    """
    try:
        url = (base or httpx2.URL()).join(address).copy_with(fragment=None)
    except httpx2.InvalidURL:
        raise LastingError(Told("no_address", address=shown(address))) from None
    if url.scheme not in _DEFAULT_PORTS or not url.host or not 0 < port_of(url) < 65_536:
        raise LastingError(Told("no_site", address=shown(address)))
    return url


def port_of(url: httpx2.URL) -> int:
    """The port, which is the scheme's own unless the address says."""
    return _DEFAULT_PORTS[url.scheme] if url.port is None else url.port


def basic_credentials(configured: httpx2.URL, url: httpx2.URL) -> bytes | None:
    """What the configured address says before its @ sign (RFC 7617), for its own server and that one alone.

    The step from http to https on the same host is the one change that keeps it.
    """
    same = (configured.scheme, configured.host, port_of(configured)) == (url.scheme, url.host, port_of(url))
    upgraded = (
        configured.host == url.host and url.scheme == "https" and (port_of(configured), port_of(url)) == (80, 443)
    )
    if not configured.userinfo or not (same or upgraded):
        return None
    return b"Basic " + base64.b64encode(f"{configured.username}:{configured.password}".encode())
