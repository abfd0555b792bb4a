"""Editions and announcements: what is shown, and why an item is in or out."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from digest.model.items import Item
from digest.model.kinds import Kind
from digest.model.mail import AS_CONFIGURED, Field, SentAs
from digest.model.pictures import NotedPicture, Picture


class Newness(StrEnum):
    """Why an item is in an edition."""

    NEW = "new"  # never shown in this digest
    REMINDER = "reminder"  # an announced event that is about to start
    MOVED = "moved"  # an announced event whose date or place changed
    CANCELLED = "cancelled"  # an announced event that will not take place
    WITHDRAWN = "withdrawn"  # an announced event that its source, which lists everything it has, no longer lists
    LAST_CALL = "last call"  # a vacancy whose closing date is near


class ItemSkip(StrEnum):
    """Why an item is not in an edition."""

    ALREADY_SHOWN = "already shown"  # an earlier edition of this digest had it and nothing changed
    SERIES_ANNOUNCED = "its series was announced"  # its own date is reminded of in time
    FAR_AHEAD = "further ahead than look_ahead"  # stays new, and is announced when it comes nearer
    PAST_EVENT = "event is over"
    CLOSED_VACANCY = "vacancy has closed"
    CANCELLED_EVENT = "cancelled before it was announced"
    NO_SECTION = "no section takes it"  # of this kind, source or category
    HIDDEN = "hidden by an editor"
    WITHDRAWN = "its source no longer lists it"
    REPLACED = "its source lists it under another key now"
    DUPLICATE = "another source's copy is shown"
    OVER_LIMIT = "over the section's limit"  # stays new for the next edition
    DROPPED = "left out of this edition by an editor"  # stays new for the next edition


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """One line of the ledger of appearances: an item as an edition of a digest showed it."""

    source: str
    key: str
    newness: Newness
    fingerprint: str  # of what an event's reader must know (date, place, cancelled, rhythm); "" for other kinds
    shown_at: datetime  # the edition's composed_at: tells whether a reminder's window was already used
    announced: bool = False  # not in an edition, but with an announcement to all of its readers


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """An item in an edition, and why it is there."""

    item: Item
    newness: Newness = Newness.NEW
    also: tuple[tuple[str, str], ...] = ()  # (source, key) of the same thing elsewhere: shown with it
    further: tuple["Entry", ...] = ()  # later occurrences of its series that are told of with it, by date
    picture: Picture | None = None  # that is shown with it

    @property
    def may_lead(self) -> bool:
        """Whether it stands first, where it has a picture: an editor pinned it, and it takes place."""
        off = self.newness in {Newness.CANCELLED, Newness.WITHDRAWN} or getattr(self.item, "cancelled", False)
        return self.item.pinned and not off

    @property
    def occurrences(self) -> tuple["Entry", ...]:
        """All that it tells of, each on its own: itself first, then what is further."""
        return (replace(self, further=()), *self.further) if self.further else (self,)


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """The entries of one category, or of none."""

    category: str | None  # None: the home of the uncategorised; also the one group of an ungrouped section
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A part of an edition: vacancies, events or posts."""

    kind: Kind
    title: str | None  # None: the template's own title for the kind, in the network's language
    groups: tuple[Group, ...]  # posts by category; vacancies and events in one group, by date

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries in reading order."""
        return tuple(entry for group in self.groups for entry in group.entries)


@dataclass(frozen=True, kw_only=True, slots=True)
class Parted:
    """A section in two: what may still be gone to or applied for, and what is over, closed or no longer listed."""

    current: Section
    over: Section


@dataclass(frozen=True, kw_only=True, slots=True)
class Skipped:
    """An item left out of an edition, with its reason."""

    source: str
    key: str
    reason: ItemSkip


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrangement:
    """What an editor did to one edition, over what composing makes of it; things by source and key of any copy."""

    dropped: tuple[tuple[str, str], ...] = ()
    brought: tuple[tuple[str, str], ...] = ()  # though it would be left out, or came after the draft
    order: tuple[tuple[str, str], ...] = ()  # within their groups; what is not named follows
    subject: str = ""  # in place of the template's
    preheader: str = ""  # likewise
    note: str | None = None  # in place of the digest's, in Markdown; "" for none


AS_COMPOSED = Arrangement()


@dataclass(frozen=True, kw_only=True, slots=True)
class Edition:
    """One digest for one period, composed: plain data, ready to render."""

    digest: str  # the digest's name, "weekly"
    title: str  # as members read it
    period: str  # "2026-W47", "2026-11-23", "2026-11"
    composed_at: datetime  # "closes in 3 days" counts from here; in the network's zone
    sections: tuple[Section, ...]
    skipped: tuple[Skipped, ...] = ()
    note: str = ""  # an editor's word to the readers, in Markdown
    note_pictures: tuple[NotedPicture, ...] = ()  # those of it that we have
    subject: str = ""  # an editor's, in place of the template's
    preheader: str = ""  # likewise

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries in reading order."""
        return tuple(entry for section in self.sections for entry in section.entries)


@dataclass(frozen=True, kw_only=True, slots=True)
class Announcement:
    """A one-off mailing, as its organiser wrote it."""

    name: str  # from the file's name; part of the campaign's name
    subject: str
    html: str  # the body as sanitised HTML
    text: str  # the body as plain text
    preheader: str = ""
    public: bool = False  # may stand in the archive, for everybody to read
    places: Mapping[str, Field] = field(default_factory=dict)  # what is filled per person, by what stands there
    urgent: bool = False  # whoever had many mails this week gets it all the same
    sent_as: SentAs = AS_CONFIGURED
    attached: Edition | None = None  # items that stand below the text, each as a card
    identity: str  # a hash of what identifies it; the same announcement is never sent twice to a person
