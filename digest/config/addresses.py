"""When two spellings of an address are one person's; docs/decisions/addresses.md tells why so."""

import unicodedata
from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase

from email_validator import EmailNotValidError, validate_email

_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


def address_key(address: str) -> str:
    """What an address is compared by: equal for two spellings that lead to one mailbox, and for no others.

    The domain is compared as the DNS does (RFC 4343, RFC 5891): in lower case, and an internationalised one by its
    A-labels. The local part belongs to its host (RFC 5321 section 2.4), and hosts take A to Z for a to z; of other
    letters nobody but the host knows which are alike, so each stays itself, composed (NFC, RFC 6532 section 3.1).
    """
    if address.isascii():
        return address.lower()
    local, _, domain = address.rpartition("@")
    return f"{unicodedata.normalize('NFC', local).translate(_LOWER)}@{_ascii_domain(domain)}"


def masked(address: str) -> str:
    """An address that its owner knows again and nobody else learns: ``a***@e***.org``."""
    local, _, domain = address.rpartition("@")
    name, _, top = domain.rpartition(".")
    return f"{local[:1]}***@{name[:1]}***.{top}"


@lru_cache(maxsize=10_000)
def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain.lower()
    try:
        parts = validate_email(
            f"digest@{domain}", check_deliverability=False, globally_deliverable=False, test_environment=True
        )
    except EmailNotValidError:
        return domain.translate(_LOWER)  # leads to no mailbox
    return parts.ascii_domain.lower()
