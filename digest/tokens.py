"""Signed, scoped tokens for the links in a mail and the addresses it returns to; pure.

A token is a short payload under AES-SIV (RFC 5297): deterministic, authenticated, and it says nothing in
clear. The scope is authenticated beside it, so that a token for one purpose is refused for any other.
"""

from base64 import b32decode, b32encode, urlsafe_b64decode, urlsafe_b64encode
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
    BOUNCE = "bounce"  # payload: campaign id, subscriber id


@lru_cache(maxsize=8)
def _cipher(secret: str) -> AESSIV:
    return AESSIV(sha256(b"digest tokens 1\0" + secret.encode()).digest())


def make_token(secret: str, scope: Scope, *numbers: int) -> str:
    """A URL-safe token of 22 characters and a few more per number."""
    return urlsafe_b64encode(_sealed(secret, scope, numbers)).rstrip(b"=").decode()


def read_token(secret: str, scope: Scope, token: str) -> tuple[int, ...]:
    """The numbers that `make_token` was given.

    Raises:
        TokenError: for anything that was not made with this secret for this scope.
    """
    try:
        return _opened(secret, scope, urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (ValueError, InvalidTag):
        raise TokenError("This link is incomplete or not ours; copy it whole from the mail.") from None


def make_caseless_token(secret: str, scope: Scope, *numbers: int) -> str:
    """A token of lower-case letters and digits (RFC 4648 section 6), for what servers on the way may re-case."""
    return b32encode(_sealed(secret, scope, numbers)).rstrip(b"=").decode().lower()


def read_caseless_token(secret: str, scope: Scope, token: str) -> tuple[int, ...]:
    """The numbers that `make_caseless_token` was given, whatever the case.

    Raises:
        TokenError: for anything that was not made with this secret for this scope.
    """
    try:
        return _opened(secret, scope, b32decode(token + "=" * (-len(token) % 8), casefold=True))
    except (ValueError, InvalidTag):
        raise TokenError("This address is incomplete or not ours.") from None


def _sealed(secret: str, scope: Scope, numbers: tuple[int, ...]) -> bytes:
    return _cipher(secret).encrypt(b"".join(_varint(number) for number in numbers), [scope.encode()])


def _opened(secret: str, scope: Scope, sealed: bytes) -> tuple[int, ...]:
    return _numbers(_cipher(secret).decrypt(sealed, [scope.encode()]))


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
