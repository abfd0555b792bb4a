"""A mail before it is anybody's, and the person it is for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Slot(StrEnum):
    """A place in a rendered mail that is filled per person, at sending."""

    NAME = "name"  # the person's name, or their address where no name is known
    ADDRESS = "address"
    UNSUBSCRIBE_URL = "unsubscribe_url"
    PREFERENCES_URL = "preferences_url"
    VIEW_URL = "view_url"


@dataclass(frozen=True, slots=True)
class Field:
    """A place for what more is known of a person, such as a column of their list's file."""

    name: str
    fallback: str = ""  # stands there for whom it is not known


Place = Slot | Field
"""What is filled per person."""

Sliced = tuple[str | Place, ...]
"""A text cut at its places; joining it with each place's value gives one person's text."""


class Values(dict[Place, str]):
    """What stands in the places of one person's mail, each made when it is first asked for.

    Args:
        slot: makes what stands in a slot.
        fields: what more is known of the person.
    """

    def __init__(self, slot: Callable[[Slot], str], fields: Mapping[str, str]) -> None:
        self._slot = slot
        self._fields = fields

    def __missing__(self, place: Place) -> str:
        made = self._slot(place) if isinstance(place, Slot) else self._fields.get(place.name) or place.fallback
        self[place] = made
        return made


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendered:
    """A mail as all who muted the same get it: only its places differ from person to person."""

    subject: str  # one line, as those get it of whom nothing is known
    own_subject: Sliced = ()  # with its places, where it has any
    html: Sliced  # slot values are escaped for HTML when they are joined
    text: Sliced


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipient:
    """One person, as far as a mail needs to know them."""

    address: str  # normalised: domain in lower case, IDN as the admin wrote it
    name: str = ""
    muted: frozenset[str] = frozenset()  # categories and sections of which this person wants nothing
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)  # what more is known; "" where it is nothing
    language: str | None = None  # that they chose for what surrounds the posts; None: as their list or the network says


@dataclass(frozen=True, kw_only=True, slots=True)
class SentAs:
    """Of whom a mail is, where that is not as `[sender]` says; what is empty is as there."""

    name: str = ""
    email: str = ""
    reply_to: str = ""


AS_CONFIGURED = SentAs()
