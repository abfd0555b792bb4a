"""Complete messages: prepared once for everybody, completed per person by joining bytes; pure.

Headers follow RFC 5322, 2047 (encoded words), 2369 and 8058 (unsubscribing), 2919 (List-Id) and 3834
(Auto-Submitted). Lines end in CRLF, stay within 998 bytes in headers and 76 in bodies, and are ASCII unless an
address itself is not (RFC 6532).
"""

import html
import re
from binascii import b2a_base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, quote
from functools import cache, lru_cache
from hashlib import blake2b
from urllib.parse import quote as percent_encode

from email_validator import validate_email

from digest.config import Sender
from digest.deliver.courier import Envelope
from digest.deliver.transfer import Base64, QuotedPrintable, prepare_body
from digest.model import Recipient, Rendered, Slot

_BREAKS = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_UNSAFE_IN_ADDRESS = re.compile(r"[\x00-\x20\x7f-\x9f<>,;\u2028\u2029]")
_LINE = 78  # RFC 5322 section 2.1.1
_LONGEST_LINE = 998
_LONGEST_WORD_LINE = 76  # of a line with an encoded word, which itself may have 75 (RFC 2047 section 2)
_BOUNDARY = b"=_alternative_="  # "=_" can stand neither in quoted-printable nor in base64 (RFC 2045 section 6.7)

_MULTIPART = b'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="' + _BOUNDARY + b'"\r\n\r\n'
_END = b"--" + _BOUNDARY + b"--\r\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """A message for everybody: only the person's own header fields and slot values are missing."""

    sender: str  # the envelope's
    smtputf8: bool  # the sender's own address needs it
    head: bytes
    text: QuotedPrintable | Base64
    html: QuotedPrintable | Base64

    def for_recipient(
        self, recipient: Recipient, *, values: Mapping[Slot, str], message_id: str, unsubscribe_url: str | None
    ) -> bytes:
        """One person's message; also what an .eml file holds.

        Args:
            recipient: for the To line.
            values: one for each slot, as plain text; escaped for HTML here.
            message_id: as `message_id` makes it.
            unsubscribe_url: takes a one-click POST (RFC 8058); None leaves both header fields out.

        Raises:
            ValueError: for an address or link that would break the header.
        """
        pieces = [self.head, mailbox_field("To", recipient.name, wire_address(recipient.address))]
        pieces.append(f"Message-ID: {message_id}\r\n".encode("ascii"))
        if unsubscribe_url is not None:
            pieces.append(_unsubscribe_fields(unsubscribe_url))
        pieces += (_MULTIPART, _part_head(b"plain", self.text.encoding))
        pieces += self.text.pieces_for(values)
        pieces += (b"\r\n", _part_head(b"html", self.html.encoding))
        pieces += self.html.pieces_for({slot: html.escape(values[slot]) for slot in self.html.slots})
        pieces += (b"\r\n", _END)
        return b"".join(pieces)

    def envelope(
        self, recipient: Recipient, *, values: Mapping[Slot, str], message_id: str, unsubscribe_url: str | None
    ) -> Envelope:
        """One person's message with its envelope; arguments and errors as for `for_recipient`."""
        message = self.for_recipient(recipient, values=values, message_id=message_id, unsubscribe_url=unsubscribe_url)
        address = wire_address(recipient.address)
        smtputf8 = self.smtputf8 or not address.isascii()
        return Envelope(sender=self.sender, recipient=address, message=message, smtputf8=smtputf8)


def prepare_message(
    rendered: Rendered, *, sender: Sender, date: datetime, list_id: str, list_name: str = ""
) -> Prepared:
    """Encode what every copy of a mail shares.

    Args:
        rendered: subject and bodies.
        sender: From, Reply-To and the envelope's sender.
        date: the Date field, with its offset; the same for every copy, so that they are reproducible.
        list_id: such as ``weekly.example.org`` (RFC 2919), ASCII.
        list_name: what people call it.

    Raises:
        ValueError: for an address or list id that would break the header.
    """
    addresses = [wire_address(address) for address in (sender.email, sender.envelope, sender.reply_to) if address]
    from_, envelope_sender, *reply_to = addresses
    fields = [
        mailbox_field("From", sender.name, from_),
        text_field("Subject", rendered.subject),
        text_field("Date", format_datetime(date)),
        *(mailbox_field("Reply-To", "", address) for address in reply_to),
        mailbox_field("List-Id", list_name, _checked(list_id)),
        b"Auto-Submitted: auto-generated\r\n",
        b"Precedence: bulk\r\n",
    ]
    return Prepared(
        sender=envelope_sender,
        smtputf8=not all(address.isascii() for address in addresses),
        head=b"".join(fields),
        text=prepare_body(rendered.text),
        html=prepare_body(rendered.html),
    )


def message_id(campaign: str, subscriber_id: int, domain: str) -> str:
    """The Message-ID of one campaign to one subscriber, with its angle brackets: always the same one.

    A second copy, should a doubt ever be settled by sending again, is then dropped by whoever has the first.
    """
    name = blake2b(f"{campaign}\0{subscriber_id}".encode(), digest_size=16).hexdigest()
    return f"<{name}@{_wire_domain(domain)}>"


@lru_cache(maxsize=8)
def _wire_domain(domain: str) -> str:
    return wire_address(f"digest@{domain}").partition("@")[2]


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


def _unsubscribe_fields(url: str) -> bytes:
    # Never in encoded words, never folded: Gmail and Outlook would not show their button.
    link = percent_encode(url, safe="!#$%&'()*+,/:;=?@[]~")
    if len(link) > _LONGEST_LINE - len("List-Unsubscribe: <>"):
        raise ValueError(f"the unsubscribe link is longer than a header line may be: {link[:60]}...")
    return f"List-Unsubscribe: <{link}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n".encode("ascii")


@cache
def _part_head(subtype: bytes, encoding: str) -> bytes:
    return (
        b"--" + _BOUNDARY + b"\r\nContent-Type: text/" + subtype + b'; charset="utf-8"\r\n'
        b"Content-Transfer-Encoding: " + encoding.encode() + b"\r\n\r\n"
    )
