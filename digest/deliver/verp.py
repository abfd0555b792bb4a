"""The address a copy returns to (VERP): it names campaign and subscriber, and only we can have made it; pure.

It survives servers that change the case of the part before the @-sign, and never has more than its 64 bytes
(RFC 5321 section 4.5.3.1.1), because the configuration leaves room.
"""

import re
from dataclasses import dataclass

from digest.errors import TokenError
from digest.tokens import Scope, make_caseless_token, read_caseless_token

_TOKEN = re.compile(r".[+=_-]([a-z2-7]+)@[^@]+", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Returned:
    """Which copy an address belongs to."""

    campaign_id: int
    subscriber_id: int


def bounce_address(secret: str, address: str, *, delimiter: str, campaign_id: int, subscriber_id: int) -> str:
    """The address that one copy returns to: ``returns+TOKEN@example.org``."""
    local, _, domain = address.rpartition("@")
    token = make_caseless_token(secret, Scope.BOUNCE, campaign_id, subscriber_id)
    return f"{local}{delimiter}{token}@{domain}"


def read_bounce_address(secret: str, address: str) -> Returned | None:
    """What `bounce_address` was given, whatever the delimiter and the case now; None for any other address."""
    found = _TOKEN.search(address.strip("<> \t\r\n"))
    if found is None:
        return None
    try:
        campaign_id, subscriber_id = read_caseless_token(secret, Scope.BOUNCE, found[1])
    except TokenError:
        return None
    return Returned(campaign_id=campaign_id, subscriber_id=subscriber_id)
