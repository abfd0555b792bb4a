"""The public half of a DKIM key as a domain publishes it (RFC 6376 section 3.6.1; Ed25519 by RFC 8463); pure."""

import re
from base64 import b64decode, b64encode
from binascii import Error

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from digest.config import SigningKey

_TAG = re.compile(r"\s*([A-Za-z][A-Za-z0-9_]*)\s*=\s*([^;]*?)\s*(?:;|$)")


def public_record(key: SigningKey) -> str:
    """The TXT record that belongs to a key."""
    if isinstance(key, RSAPrivateKey):
        kind, form = "rsa", PublicFormat.SubjectPublicKeyInfo
        public = key.public_key().public_bytes(Encoding.DER, form)
    else:
        kind, public = "ed25519", key.public_key().public_bytes_raw()
    return f"v=DKIM1; k={kind}; p={b64encode(public).decode()}"


def contradiction(record: str, key: SigningKey) -> str:
    """Why receivers that read this record will not accept what the key signs; empty when they will."""
    tags = dict(_TAG.findall(record))
    ours = dict(_TAG.findall(public_record(key)))
    published = re.sub(r"\s+", "", tags.get("p", ""))
    if tags.get("v", "DKIM1") != "DKIM1":
        return "it is not a DKIM record"
    if not published:
        return "its key is withdrawn (p is empty)"
    if tags.get("k", "rsa") != ours["k"]:
        return f"it publishes a key of kind {tags.get('k', 'rsa')}, ours is {ours['k']}"
    if "sha256" not in tags.get("h", "sha256").split(":"):
        return f"it does not allow sha256 (h={tags['h']})"
    if not {"*", "email"} & set(tags.get("s", "*").split(":")):
        return f"it is not meant for mail (s={tags['s']})"
    same = _rsa_key(published) == key.public_key() if isinstance(key, RSAPrivateKey) else published == ours["p"]
    return "" if same else "it publishes another key than the one that signs"


def _rsa_key(published: str) -> RSAPublicKey | None:
    """From either of the two forms in which keys are published; None from anything else."""
    try:
        key = load_der_public_key(b64decode(published, validate=True))
    except (Error, ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, RSAPublicKey) else None
