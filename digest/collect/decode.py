"""Bytes to text, in the encoding they are in; what a server or config.toml says of it may be wrong."""

import codecs
import re
from email.message import Message

from digest.collect.found import Document, Source
from digest.errors import Problem, SourceError
from digest.model import Told

# The encodings of the web (encoding.spec.whatwg.org) by Python's names. Python knows others, and some of those are
# escapes or take time that grows with the square of the length.
_WEB = re.compile(
    r"ascii|utf-8|utf-8-sig|utf-16|utf-16-le|utf-16-be|utf-32|utf-32-le|utf-32-be|iso8859-\d{1,2}|cp125\d|cp866|cp874"
    r"|koi8-[ru]|mac-(?:roman|cyrillic)|gb2312|gbk|gb18030|big5|big5hkscs|euc_jp|euc_kr|shift_jis|cp932|cp949|iso2022_jp"
)
_MAX_HEADER = 1_000  # characters
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class NotTextError(SourceError):
    """One document is not in the encoding it should be in; others of its source may be."""

    def __init__(self, source: str, problem: Problem) -> None:
        super().__init__(Told("of_source", source=source, why=problem.told))
        self.problem = problem


def decode(source: Source, document: Document) -> str:
    """The text of a document, without a byte-order mark.

    A byte-order mark decides. Text that is valid UTF-8 is UTF-8, though the server may say Latin-1, as many do of
    everything. Else it is what the server says, where that is an encoding of the web, and else what config.toml says.

    Raises:
        NotTextError: naming the first byte that does not fit, and the way out.
        SourceError: when config.toml names no encoding.
    """
    configured = web_encoding(source.encoding)
    if configured is None:
        raise SourceError(Told("of_source", source=source.name, why=Told("encoding", name=source.encoding)))
    encoding = _encoding(document, configured)
    try:
        return document.content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = document.content.count(b"\n", 0, error.start) + 1
        where = Told("line_of", name=document.name, number=str(line))
        problem = Problem(where=where, what=Told("not_encoded", encoding=encoding))
        raise NotTextError(source.name, problem) from None


def web_encoding(name: str | None) -> str | None:
    """Python's name of an encoding of the web, or None; ASCII and Latin-1 mean Windows-1252, as they do in browsers."""
    try:
        known = codecs.lookup(name).name if name else ""
    except (LookupError, ValueError):
        return None
    if known in {"ascii", "iso8859-1"}:
        return "cp1252"
    return known if _WEB.fullmatch(known) else None


def _encoding(document: Document, configured: str) -> str:
    marked = next((name for mark, name in _MARKS if document.content.startswith(mark)), None)
    if marked:
        return marked
    stated = web_encoding(charset(document.content_type))
    if (stated or configured).startswith(("utf-16", "utf-32", "iso2022")):  # in which anything may look like UTF-8
        return stated or configured
    try:
        document.content.decode()
    except UnicodeDecodeError:
        told = (stated, configured)
        return next((name for name in told if name not in {None, "utf-8"}), "utf-8")
    return "utf-8"


def charset(content_type: str | None) -> str | None:
    """The charset parameter of a Content-Type (RFC 9110 section 8.3)."""
    if not content_type:
        return None
    message = Message()
    message["Content-Type"] = content_type[:_MAX_HEADER]
    named = message.get_param("charset")
    return named if isinstance(named, str) else None


def looks_like_html(content: bytes) -> bool:
    """Whether this is a web page, whatever it was announced as."""
    start = content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body"))
