"""Small values as sources state them: addresses, moments, names, keys; each is nothing where it cannot be read."""

import re
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import TypedDict
from urllib.parse import urljoin, urlsplit

from digest.collect.folder import read_moment
from digest.collect.found import Moment
from digest.text.markup import one_line

_MAX_KEY = 200  # characters; a longer one is kept as its hash
_MAX_DATE = 100  # characters
_YEARS = range(1970, 2201)  # others are placeholders
_MARKUP = re.compile(r"<(?:p|br|div|span|a|b|i|u|em|strong|ul|ol|li|h[1-6]|table|html|img)\b[^<>]*>", re.IGNORECASE)
_BLOCKS = re.compile(r"<(?:p|br|div|ul|ol|li|table)\b", re.IGNORECASE)


class Body(TypedDict):
    """The two body fields of `Found`, one of them empty."""

    text: str
    html: str


def web_url(link: str | None, base: str | None = None) -> str | None:
    """An http or https address, made absolute where a base is known."""
    try:
        url = urljoin(base or "", one_line(link or "").replace(" ", "%20")) if link and link.strip() else ""
        return url if urlsplit(url).scheme in {"http", "https"} and urlsplit(url).hostname else None
    except ValueError:
        return None


def plausible(moment: Moment | None) -> Moment | None:
    """A moment of our times; other years are placeholders, and beyond them arithmetic with zones overflows."""
    return moment if moment is not None and moment.year in _YEARS else None


def stated_moment(text: str, *, month_first: bool = False) -> Moment | None:
    """A whole date, with or without a time of day: ISO 8601 or as people write it."""
    moment = read_moment(one_line(text), month_first=month_first) if len(text) <= _MAX_DATE else ""
    return None if isinstance(moment, str) else plausible(moment)


def stated_body(text: str) -> Body:
    """A body of unannounced form: HTML where it has tags, else plain text."""
    if not _MARKUP.search(text):
        return Body(text=text, html="")
    return Body(text="", html=text if _BLOCKS.search(text) else text.replace("\n", "<br>\n"))


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    """Names as single lines, each once, none empty."""
    return tuple(dict.fromkeys(name for name in map(one_line, names) if name))


def stated_key(identifier: str) -> str:
    """An identifier as a key: one line of at most 200 characters."""
    key = one_line(identifier)
    return key if len(key) <= _MAX_KEY else sha256(key.encode()).hexdigest()


def hashed_key(*parts: str | datetime) -> str:
    """A key for what has no identifier of its own."""
    return sha256("\0".join(one_line(str(part)).casefold() for part in parts).encode()).hexdigest()[:16]
