"""The private key that signs mail: read from a secret, checked, and never shown."""

from typing import Annotated, Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import BeforeValidator, PlainSerializer, ValidationInfo

from digest.config.values import parse_secret

SHORTEST_RSA = 1024  # bits; shorter signatures must not be accepted (RFC 8301 section 3.2)

_WAY_OUT = "make one with `openssl genrsa -out dkim.pem 2048`"


def parse_signing_key(value: Any, info: ValidationInfo) -> RSAPrivateKey | Ed25519PrivateKey:
    """Read an RSA or Ed25519 private key in PEM from ``{ file = "PATH" }`` or ``{ env = "NAME" }``.

    Raises:
        ValueError: saying what is wrong with it; never any of the key.
    """
    if isinstance(value, (RSAPrivateKey, Ed25519PrivateKey)):
        return value
    secret = parse_secret(value, info)
    if secret is None:
        raise ValueError('the secret is missing: use { file = "PATH" } or { env = "NAME" }')
    try:
        key = load_pem_private_key(secret.reveal().encode(), password=None)
    except TypeError:
        raise ValueError("the secret key has a password; take it off: `openssl pkey -in OLD -out NEW`") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError(f"the secret is no whole private key in PEM; {_WAY_OUT}") from None
    if isinstance(key, RSAPrivateKey):
        if key.key_size < SHORTEST_RSA:
            raise ValueError(f"the secret RSA key has {key.key_size} bits, which no receiver accepts; {_WAY_OUT}")
        return key
    if isinstance(key, Ed25519PrivateKey):
        return key
    raise ValueError(f"the secret key is neither RSA nor Ed25519; {_WAY_OUT}")


SigningKey = Annotated[
    RSAPrivateKey | Ed25519PrivateKey, BeforeValidator(parse_signing_key), PlainSerializer(lambda _: "***")
]
