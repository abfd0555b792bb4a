"""Signed, scoped tokens for the links in a mail; pure.

A token is a short payload under AES-SIV (RFC 5297): deterministic, authenticated, and it says nothing in
clear. The scope is authenticated beside it, so that a token for one purpose is refused for any other.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from digest.errors import TokenError


class Scope(StrEnum):
    """What a token may be used for."""

    UNSUBSCRIBE = "unsubscribe"  # payload: subscriber id, then list ids
    VIEW = "view"  # payload: campaign id
    ITEM = "item"  # payload: item id


@lru_cache(maxsize=8)
def _cipher(secret: str) -> AESSIV:
    return AESSIV(sha256(b"digest tokens 1\0" + secret.encode()).digest())


def make_token(secret: str, scope: Scope, *numbers: int) -> str:
    """A URL-safe token of 22 characters and a few more per number."""
    payload = b"".join(_varint(number) for number in numbers)
    sealed = _cipher(secret).encrypt(payload, [scope.encode()])
    return urlsafe_b64encode(sealed).rstrip(b"=").decode()


def read_token(secret: str, scope: Scope, token: str) -> tuple[int, ...]:
    """The numbers that `make_token` was given.

    Raises:
        TokenError: for anything that was not made with this secret for this scope.
    """
    try:
        sealed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        return _numbers(_cipher(secret).decrypt(sealed, [scope.encode()]))
    except (ValueError, InvalidTag):
        raise TokenError("This link is incomplete or not ours; copy it whole from the mail.") from None


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(0x80 | number & 0x7F)
        number >>= 7
    out.append(number)
    return bytes(out)


def _numbers(payload: bytes) -> tuple[int, ...]:
    numbers, number, shift = [], 0, 0
    for byte in payload:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            numbers.append(number)
            number, shift = 0, 0
    return tuple(numbers)
