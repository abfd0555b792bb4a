"""Kind ``feed``: RSS, Atom and JSON Feed.

What an entry is known by is decided in `digest.collect.identity`.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import feedparser

from digest.collect.decode import charset, looks_like_html, web_encoding
from digest.collect.feed_parser import parse_xml
from digest.collect.found import Document, Fetched, Found, Source, place_in, refused
from digest.collect.identity import keyed, told_apart
from digest.collect.stated import distinct, web_url
from digest.errors import Problem
from digest.model import Quoted, Told
from digest.text.markup import MAX_CHARACTERS, html_to_text, one_line

_MAX_TAGS = 30_000  # outside of CDATA; feedparser takes up to 80 microseconds for each
_MAX_ENTRIES = 2_000  # of more the first, and none of more than twice as many
_MAX_PREAMBLE = 4_000  # bytes before the first element
_MAX_PREFIXES = 100  # of namespaces; feedparser looks through them for each tag
_MAX_VALUES = 300_000  # of a JSON Feed: objects and lists
_MAX_TEXTS = 500_000
_MAX_ATTRIBUTES = 100  # of one element; feedparser takes time that grows with their square
_MAX_NAMED = 100  # authors, or categories, of one entry
_ATTRIBUTE = re.compile(rb"""=\s*["']""")
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})""")
_PREAMBLE = re.compile(rb"<\?.*?\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^>]*>\s*", re.DOTALL | re.IGNORECASE)
_FEED = re.compile(rb"<(?:rss|feed|rdf:RDF)\b", re.IGNORECASE)
_NO_TAGS = re.compile(rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)", re.DOTALL)
_ENTRY = re.compile(rb"<(?:[^\s<>/:]{1,40}:)?(?:item|entry)\b", re.IGNORECASE)
_ELEMENT = re.compile(rb"<\w")
_PREFIX = re.compile(rb"xmlns:([^\s=]{1,200})")
_OWN_ENTITY = re.compile(rb"<!ENTITY[^>]{41}", re.IGNORECASE)
_EBCDIC = b"\x4c\x6f\xa7\x94"  # "<?xm"


def is_feed(document: Document) -> bool:
    """Whether a document is a feed, whatever it was announced as."""
    start = document.content[:4000].replace(b"\0", b"")  # UTF-16
    if start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        return b"jsonfeed.org" in start
    place = start.find(b"<", 0, 21)
    while place >= 0 and (preamble := _PREAMBLE.match(start, place)):
        place = preamble.end()
    return place >= 0 and _FEED.match(start, place) is not None


def parse_feed(source: Source, fetched: Fetched) -> tuple[Found | Problem, ...]:
    """The entries of a feed, in its order, each once; and which different ones share an id.

    Raises:
        SourceError: saying what was found where a feed was promised.
    """
    entries: dict[str, Found] = {}
    problems: list[Problem] = []
    for document in fetched.documents:
        place = place_in(source, document)
        if looks_like_html(document.content):
            raise refused(place, "feed_html")
        if document.content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            found, site = _json_feed(place, document)
        else:
            found, site = _xml_feed(place, document)
        if len(found) > _MAX_ENTRIES:
            what = Told("feed_first", most=f"{_MAX_ENTRIES:,}", number=f"{len(found):,}")
            problems.append(Problem(where=Told("the_feed"), what=what, fix=Told("feed_shorter")))
        apart, complaints = told_apart(found[:_MAX_ENTRIES])
        problems += complaints
        for entry in keyed(apart, site):
            entries.setdefault(entry.key, entry)
    return (*entries.values(), *problems)


def _xml_feed(place: str, document: Document) -> tuple[list[Found], str | None]:
    _refuse_bombs(place, document.content)
    stated = document.content_type or "application/xml"
    known = charset(stated) is None or web_encoding(charset(stated))
    headers = {"content-type": stated if known else "application/xml"}
    if document.url:
        headers["content-location"] = document.url
    try:
        parsed = parse_xml(document.content, headers)
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
        raise refused(place, "feed_unread", said=Quoted(one_line(str(error)))) from None
    if not parsed.entries and not parsed.get("version"):
        raise refused(place, "feed_none")
    harmless = (feedparser.NonXMLContentType, feedparser.CharacterEncodingOverride)
    if not parsed.entries and parsed.bozo and not isinstance(parsed.bozo_exception, harmless):
        raise refused(place, "feed_unread", said=Quoted(one_line(str(parsed.bozo_exception))))
    site = web_url(parsed.feed.get("link"), document.url)
    writers = parsed.feed.get("authors") if str(parsed.get("version")).startswith("atom") else None
    return [_xml_entry(entry, document.url or site, writers) for entry in parsed.entries], site


def _refuse_bombs(place: str, content: bytes) -> None:
    """Refuse what would keep feedparser busy for minutes, in any encoding that it would see through."""
    content = content.replace(b"\0", b"")  # UTF-16 and UTF-32
    declared = _DECLARED.search(content[:1000])
    name = declared[1].decode("ascii", "replace") if declared else "EBCDIC" if content.startswith(_EBCDIC) else "utf-8"
    if not web_encoding(name):
        raise refused(place, "feed_encoding", name=name)
    first = _ELEMENT.search(content)
    preamble = content[: first.start()] if first else content
    content = _NO_TAGS.sub(b"<", content[len(preamble) :])
    if len(preamble) > _MAX_PREAMBLE:
        raise refused(place, "feed_preamble", number=f"{_MAX_PREAMBLE:,}")
    if _OWN_ENTITY.search(preamble):
        raise refused(place, "feed_entities")
    if len(set(_PREFIX.findall(content))) > _MAX_PREFIXES:
        raise refused(place, "feed_namespaces", number=str(_MAX_PREFIXES))
    if len(_ENTRY.findall(content)) > 2 * _MAX_ENTRIES:
        raise refused(place, "feed_entries", number=f"{2 * _MAX_ENTRIES:,}")
    parts = content.split(b"<", _MAX_TAGS)
    if len(parts) > _MAX_TAGS:
        raise refused(place, "feed_tags", number=f"{_MAX_TAGS:,}")
    if any(part.count(b"=") > _MAX_ATTRIBUTES < len(_ATTRIBUTE.findall(part)) for part in parts):
        raise refused(place, "feed_attributes", number=str(_MAX_ATTRIBUTES))


def _xml_entry(entry: Any, base: str | None, writers: Any) -> Found:
    details = entry.get("title_detail") or {}
    title = entry.get("title") or ""
    bodies = [*(entry.get("content") or ()), entry.get("summary_detail") or {}]
    body = next((one for one in bodies if "html" in (one.get("type") or "") and one.get("value")), bodies[0])
    value, plain = (body.get("value") or "")[:MAX_CHARACTERS], body.get("type") == "text/plain"
    base = web_url(body.get("base") or details.get("base"), base) or base
    link = web_url(entry.get("link"), base)
    pictures = (web_url(url, base) for url in _pictures(entry))
    return Found(
        key=one_line(entry.get("id") or ""),
        title=html_to_text(title) if "html" in details.get("type", "") else one_line(title),
        # Without an author of its own an Atom entry has the feed's (RFC 4287 section 4.2.1).
        author=_names(author.get("name") or "" for author in entry.get("authors") or writers or ()),
        categories=_categories(entry.get("tags") or ()),
        url=link,
        text=value if plain else "",
        html="" if plain else value,
        base_url=base if body.get("base") else link or base,
        image_url=next((url for url in pictures if url), None),
        published_at=_utc(dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")),
    )


def _pictures(entry: Any) -> Iterator[str]:
    """The addresses of pictures that stand for an entry: Media RSS first, then enclosures."""
    for media in entry.get("media_content") or ():
        if media.get("medium") == "image" or (media.get("type") or "").startswith("image/"):
            yield media.get("url") or ""
    for link in entry.get("links") or ():
        if link.get("rel") == "enclosure" and (link.get("type") or "").startswith("image/"):
            yield link.get("href") or ""
    for thumbnail in entry.get("media_thumbnail") or ():
        yield thumbnail.get("url") or ""


def _names(names: Iterable[str]) -> str | None:
    """Authors by name; an address alone is nobody's to publish."""
    return ", ".join(name for name in distinct(names) if "@" not in name) or None


def _categories(tags: Iterable[Any]) -> tuple[str, ...]:
    """Labels, else terms; a term that is an address is for machines."""
    names = (tag.get("label") or tag.get("term") or "" for tag in tags)
    return distinct(name for name in names if not name.startswith(("http://", "https://")))


def _utc(parsed: Any) -> datetime | None:
    if parsed is None or not 1970 <= parsed[0] <= 2200:
        return None
    try:
        year, month, day, hour, minute, second = parsed[:6]
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def _json_feed(place: str, document: Document) -> tuple[list[Found], str | None]:
    """JSON Feed 1.1 (jsonfeed.org/version/1.1)."""
    content = document.content
    if content.count(b"{") + content.count(b"[") > _MAX_VALUES or content.count(b'"') > 2 * _MAX_TEXTS:
        raise refused(place, "feed_values")
    try:
        feed = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise refused(place, "json_unread", said=Quoted(error)) from None
    if not isinstance(feed, dict) or "jsonfeed.org" not in str(feed.get("version")):
        raise refused(place, "json_no_feed")
    items = feed.get("items")
    if not isinstance(items, list):
        raise refused(place, "json_no_items")
    site = web_url(_text(feed.get("home_page_url")), document.url)
    base = document.url or site or web_url(_text(feed.get("feed_url")))
    writers = feed.get("authors")
    return [_json_item(item, base, writers) for item in items if isinstance(item, dict)], site


def _json_item(item: Mapping[str, Any], base: str | None, writers: Any) -> Found:
    link = web_url(_text(item.get("url")) or _text(item.get("external_url")), base)
    html, text, title = (_text(item.get(name)) for name in ("content_html", "content_text", "title"))
    stated = (item.get("authors"), [item.get("author")], writers)
    authors = next((each for each in stated if isinstance(each, list) and any(each)), ())
    tags = item.get("tags")
    tags = tags[:_MAX_NAMED] if isinstance(tags, list) else ()
    return Found(
        key=one_line(_text(item.get("id"))),
        title=title,
        author=_names(_text(author.get("name")) for author in authors[:_MAX_NAMED] if isinstance(author, dict)),
        categories=distinct(map(_text, tags)),
        url=link,
        text=text if not html else "",
        html=html,
        base_url=link or base,
        summary=_text(item.get("summary")),
        image_url=web_url(_text(item.get("image")) or _text(item.get("banner_image")), base),
        published_at=_rfc3339(_text(item.get("date_published"))),
    )


def _text(value: Any) -> str:
    """A JSON value as text without lone surrogates, which are no characters; "" for what is not text."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) < 10**30 else ""
    return value[:MAX_CHARACTERS].encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _rfc3339(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if 1970 <= moment.year <= 2200 and moment.tzinfo is not None else None
