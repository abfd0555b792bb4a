"""Kind ``feed``: RSS, Atom and JSON Feed."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser

from digest.collect.decode import looks_like_html
from digest.collect.found import Document, Fetched, Found
from digest.config import SourceConfig
from digest.errors import SourceError
from digest.markup import html_to_text, one_line

_MAX_KEY = 200  # characters; a longer id is kept as its hash


def parse_feed(source: SourceConfig, fetched: Fetched) -> tuple[Found, ...]:
    """The entries of a feed, in its order; of entries with the same id the first.

    Raises:
        SourceError: saying what was found where a feed was promised.
    """
    entries: dict[str, Found] = {}
    for document in fetched.documents:
        place = f"source {source.name}: {document.url or document.name}"
        if looks_like_html(document.content):
            raise SourceError(f"{place}: HTML where a feed was promised; look in that page for the feed's own address")
        if document.content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            found = _json_feed(place, document)
        else:
            found = _xml_feed(place, document)
        for entry in found:
            entries.setdefault(entry.key, entry)
    return tuple(entries.values())


def _xml_feed(place: str, document: Document) -> Iterable[Found]:
    headers = {"content-type": document.content_type or "application/xml"}
    if document.url:
        headers["content-location"] = document.url
    try:
        parsed = feedparser.parse(BytesIO(document.content), response_headers=headers)
    except (
        ArithmeticError,
        AssertionError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        # feedparser lets these through on damaged declarations and dates
        raise SourceError(f"{place}: the feed cannot be read: {one_line(str(error))}") from None
    if not parsed.entries and not parsed.get("version"):
        raise SourceError(f"{place}: neither RSS, Atom nor JSON Feed; check the address")
    harmless = (feedparser.NonXMLContentType, feedparser.CharacterEncodingOverride)
    if not parsed.entries and parsed.bozo and not isinstance(parsed.bozo_exception, harmless):
        raise SourceError(f"{place}: the feed cannot be read: {one_line(str(parsed.bozo_exception))}")
    return [_xml_entry(entry, document.url) for entry in parsed.entries]


def _xml_entry(entry: Any, base: str | None) -> Found:
    details = entry.get("title_detail") or {}
    title = entry.get("title") or ""
    body = (entry.get("content") or [entry.get("summary_detail") or {}])[0]
    value, plain = body.get("value") or "", body.get("type") == "text/plain"
    link = _absolute(entry.get("link"), base)
    return Found(
        key=_key(entry.get("id"), link, title, value),
        title=html_to_text(title) if "html" in details.get("type", "") else one_line(title),
        author=entry.get("author") or None,
        categories=_distinct(tag.get("label") or tag.get("term") or "" for tag in entry.get("tags") or ()),
        url=link,
        text=value if plain else "",
        html="" if plain else value,
        base_url=link or base,
        published_at=_utc(dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")),
    )


def _utc(parsed: Any) -> datetime | None:
    if parsed is None or not 1970 <= parsed[0] <= 2200:
        return None
    try:
        year, month, day, hour, minute, second = parsed[:6]
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def _json_feed(place: str, document: Document) -> Iterable[Found]:
    """JSON Feed 1.1 (jsonfeed.org/version/1.1)."""
    try:
        feed = json.loads(document.content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{place}: the JSON cannot be read: {error}") from None
    if not isinstance(feed, dict) or "jsonfeed.org" not in str(feed.get("version")):
        raise SourceError(f"{place}: JSON, but no JSON Feed; its version should name jsonfeed.org")
    items = feed.get("items")
    if not isinstance(items, list):
        raise SourceError(f"{place}: a JSON Feed without items")
    return [_json_item(item, document.url) for item in items if isinstance(item, dict)]


def _json_item(item: Mapping[str, Any], base: str | None) -> Found:
    link = _absolute(_text(item.get("url")) or _text(item.get("external_url")), base)
    html, text, title = (_text(item.get(name)) for name in ("content_html", "content_text", "title"))
    authors = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    names = [_text(author.get("name")) for author in authors or () if isinstance(author, dict)]
    tags = item.get("tags")
    return Found(
        key=_key(_text(item.get("id")), link, title, html or text),
        title=title,
        author=", ".join(name for name in names if name) or None,
        categories=_distinct(_text(tag) for tag in (tags if isinstance(tags, list) else ())),
        url=link,
        text=text if not html else "",
        html=html,
        base_url=link or base,
        summary=_text(item.get("summary")),
        published_at=_rfc3339(_text(item.get("date_published"))),
    )


def _text(value: Any) -> str:
    """A JSON value as text without lone surrogates, which are no characters; "" for what is not text."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) < 10**30 else ""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _rfc3339(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if 1970 <= moment.year <= 2200 and moment.tzinfo is not None else None


def _absolute(link: str | None, base: str | None) -> str | None:
    try:
        url = urljoin(base or "", link.strip()) if link and link.strip() else ""
        return url if urlsplit(url).scheme in {"http", "https"} and urlsplit(url).hostname else None
    except ValueError:
        return None


def _key(identifier: str | None, link: str | None, title: str, body: str) -> str:
    key = one_line(identifier or "") or link or sha256((title or body).encode("utf-8", "replace")).hexdigest()[:16]
    return key if len(key) <= _MAX_KEY else sha256(key.encode("utf-8", "replace")).hexdigest()


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in map(one_line, names) if name))
