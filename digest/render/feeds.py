"""Feeds of what was sent: Atom (RFC 4287) and JSON Feed 1.1; pure."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from digest.render.plain import one_line, printable

_ATOM = "http://www.w3.org/2005/Atom"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NOT_XML = re.compile("[\x0b\x0c]")


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedEntry:
    """A mail in a feed."""

    id: str  # a URI that stays the same for ever
    url: str
    title: str
    summary: str
    html: str
    published_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """What both kinds of feeds tell; addresses are absolute, times have an offset."""

    id: str
    title: str
    subtitle: str
    language: str  # BCP 47
    url: str  # of the feed itself
    page: str  # that shows the same
    home: str | None  # of the network
    made_at: datetime  # what an empty feed says that it was updated at
    entries: Sequence[FeedEntry]  # newest first

    @property
    def updated_at(self) -> datetime:
        """When any of its entries last changed."""
        return max((entry.updated_at for entry in self.entries), default=self.made_at)


def atom(feed: Feed) -> bytes:
    """The feed as Atom, in UTF-8."""
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})
    root.set(_LANG, feed.language)
    _text(root, "id", feed.id)
    _text(root, "title", one_line(feed.title))
    if feed.subtitle:
        _text(root, "subtitle", one_line(feed.subtitle))
    _text(root, "updated", _instant(feed.updated_at))
    _link(root, "self", feed.url, "application/atom+xml")
    _link(root, "alternate", feed.page, "text/html")
    author = etree.SubElement(root, f"{{{_ATOM}}}author")
    _text(author, "name", one_line(feed.title))
    if feed.home:
        _text(author, "uri", feed.home)
    for entry in feed.entries:
        _entry(root, entry)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    return written


def json_feed(feed: Feed) -> bytes:
    """The feed as JSON Feed 1.1 (jsonfeed.org), in UTF-8."""
    author = {"name": one_line(feed.title)} | ({"url": feed.home} if feed.home else {})
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": one_line(feed.title),
        "home_page_url": feed.page,
        "feed_url": feed.url,
        "description": one_line(feed.subtitle),
        "language": feed.language,
        "authors": [author],
        "items": [
            {
                "id": entry.id,
                "url": entry.url,
                "title": one_line(entry.title),
                "summary": one_line(entry.summary),
                "content_html": printable(entry.html),
                "date_published": _instant(entry.published_at),
                "date_modified": _instant(entry.updated_at),
            }
            for entry in feed.entries
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _entry(root: etree._Element, entry: FeedEntry) -> None:
    element = etree.SubElement(root, f"{{{_ATOM}}}entry")
    _text(element, "id", entry.id)
    _text(element, "title", one_line(entry.title))
    _text(element, "published", _instant(entry.published_at))
    _text(element, "updated", _instant(entry.updated_at))
    _link(element, "alternate", entry.url, "text/html")
    if entry.summary:
        _text(element, "summary", one_line(entry.summary))
    _text(element, "content", entry.html).set("type", "html")


def _text(parent: etree._Element, name: str, value: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{_ATOM}}}{name}")
    element.text = _NOT_XML.sub(" ", printable(value))
    return element


def _link(parent: etree._Element, relation: str, address: str, kind: str) -> None:
    etree.SubElement(parent, f"{{{_ATOM}}}link", rel=relation, type=kind, href=address)


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
