"""Links without the marks that follow a reader about, and the one form by which duplicates are known; pure."""

import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit, urlunsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}

# fmt: off
_TRACKING = frozenset({
    "_ga", "_gl", "_hsenc", "_hsmi", "_openstat", "__hsfp", "__hssc", "__hstc", "ck_subscriber_id", "dclid", "epik",
    "fbclid", "gad_source", "gbraid", "gclid", "gclsrc", "hsctatracking", "igsh", "igshid", "li_fat_id", "mc_cid",
    "mc_eid", "mkt_tok", "ml_subscriber", "ml_subscriber_hash", "msclkid", "oly_anon_id", "oly_enc_id", "rb_clickid",
    "srsltid", "ttclid", "twclid", "vero_conv", "vero_id", "wbraid", "wickedid", "yclid",
})
# fmt: on
_TRACKING_FAMILIES = ("utm_", "mtm_", "pk_", "piwik_", "hsa_")
_ENDING = "/" + "".join(filter(str.isspace, map(chr, range(0x3001))))  # no space of Unicode lies beyond


def without_tracking(url: str) -> str:
    """An address without query parameters that only tell who clicked where; the rest keeps its order.

    Relative addresses, and what is no address at all, are taken too. An address without such parameters comes back
    as it is, byte for byte.
    """
    address, mark, fragment = url.partition("#")
    path, asked, query = address.partition("?")
    kept = _without_tracking(query)
    if kept == query:
        return url
    return path + (asked + kept if kept else "") + mark + fragment


def _without_tracking(query: str) -> str:
    return "&".join(part for part in query.split("&") if not _tracks(unquote(part.partition("=")[0]).lower()))


def _tracks(name: str) -> bool:
    return name in _TRACKING or name.startswith(_TRACKING_FAMILIES)


@lru_cache(maxsize=16_384)
def canonical_url(url: str) -> str:
    """The form in which two addresses of one page are equal.

    Always https, since sites turn to it, and without "www."; the host in lower case; the usual ports, name and
    password, fragment and tracking parameters dropped; slashes at the end of the path dropped, save for the root,
    which is "/" (``/posts/`` and ``/posts`` are one page wherever members write). The order of the other parameters
    stays, since to some sites it matters. What is no http or https address comes back as it is. Doing it twice
    changes nothing more.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return url
    if parts.scheme not in _DEFAULT_PORTS or not host:
        return url
    host = re.sub(r"^(?:www\.)+(?=.)", "", host)
    place = f"[{host}]" if ":" in host else host
    if port not in {None, *_DEFAULT_PORTS.values()}:
        place += f":{port}"
    path = parts.path.rstrip(_ENDING) or "/"
    return urlunsplit(("https", place, path, _without_tracking(parts.query).rstrip(), ""))


def shown_target(href: str, text: str) -> str:
    """The target of a link as plain text shows it, or nothing where the link's own text already says it."""
    plain = re.compile(r"^(?:mailto:|tel:|https?://)?(?:www\.)?|/$")
    return "" if plain.sub("", href) == plain.sub("", text.strip()) else re.sub("^(?:mailto|tel):", "", href)
