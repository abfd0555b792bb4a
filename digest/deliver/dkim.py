"""DKIM signatures (RFC 6376; Ed25519 by RFC 8463), prepared once for everybody and completed per person; pure.

Headers are canonicalised as relaxed. The body is signed as simple, which is its own bytes: a `PreparedMessage` has
no body that ends in an empty line. Every signed field is named once more than it stands, so that none can be added
(RFC 6376 section 8.15).
"""

import re
from binascii import b2a_base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from textwrap import wrap
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from digest.config import Dkim, SigningKey

if TYPE_CHECKING:
    from hashlib import _Hash

SIGNED = (
    b"from",
    b"to",
    b"subject",
    b"date",
    b"message-id",
    b"reply-to",
    b"mime-version",
    b"content-type",
    b"list-id",
    b"list-unsubscribe",
    b"list-unsubscribe-post",
    b"list-help",
    b"feedback-id",
    b"auto-submitted",
)
"""The fields that are signed; RFC 8058 section 4 asks for both of unsubscribing."""

_SPACE = re.compile(rb"[ \t\r\n]+")
_LINE = 74  # of 78, less what stands before it


@dataclass(frozen=True, kw_only=True, slots=True)
class Signing:
    """What the signatures of all copies share."""

    key: SigningKey
    fields: bytes  # the signed fields of everybody, canonical
    opening: bytes  # the signature's field up to the body's hash
    relaxed_opening: bytes
    body: "_Hash"  # of what every copy's body begins with; copied, never updated

    def field(self, personal: Sequence[bytes], body: Iterable[bytes]) -> bytes:
        """The DKIM-Signature field of one copy, to stand before all others.

        Args:
            personal: the copy's own header fields, those that `prepare` was told of, in any order.
            body: the pieces of the body after those that `prepare` was given.
        """
        hashed = self.body.copy()
        for piece in body:
            hashed.update(piece)
        body_hash = b2a_base64(hashed.digest(), newline=False)
        signed = b"".join((self.fields, *map(relaxed, personal), self.relaxed_opening, body_hash, b"; b="))
        signature = b2a_base64(_sign(self.key, signed), newline=False)
        lines = [signature[start : start + _LINE] for start in range(0, len(signature), _LINE)]
        return b"".join((self.opening, body_hash, b";\r\n b=", b"\r\n ".join(lines), b"\r\n"))


def prepare_signing(
    dkim: Dkim,
    *,
    domain: str,
    date: datetime,
    fields: Sequence[bytes],
    personal: Sequence[bytes],
    body: Iterable[bytes],
) -> Signing:
    """Canonicalise and hash what every copy shares.

    Args:
        dkim: selector and key.
        domain: who signs, in ASCII.
        date: of the signature.
        fields: the header fields that every copy has; those not in `SIGNED` are left alone.
        personal: the names, in lower case, of the signed fields that each copy adds, in the order of `Signing.field`.
            One that a copy leaves out is signed as absent.
        body: the first pieces of every copy's body.
    """
    shared = [field for field in fields if _name(field) in SIGNED]
    names = [*map(_name, shared), *personal]
    algorithm = "rsa" if isinstance(dkim.key, RSAPrivateKey) else "ed25519"
    listed = b": ".join(names + names).decode()
    tags = (
        f"DKIM-Signature: v=1; a={algorithm}-sha256; c=relaxed/simple; t={int(date.timestamp())};",
        f"d={domain};",
        f"s={dkim.selector};",
        *(line.replace(": ", ":") for line in wrap(f"h={listed};", _LINE, break_on_hyphens=False)),
        "bh=",
    )
    opening = "\r\n ".join(tags).encode("ascii")
    hashed = sha256()
    for piece in body:
        hashed.update(piece)
    return Signing(
        key=dkim.key,
        fields=b"".join(map(relaxed, shared)),
        opening=opening,
        relaxed_opening=relaxed(opening).removesuffix(b"\r\n"),
        body=hashed,
    )


def relaxed(field: bytes) -> bytes:
    """A header field in the relaxed form (RFC 6376 section 3.4.2), its line ended."""
    name, _, value = field.partition(b":")
    return name.strip(b" \t").lower() + b":" + _SPACE.sub(b" ", value).strip(b" ") + b"\r\n"


def _name(field: bytes) -> bytes:
    return field.partition(b":")[0].lower()


def _sign(key: SigningKey, signed: bytes) -> bytes:
    if isinstance(key, RSAPrivateKey):
        return key.sign(signed, PKCS1v15(), SHA256())
    return key.sign(sha256(signed).digest())  # RFC 8463 section 3: the hash is what Ed25519 signs
