"""The marks by which a copy is known again: its return address (VERP) and its Message-ID, both halves; pure.

Each is a token of campaign and subscriber that only we can have made. A return address survives servers that change
the case of the part before the @-sign, and never has more than its 64 bytes (RFC 5321 section 4.5.3.1.1), because the
configuration leaves room.
"""

import re
from dataclasses import dataclass

from digest.errors import TokenError
from digest.tokens import Scope, make_caseless_token, read_caseless_token

_TOKEN = re.compile(r".[+=_-]([a-z2-7]+)@[^@]+", re.IGNORECASE | re.ASCII)
_MESSAGE_ID = re.compile(r"<?([a-z2-7]{26,64})@[^@<>\s]{1,255}>?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Returned:
    """Which copy an address or a Message-ID belongs to."""

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
    return None if found is None else _read(secret, Scope.BOUNCE, found[1])


def copy_id(secret: str, domain: str, *, campaign_id: int, subscriber_id: int) -> str:
    """The Message-ID of one campaign to one subscriber, with its angle brackets: always the same one.

    A second copy, should a doubt ever be settled by sending again, is then dropped by whoever has the first.

    Args:
        secret: the store's.
        domain: in ASCII, as `wire_domain` makes it.
        campaign_id: of the campaign's row.
        subscriber_id: of the subscriber's row.
    """
    return f"<{make_caseless_token(secret, Scope.MESSAGE, campaign_id, subscriber_id)}@{domain}>"


def read_copy_id(secret: str, message_id: str) -> Returned | None:
    """What `copy_id` was given; None for any other Message-ID."""
    found = _MESSAGE_ID.fullmatch(message_id.strip())
    return None if found is None else _read(secret, Scope.MESSAGE, found[1])


def _read(secret: str, scope: Scope, token: str) -> Returned | None:
    try:
        campaign_id, subscriber_id = read_caseless_token(secret, scope, token)
    except TokenError:
        return None
    return Returned(campaign_id=campaign_id, subscriber_id=subscriber_id)
