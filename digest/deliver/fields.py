"""Single header fields as bytes, each with its line ended, and addresses as the wire takes them; pure."""

import re
import unicodedata
from binascii import b2a_base64
from collections.abc import Sequence
from email.header import Header
from email.utils import quote
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import quote as percent_encode

from email_validator import validate_email

_BREAKS = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_UNSAFE_IN_ADDRESS = re.compile(r"[\x00-\x20\x7f-\x9f<>,;\u2028\u2029]")
_RESERVED = re.compile(r"[^A-Za-z0-9._~-]+")  # RFC 3986 section 2.3
_LONGEST_FEEDBACK = 60  # characters of a part
_URL_SAFE = "!#$%&'()*+,/:;=?@[]~"
_LINE = 78  # RFC 5322 section 2.1.1
_LONGEST_LINE = 998
_LONGEST_WORD_LINE = 76  # of a line with an encoded word, which itself may have 75 (RFC 2047 section 2)


@lru_cache(maxsize=8)
def wire_domain(domain: str) -> str:
    """The domain, or that of an address, in ASCII (RFC 5891)."""
    return wire_address(f"digest@{domain.rpartition('@')[2]}").partition("@")[2]


def wire_address(address: str) -> str:
    """The address as SMTP takes it: the domain in ASCII (RFC 5891), the rest as it is.

    Raises:
        ValueError: where it holds what an address in a header or command must not.
    """
    if address.isascii():
        return _checked(address)
    parts = validate_email(address, check_deliverability=False, allow_domain_literal=True, test_environment=True)
    return _checked(f"{parts.local_part}@{parts.ascii_domain}")


def text_field(field: str, value: str) -> bytes:
    """A header field of free text, in encoded words where it is not short plain ASCII (RFC 2047 section 2)."""
    line = f"{field}: {_BREAKS.sub(' ', value).strip(' ')}"
    if not _is_plain(line):
        line = f"{field}: {_encoded_words(field, line[len(field) + 2 :])}"
    return line.encode("ascii") + b"\r\n"


def mailbox_field(field: str, name: str, address: str) -> bytes:
    """A header field of one name and one address in angle brackets (RFC 5322 section 3.4)."""
    phrase = _BREAKS.sub(" ", name).strip(" ")
    if not phrase:
        return f"{field}: <{address}>\r\n".encode()
    words = f'"{quote(phrase)}"'
    if not _is_plain(f"{field}: {words}"):
        words = _encoded_words(field, phrase)
    last_line = f"{field}: {words}".rpartition("\r\n")[2]
    space = " " if len(last_line) + len(address) + 3 <= _LINE else "\r\n "
    return f"{field}: {words}{space}<{address}>\r\n".encode()


def list_id_field(name: str, list_id: str) -> bytes:
    """List-Id (RFC 2919), without the name where that would have to be in encoded words.

    Raises:
        ValueError: for a list id that would break the header.
    """
    phrase = _BREAKS.sub(" ", name).strip(" ")
    line = f'List-Id: "{quote(phrase)}" <{_checked(list_id)}>'
    if not phrase or not _is_plain(line):
        line = f"List-Id: <{list_id}>"
    return line.encode("ascii") + b"\r\n"


def _is_plain(line: str) -> bool:
    return line.isascii() and len(line) <= _LINE and "=?" not in line


def _encoded_words(field: str, text: str) -> str:
    word = f"=?utf-8?b?{b2a_base64(text.encode(), newline=False).decode()}?="
    if len(field) + len(": ") + len(word) <= _LONGEST_WORD_LINE:
        return word
    return Header(text, "utf-8", header_name=field).encode(linesep="\r\n")


def _checked(address: str) -> str:
    if _UNSAFE_IN_ADDRESS.search(address) or len(address) > 320:
        raise ValueError(f"{address!r} cannot stand in a mail's header")
    return address


def link_field(field: str, url: str, more: str = "") -> bytes:
    """A header field of one link in angle brackets (RFC 2369), and what follows it.

    It is never in encoded words and never folded: Gmail and Outlook would not show their button.

    Raises:
        ValueError: when the line would be too long.
    """
    line = f"{field}: <{percent_encode(url, safe=_URL_SAFE)}>{more}"
    if len(line) > _LONGEST_LINE:
        raise ValueError(f"a link in {field} is longer than a header line may be: {url[:60]}...")
    return line.encode("ascii") + b"\r\n"


def mailto(address: str) -> str:
    """The link that writes to an address (RFC 6068)."""
    local, _, domain = wire_address(address).rpartition("@")
    return f"mailto:{percent_encode(local, safe='+=')}@{domain}"


def feedback_field(parts: Sequence[str], domain: str) -> bytes:
    """Feedback-ID as Gmail's feedback loop reads it: unreserved characters only, never folded.

    Args:
        parts: up to three, the narrowest first.
        domain: in ASCII; the last part, the sender's, stays the same as long as this does, and has ten characters.
    """
    named = [unicodedata.normalize("NFKD", part).encode("ascii", "ignore").decode() for part in parts]
    clean = [_RESERVED.sub("-", name).strip("-")[:_LONGEST_FEEDBACK] for name in named]
    sender = blake2b(domain.encode(), digest_size=5).hexdigest()
    return f"Feedback-ID: {':'.join((*clean, sender))}\r\n".encode("ascii")
