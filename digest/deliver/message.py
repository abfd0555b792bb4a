"""Complete messages: prepared once for everybody, completed per person by joining bytes; pure.

Headers follow RFC 5322, 2047 (encoded words), 2369 and 8058 (help and unsubscribing), 2919 (List-Id), 3834
(Auto-Submitted) and, where there is a key, 6376 (DKIM). Lines end in CRLF, stay within 998 bytes in headers and 76 in
bodies, and are ASCII unless an address itself is not (RFC 6532).
"""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import cache
from hashlib import blake2b

from digest.config import Sender
from digest.deliver.courier import Envelope
from digest.deliver.dkim import Signing, prepare_signing
from digest.deliver.fields import (
    feedback_field,
    link_field,
    list_id_field,
    mailbox_field,
    mailto,
    text_field,
    wire_address,
    wire_domain,
)
from digest.deliver.transfer import Base64, QuotedPrintable, prepare_body
from digest.model import Field, Place, Recipient, Rendered, Sliced, Slot, Values

_BOUNDARY = b"=_alternative_="  # "=_" can stand neither in quoted-printable nor in base64 (RFC 2045 section 6.7)

_MULTIPART = (
    b"MIME-Version: 1.0\r\n",
    b'Content-Type: multipart/alternative; boundary="' + _BOUNDARY + b'"\r\n',
)
_END = b"--" + _BOUNDARY + b"--\r\n"
_ONE_CLICK = b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
_PERSONAL = (b"to", b"message-id", b"list-unsubscribe", b"list-unsubscribe-post")


@dataclass(frozen=True, kw_only=True, slots=True)
class PreparedMessage:
    """A message for everybody: only the person's own header fields and the values of places are missing."""

    sender: str  # the envelope's
    smtputf8: bool  # the sender's own address needs it
    head: bytes
    unsubscribe_email: str  # as a link, with the comma before it; empty without one
    text: QuotedPrintable | Base64
    html: QuotedPrintable | Base64
    signing: Signing | None
    subject: Sliced = ()  # where it differs from person to person

    def for_recipient(
        self, recipient: Recipient, *, values: Mapping[Place, str], message_id: str, unsubscribe_url: str | None
    ) -> bytes:
        """One person's message; also what an .eml file holds.

        Args:
            recipient: for the To line.
            values: one for each place, as plain text; escaped for HTML here.
            message_id: as `message_id` makes it.
            unsubscribe_url: takes a one-click POST (RFC 8058); None leaves both header fields out.

        Raises:
            ValueError: for an address or link that would break the header.
        """
        personal = [mailbox_field("To", recipient.name, wire_address(recipient.address))]
        personal.append(f"Message-ID: {message_id}\r\n".encode("ascii"))
        if self.subject:
            personal.insert(0, text_field("Subject", _filled(self.subject, values)))
        if unsubscribe_url is not None:
            personal += (link_field("List-Unsubscribe", unsubscribe_url, self.unsubscribe_email), _ONE_CLICK)
        body = [
            _part_head(b"plain", self.text.encoding),
            *self.text.pieces_for(values),
            self.text.end,
            _part_head(b"html", self.html.encoding),
        ]
        body += self.html.pieces_for({place: html.escape(values[place]) for place in self.html.places})
        body += (self.html.end, _END)
        message = [self.head, *personal, b"\r\n", *body]
        if self.signing:
            message.insert(0, self.signing.field(personal, body[1 + self.text.steady :]))
        return b"".join(message)

    def envelope(
        self,
        recipient: Recipient,
        *,
        values: Mapping[Place, str],
        message_id: str,
        unsubscribe_url: str | None,
        sender: str | None = None,
    ) -> Envelope:
        """One person's message with its envelope, which returns to `sender` where that is given.

        The other arguments and the errors are those of `for_recipient`.
        """
        message = self.for_recipient(recipient, values=values, message_id=message_id, unsubscribe_url=unsubscribe_url)
        address = wire_address(recipient.address)
        smtputf8 = self.smtputf8 or not address.isascii()
        return Envelope(sender=sender or self.sender, recipient=address, message=message, smtputf8=smtputf8)


def prepare_message(
    rendered: Rendered,
    *,
    sender: Sender,
    date: datetime,
    list_id: str | None = None,
    list_name: str = "",
    help_url: str | None = None,
    feedback: Sequence[str] = (),
) -> PreparedMessage:
    """Encode what every copy of a mail shares.

    Args:
        rendered: subject and bodies.
        sender: From, Reply-To, the envelope's sender, and the key that signs.
        date: the Date field, with its offset; the same for every copy, so that they are reproducible.
        list_id: such as ``weekly.example.org`` (RFC 2919), ASCII; None for a letter that is of no list, and has none of
            the header fields that tell about one.
        list_name: what people call it; told where it is short and ASCII.
        help_url: a page that tells about the list (List-Help); unless given, mail to whom replies go to.
        feedback: up to three parts, the narrowest first, by which providers count complaints (Feedback-ID).

    Raises:
        ValueError: for an address, link or list id that would break the header.
    """
    addresses = [wire_address(address) for address in (sender.email, sender.envelope, sender.reply_to) if address]
    from_, envelope_sender, *reply_to = addresses
    fields = [
        mailbox_field("From", sender.name, from_),
        *(() if rendered.own_subject else (text_field("Subject", rendered.subject),)),
        text_field("Date", format_datetime(date)),
        *(mailbox_field("Reply-To", "", address) for address in reply_to),
        *([] if list_id is None else _of_list(list_id, list_name, help_url or mailto(sender.reply_to or sender.email))),
        *([] if list_id is None else [feedback_field(feedback, wire_domain(from_))]),
        b"Auto-Submitted: auto-generated\r\n",
        *_MULTIPART,
    ]
    text = prepare_body(rendered.text)
    leave = sender.unsubscribe_email
    return PreparedMessage(
        sender=envelope_sender,
        smtputf8=not all(address.isascii() for address in addresses),
        head=b"".join(fields),
        unsubscribe_email=f", <{mailto(leave)}?subject=unsubscribe>" if leave else "",
        text=text,
        html=prepare_body(rendered.html),
        signing=_signing(sender, date, fields, text, personal=(b"subject",) * bool(rendered.own_subject) + _PERSONAL),
        subject=rendered.own_subject,
    )


def _of_list(list_id: str, list_name: str, help_url: str) -> tuple[bytes, ...]:
    return list_id_field(list_name, list_id), link_field("List-Help", help_url), b"Precedence: bulk\r\n"


def _filled(line: Sliced, values: Mapping[Place, str]) -> str:
    return "".join(values[piece] if isinstance(piece, Slot | Field) else piece for piece in line)


def _signing(
    sender: Sender,
    date: datetime,
    fields: Sequence[bytes],
    text: QuotedPrintable | Base64,
    *,
    personal: Sequence[bytes],
) -> Signing | None:
    if sender.dkim is None:
        return None
    nobody = Values(lambda _: "", {})
    return prepare_signing(
        sender.dkim,
        domain=wire_domain(sender.signing_domain),
        date=date,
        fields=fields,
        personal=personal,
        body=(
            _part_head(b"plain", text.encoding),
            *text.pieces_for(nobody)[: text.steady],
        ),
    )


def message_id(campaign: str, subscriber_id: int, domain: str) -> str:
    """The Message-ID of one campaign to one subscriber, with its angle brackets: always the same one.

    A second copy, should a doubt ever be settled by sending again, is then dropped by whoever has the first.
    """
    name = blake2b(f"{campaign}\0{subscriber_id}".encode(), digest_size=16).hexdigest()
    return f"<{name}@{wire_domain(domain)}>"


@cache
def _part_head(subtype: bytes, encoding: str) -> bytes:
    return (
        b"--" + _BOUNDARY + b"\r\nContent-Type: text/" + subtype + b'; charset="utf-8"\r\n'
        b"Content-Transfer-Encoding: " + encoding.encode() + b"\r\n\r\n"
    )
