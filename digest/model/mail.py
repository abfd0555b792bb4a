"""A mail before it is anybody's, and the person it is for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Slot(StrEnum):
    """A place in a rendered mail that is filled per person, at sending."""

    NAME = "name"  # the person's name, or their address where no name is known
    ADDRESS = "address"
    UNSUBSCRIBE_URL = "unsubscribe_url"
    PREFERENCES_URL = "preferences_url"
    VIEW_URL = "view_url"


Sliced = tuple[str | Slot, ...]
"""A text cut at its slots; joining it with each slot's value gives one person's text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendered:
    """A mail as all who muted the same get it: only the slots differ from person to person."""

    subject: str  # one line
    html: Sliced  # slot values are escaped for HTML when they are joined
    text: Sliced


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipient:
    """One person, as far as a mail needs to know them."""

    address: str  # normalised: domain in lower case, IDN as the admin wrote it
    name: str = ""
    muted: frozenset[str] = frozenset()  # categories and sections of which this person wants nothing
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)  # what more is known; "" where it is nothing
