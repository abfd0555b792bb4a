"""Whom another program's export tells of, and how they stood there; pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from digest.config.addresses import address_key
from digest.model import Recipient


class Stood(StrEnum):
    """How somebody stood there; the later beats the earlier where an export tells of one address twice."""

    SUBSCRIBED = "subscribed"
    UNCONFIRMED = "unconfirmed"  # never said yes: they are not taken over
    LEFT = "left"
    BLOCKED = "blocked"  # somebody there said that they must not be mailed
    BOUNCED = "bounced"
    COMPLAINED = "complained"


@dataclass(frozen=True, kw_only=True, slots=True)
class Exported:
    """One person of an export."""

    person: Recipient
    stood: Stood
    where: str  # for messages
    astray: str = ""  # what it calls their language, where that is none that can be chosen


_WORDS = {
    Stood.SUBSCRIBED: "subscribed active enabled confirmed regular premium gifted trialed past_due member yes true 1",
    Stood.UNCONFIRMED: "unconfirmed pending unactivated nonsubscribed non_subscribed transactional upcoming",
    Stood.LEFT: "unsubscribed left disabled removed inactive optout opted_out "
    "paused churned churning deactivated archived deleted nomail no false 0",
    Stood.BLOCKED: "blocklisted blacklisted blocked suppressed banned",
    Stood.BOUNCED: "bounced bounce cleaned undeliverable invalid hard_bounced hard_bounce bouncing",
    Stood.COMPLAINED: "complained complaint complaints spam spammy marked_as_spam spam_complaint abuse",
}
BY_WORD = {word: stood for stood, words in _WORDS.items() for word in words.split()}
"""What programs call it, as `csv_files.plain` writes the word."""


def once_each(exported: Iterable[Exported]) -> tuple[Exported, ...]:
    """Each address once, by what speaks most against mailing it."""
    order = list(Stood)
    found: dict[str, Exported] = {}
    for one in exported:
        key = address_key(one.person.address)
        if key not in found or order.index(one.stood) > order.index(found[key].stood):
            found[key] = one
    return tuple(found.values())
