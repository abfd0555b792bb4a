"""feedparser held to a budget: the few of its steps that take time growing with the square of a feed, kept short.

feedparser offers no way to pass it parsers of one's own, so these take the place of the two that it makes. It would
also clean every body and make its links absolute, in Python: both are done here anyway, by `digest.text.markup`.
"""

import re
from io import BytesIO
from typing import Any
from xml.parsers.expat import XMLParserType
from xml.sax.expatreader import ExpatParser

import feedparser
import feedparser.api

_MAX_AUTHOR = 200  # characters that are looked through for an address
_MAX_CATEGORIES = 100  # of one entry; each new one is compared with all
_MAX_DAMAGED = 1_000_000  # characters of a feed that is no XML; these are read in Python, tag by tag
_MAX_DAMAGED_TAGS = 30_000
_PIECE = 65_536  # characters of text at a time
_MAX_DECLARATION = 1_000  # bytes
_WIDE = (  # UTF-16 and UTF-32, with a byte-order mark and without
    *((mark, "utf-32-le") for mark in (b"\xff\xfe\0\0", b"<\0\0\0")),
    *((mark, "utf-32-be") for mark in (b"\0\0\xfe\xff", b"\0\0\0<")),
    *((mark, "utf-16-le") for mark in (b"\xff\xfe", b"<\0")),
    *((mark, "utf-16-be") for mark in (b"\xfe\xff", b"\0<")),
)
_NO_NAME = re.compile(r"[\w.+-]{65}", re.ASCII)  # nor an address: RFC 5321 section 4.5.3.1.1


class _Bounded:
    def _sync_author_detail(self: Any, key: str = "author") -> None:
        context = self._get_context()
        if author := context.get(key):
            context[key] = "" if _NO_NAME.search(author[:_MAX_AUTHOR]) else author[:_MAX_AUTHOR]
        super()._sync_author_detail(key)  # type: ignore[misc]

    def _add_tag(self: Any, term: str | None, scheme: str | None, label: str | None) -> None:
        if len(self._get_context().get("tags") or ()) < _MAX_CATEGORIES:
            super()._add_tag(term, scheme, label)  # type: ignore[misc]


class _Strict(_Bounded, feedparser.api.StrictFeedParser):  # type: ignore[misc]
    pass


class _InLargePieces(ExpatParser):
    """Gives text in pieces of a buffer; left alone, expat gives it line by line and reference by reference."""

    def reset(self) -> None:
        super().reset()
        expat: XMLParserType = self._parser  # type: ignore[attr-defined]  # not in the stubs
        expat.buffer_text = True
        expat.buffer_size = _PIECE


def create_parser() -> ExpatParser:
    """The parser of XML that feedparser is to take: how `xml.sax.make_parser` asks a module for its own."""
    return _InLargePieces()


class _Loose(_Bounded, feedparser.api.LooseFeedParser):  # type: ignore[misc]
    def feed(self, data: str) -> None:
        if len(data) > _MAX_DAMAGED or data.count("<") > _MAX_DAMAGED_TAGS:
            raise ValueError("it is no well-formed XML, and too large to be read in spite of that")
        super().feed(data)


feedparser.api.PREFERRED_XML_PARSERS = [__name__]
feedparser.api.StrictFeedParser = _Strict
feedparser.api.LooseFeedParser = _Loose


def parse_xml(content: bytes, headers: dict[str, str]) -> Any:
    """What feedparser makes of a feed, its bodies as they stand.

    Args:
        content: RSS or Atom, in any encoding.
        headers: of the answer that held it, their names in small letters.

    Raises:
        ValueError: where its declaration has no end, or it is damaged and large; feedparser lets others through.
    """
    return feedparser.parse(
        BytesIO(_declaration_alone(content)),
        response_headers=headers,
        resolve_relative_uris=False,
        sanitize_html=False,
    )


def _declaration_alone(content: bytes) -> bytes:
    """A feed with its XML declaration on a line alone: feedparser looks through all of that line for an encoding."""
    encoding = next((name for mark, name in _WIDE if content.startswith(mark)), "latin-1")
    start = content[:_MAX_DECLARATION].decode(encoding, "replace")
    if not start.lstrip("\ufeffï»¿").startswith("<?"):
        return content
    end = start.find("?>") + len("?>")
    if end < len("<??>"):
        raise ValueError(f"its XML declaration has no end within {_MAX_DECLARATION:,} bytes")
    place = len(start[:end].encode(encoding, "replace"))
    return content[:place] + "\n".encode(encoding) + content[place:]
