"""The words of the domain as frozen, keyword-only, timezone-aware types; standard library only."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from enum import StrEnum
from typing import Literal


class Kind(StrEnum):
    """What an item is."""

    POST = "post"  # something a member wrote
    EVENT = "event"  # a conference or network meeting, with a date
    VACANCY = "vacancy"  # a position, usually with a closing date


class Certainty(StrEnum):
    """How sure a fact is that was read from prose."""

    CERTAIN = "certain"  # written out, and nothing speaks against it
    ASSUMED = "assumed"  # something was not written, such as the year, and was taken by rule
    CONTRADICTED = "contradicted"  # what is written contradicts itself, such as a weekday and its date


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A date that was read from prose: which, from which words, and how sure."""

    field: str  # "starts_at" or "closes_at"
    value: str  # what was read, as an ISO date or time
    words: str  # what was written, with the words around it that gave the cue
    certainty: Certainty


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where a field of a merged item came from."""

    field: str
    source: str
    key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Item:
    source: str  # the source's name
    key: str  # unique within the source and stable from one collection to the next
    title: str  # one line of plain text
    author: str | None = None
    categories: tuple[str, ...] = ()  # in the author's order; several, one or none
    url: str | None = None  # absolute; None when the item has no page of its own
    summary: str = ""  # plain text of one paragraph, cut at a sentence
    text: str = ""  # the whole body as plain text: blank lines between paragraphs, "- " before list items
    html: str = ""  # the whole body as sanitised HTML
    image_url: str | None = None  # absolute; a picture that stands for the item
    published_at: datetime | None = None  # as the source says; never decides what is new
    first_seen_at: datetime  # when this product first collected it
    doubts: tuple[str, ...] = ()  # what was read with less than certainty, one sentence each
    readings: tuple[Reading, ...] = ()  # the dates among its facts that were read from prose
    origins: tuple[Origin, ...] = ()  # of each field, where several sources published the same thing
    known_as: tuple[str, ...] = ()  # what else its source may name it by, hashed
    replaces: tuple[str, ...] = ()  # keys under which its source listed the same thing before
    withdrawn: bool = False  # its source, which lists everything it has, no longer lists it
    hidden: bool = False  # by an editor: in no edition
    pinned: bool = False  # by an editor: first in its group
    note: str = ""  # an editor's word on it, plain text


@dataclass(frozen=True, kw_only=True, slots=True)
class Post(_Item):
    """Something a member wrote."""

    kind: Literal[Kind.POST] = Kind.POST


class Frequency(StrEnum):
    """What a recurring event recurs by (RFC 5545 section 3.3.10)."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    YEARLY = "yearly"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rhythm:
    """How an event recurs, as far as it can be said in words; of the days one kind alone is given."""

    frequency: Frequency
    interval: int = 1  # 2: every other day, week, month or year
    weekdays: tuple[tuple[int, int], ...] = ()  # (weekday, Monday is 0; 0 for each, 1 the first ... -1 the last)
    month_days: tuple[int, ...] = ()  # 1 to 31; -1 is the last
    months: tuple[int, ...] = ()  # only in these; all unless given
    clock: time | None = None  # when it starts, by its calendar's own clock; None for whole days


@dataclass(frozen=True, kw_only=True, slots=True)
class Event(_Item):
    """A conference, network meeting or other date to attend."""

    kind: Literal[Kind.EVENT] = Kind.EVENT
    starts_at: datetime
    ends_at: datetime | None = None  # for all-day events the first instant after the last day
    all_day: bool = False  # no time of day was given: starts_at is midnight in the network's zone
    location: str | None = None
    geo: tuple[float, float] | None = None  # latitude and longitude in degrees (RFC 5545 section 3.8.1.6)
    cancelled: bool = False
    series: str = ""  # what its calendar calls the event or series that it is an occurrence of (UID)
    rhythm: Rhythm | None = None  # of its series; None also where that cannot be said in words
    moved_from: datetime | None = None  # when its series would have it, where it alone was moved


@dataclass(frozen=True, kw_only=True, slots=True)
class Vacancy(_Item):
    """A position that members may apply for."""

    kind: Literal[Kind.VACANCY] = Kind.VACANCY
    closes_at: datetime | None = None  # no application is taken from this instant on
    all_day: bool = False  # no time of day was given: closes_at is the midnight that ends the closing day
    employer: str | None = None
    salary: str | None = None  # as written, with its currency
    location: str | None = None


Item = Post | Event | Vacancy


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """What an editor set on an item by hand; None leaves what the source says. Kept when it is collected again."""

    source: str
    key: str  # or, for all occurrences of a series, what `digest.compose.series_key` makes of its name
    kind: Kind | None = None
    categories: tuple[str, ...] | None = None
    starts_at: datetime | None = None
    closes_at: datetime | None = None
    all_day: bool = False  # the date was set without a time of day
    location: str | None = None
    hidden: bool | None = None
    pinned: bool | None = None
    note: str | None = None


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


class PersonSkip(StrEnum):
    """Why a listed person is not mailed."""

    UNSUBSCRIBED = "unsubscribed"  # left the list; no file brings them back
    SUPPRESSED = "suppressed"  # bounced, complained, or suppressed by hand
    DELISTED = "no longer listed"  # a list file dropped them before they were mailed
    CANCELLED = "campaign cancelled"
    OVER = "everything in it was over before it was sent"


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """One line of the ledger of appearances: an item as an edition of a digest showed it."""

    source: str
    key: str
    newness: Newness
    fingerprint: str  # of what an event's reader must know (date, place, cancelled, rhythm); "" for other kinds
    shown_at: datetime  # the edition's composed_at: tells whether a reminder's window was already used


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """An item in an edition, and why it is there."""

    item: Item
    newness: Newness = Newness.NEW
    also: tuple[tuple[str, str], ...] = ()  # (source, key) of the same thing elsewhere: shown with it
    further: tuple["Entry", ...] = ()  # later occurrences of its series that are told of with it, by date

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
class Skipped:
    """An item left out of an edition, with its reason."""

    source: str
    key: str
    reason: ItemSkip


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
    attached: Edition | None = None  # items that stand below the text, each as a card
    identity: str  # a hash of what identifies it; the same announcement is never sent twice to a person


class Slot(StrEnum):
    """A place in a rendered mail that is filled per person, at sending."""

    NAME = "name"  # the person's name, or their address where no name is known
    ADDRESS = "address"
    UNSUBSCRIBE_URL = "unsubscribe_url"
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
    muted: frozenset[str] = frozenset()  # categories of which this person wants nothing


class DeliveryState(StrEnum):
    """Where one delivery is; one vocabulary for table, report and console."""

    QUEUED = "queued"  # planned, not tried
    IN_FLIGHT = "in_flight"  # committed before DATA; after a crash, in doubt
    ACCEPTED = "accepted"  # the server took responsibility (250 after the final dot)
    DEFERRED = "deferred"  # refused for now; tried again
    REJECTED = "rejected"  # refused for good
    UNKNOWN = "unknown"  # perhaps delivered; never sent again by itself
    SKIPPED = "skipped"  # not to be mailed, with a reason


class CampaignStatus(StrEnum):
    """Where an edition or announcement is on its way to people."""

    PREPARED = "prepared"  # frozen and planned; waits for a person's approval
    SENDING = "sending"  # deliveries may be claimed
    SENT = "sent"  # nothing left to claim
    SKIPPED = "skipped"  # nothing new, or too late: no mail, with the reason
    HELD = "held"  # an anomaly or a person holds it
    PAUSED = "paused"
    CANCELLED = "cancelled"


class Stage(StrEnum):
    """How far an SMTP transaction had come (RFC 5321 section 3.3)."""

    CONNECT = "connect"  # up to and including EHLO, STARTTLS and AUTH
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"  # the command; no byte of the message is sent
    BODY = "body"  # message bytes are on their way, the final dot is not
    DOT = "final dot"  # everything is sent; the answer is awaited


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """The server took responsibility for the message."""

    reply: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Deferred:
    """Not now: a 4xx anywhere, or a connection lost before the final dot."""

    stage: Stage
    code: int | None  # None: no reply (lost or timed out)
    reply: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejected:
    """Never: a 5xx."""

    stage: Stage
    code: int
    reply: str
    no_such_mailbox: bool = False  # the reply says the address does not exist: suppress it


@dataclass(frozen=True, kw_only=True, slots=True)
class Unknown:
    """Lost or timed out after the final dot: perhaps delivered."""

    reply: str


Outcome = Accepted | Deferred | Rejected | Unknown


@dataclass(frozen=True, slots=True)
class Lease:
    """Who may write about a delivery: the one that took its chunk last."""

    chunk: int
    fence: int  # of that taking


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """One campaign to one person, as the outbox holds it while it is being sent."""

    id: int
    recipient: Recipient
    subscriber_id: int
    list_ids: tuple[int, ...]  # the campaign's lists this person is on
    attempts: int = 0  # made before this one
    first_tried_at: datetime | None = None
    lease: Lease = Lease(0, 0)  # nobody's


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """How a campaign stands: counts of deliveries by state."""

    campaign: str
    status: CampaignStatus
    reason: str = ""  # why it was skipped, held or cancelled
    states: Mapping[DeliveryState, int] = field(default_factory=dict)
    skipped: Mapping[str, int] = field(default_factory=dict)  # by reason
    in_doubt: int = 0  # of the unknown, those that nobody has settled
    seconds: float = 0.0  # from the first claim to the last result

    @property
    def recipients(self) -> int:
        """People who are mailed: everybody in the audience but the skipped."""
        return sum(n for state, n in self.states.items() if state is not DeliveryState.SKIPPED)

    @property
    def rate(self) -> float:
        """Accepted mails per second."""
        return self.states.get(DeliveryState.ACCEPTED, 0) / self.seconds if self.seconds else 0.0
