"""Bytes to text, in the encoding that the server or config.toml names."""

from email.message import Message

from digest.collect.found import Document
from digest.config import SourceConfig
from digest.errors import SourceError


def decode(source: SourceConfig, document: Document) -> str:
    """The text of a document, without a byte-order mark.

    Raises:
        SourceError: naming the first byte that does not fit, and the way out.
    """
    encoding = _charset(document.content_type) or source.encoding
    place = f"source {source.name}: {document.name}"
    try:
        return document.content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = document.content.count(b"\n", 0, error.start) + 1
        fix = 'save it as UTF-8, or name its encoding in config.toml, such as encoding = "cp1252"'
        raise SourceError(f"{place}, line {line}: this is not {encoding}; {fix}") from None
    except (LookupError, ValueError):
        raise SourceError(f'{place}: "{encoding}" is no known encoding; write encoding = "utf-8"') from None


def _charset(content_type: str | None) -> str | None:
    """The charset parameter of a Content-Type (RFC 9110 section 8.3)."""
    if not content_type:
        return None
    message = Message()
    message["Content-Type"] = content_type
    charset = message.get_param("charset")
    return charset if isinstance(charset, str) else None


def looks_like_html(content: bytes) -> bool:
    """Whether this is a web page, whatever it was announced as."""
    start = content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body"))
