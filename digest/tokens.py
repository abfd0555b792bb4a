"""Signed, scoped tokens for the links in a mail and the addresses it returns to; pure.

A token is a short payload under AES-SIV (RFC 5297): deterministic, authenticated, and it says nothing in clear. Each
scope has a key of its own, derived from the one secret (HKDF, RFC 5869), and is authenticated beside the payload, so
that a token for one purpose is refused for any other. A token has one spelling.
"""

from base64 import b32decode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from digest.errors import TokenError


class Scope(StrEnum):
    """What a token may be used for."""

    UNSUBSCRIBE = "unsubscribe"  # payload: subscriber id, then list ids
    VIEW = "view"  # payload: campaign id
    ITEM = "item"  # payload: item id
    BOUNCE = "bounce"  # payload: campaign id, subscriber id
    MESSAGE = "message"  # payload: campaign id, subscriber id
    CONFIRM = "confirm"  # payload: sign-up id, when it was asked for in seconds of the epoch
    FORM = "form"  # payload: when the form was shown in seconds of the epoch, then what was typed as one number
    APPROVE = "approve"  # payload: campaign id, hash of its content, hash of the organiser's address
    HOLD = "hold"  # payload: likewise
    PREFERENCES = "preferences"  # payload: subscriber id; of a link that was asked for: and the minute it was made in


_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
_BASE32_PAIRS = [first + second for first in _BASE32 for second in _BASE32]
_UNDER_ONE_KEY = frozenset({Scope.UNSUBSCRIBE, Scope.VIEW, Scope.ITEM, Scope.BOUNCE})  # in mails already sent

TokenMaker = Callable[..., str]  # of numbers


def make_token(secret: str, scope: Scope, *numbers: int) -> str:
    """A URL-safe token of 22 characters and a few more per number."""
    return token_maker(secret, scope)(*numbers)


@lru_cache(maxsize=32)
def token_maker(secret: str, scope: Scope) -> TokenMaker:
    """`make_token` for who makes many: what they share is looked up once."""
    encrypt, beside = _cipher(secret, scope).encrypt, [scope.encode()]
    return lambda *numbers: _base64(encrypt(_payload(numbers), beside))


def read_token(secret: str, scope: Scope, token: str) -> tuple[int, ...]:
    """The numbers that `make_token` was given.

    Raises:
        TokenError: for anything that was not made with this secret for this scope, and for any other spelling of it.
    """
    try:
        sealed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        if _base64(sealed) == token:
            return _opened(secret, scope, sealed)
    except (ValueError, InvalidTag):
        pass
    raise TokenError("This link is incomplete or not ours; copy it whole from the mail.")


def make_caseless_token(secret: str, scope: Scope, *numbers: int) -> str:
    """A token of lower-case letters and digits (RFC 4648 section 6), for what servers on the way may re-case."""
    return _base32(_cipher(secret, scope).encrypt(_payload(numbers), [scope.encode()]))


def read_caseless_token(secret: str, scope: Scope, token: str) -> tuple[int, ...]:
    """The numbers that `make_caseless_token` was given, whatever the case.

    Raises:
        TokenError: for anything that was not made with this secret for this scope, and for any other spelling of it.
    """
    try:
        sealed = b32decode(token + "=" * (-len(token) % 8), casefold=True)
        if _base32(sealed) == token.lower():
            return _opened(secret, scope, sealed)
    except (ValueError, InvalidTag):
        pass
    raise TokenError("This address is incomplete or not ours.")


def _base64(sealed: bytes) -> str:
    return urlsafe_b64encode(sealed).rstrip(b"=").decode()


def _base32(sealed: bytes) -> str:
    """Without the padding; each mail needs one or two, and the standard library's takes twice as long."""
    length = -(-8 * len(sealed) // 5)
    bits = int.from_bytes(sealed) << (5 * (length + length % 2) - 8 * len(sealed))
    pairs = [_BASE32_PAIRS[bits >> shift & 0x3FF] for shift in range(5 * (length + length % 2) - 10, -1, -10)]
    return "".join(pairs)[:length]


@lru_cache(maxsize=32)
def _cipher(secret: str, scope: Scope) -> AESSIV:
    info = b"digest tokens 2\0" + scope.encode()
    return AESSIV(HKDF(algorithm=SHA256(), length=64, salt=None, info=info).derive(secret.encode()))


@lru_cache(maxsize=8)
def _former_cipher(secret: str) -> AESSIV:
    """The one key of all scopes that mails already sent have their links from."""
    return AESSIV(sha256(b"digest tokens 1\0" + secret.encode()).digest())


def _opened(secret: str, scope: Scope, sealed: bytes) -> tuple[int, ...]:
    try:
        return _numbers(_cipher(secret, scope).decrypt(sealed, [scope.encode()]))
    except InvalidTag:
        if scope not in _UNDER_ONE_KEY:
            raise
        return _numbers(_former_cipher(secret).decrypt(sealed, [scope.encode()]))


def _payload(numbers: tuple[int, ...]) -> bytes:
    """Each in groups of seven bits, the lowest first; all but its last have the eighth bit set (LEB128)."""
    out = bytearray()
    for number in numbers:
        rest = number
        while rest > 0x7F:
            out.append(0x80 | rest & 0x7F)
            rest >>= 7
        out.append(rest)
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
