"""Items: what members post, meet for and apply to, and what an editor sets on them."""

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Literal, NamedTuple

from digest.model.doubts import Doubt
from digest.model.kinds import Kind

ONLINE = "Online"
"""The place of an event that has none; readers see it in their language."""


class Certainty(StrEnum):
    """How sure a fact is that was read from prose."""

    CERTAIN = "certain"  # written out, and nothing speaks against it
    ASSUMED = "assumed"  # something was not written, such as the year, and was taken by rule
    CONTRADICTED = "contradicted"  # what is written contradicts itself, such as a weekday and its date


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A date that was read from prose: which, from which words, and how sure."""

    field: str  # "starts_at", "closes_at", "book_by" or "abstracts_by"
    value: str  # what was read, as an ISO date or time
    words: str  # what was written, with the words around it that gave the cue
    certainty: Certainty


class Bearer(NamedTuple):
    """An item by what it goes by, where many are looked through for a few."""

    source: str
    key: str
    title: str
    url: str
    replaces: tuple[str, ...]  # its former keys


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
    image_url: str | None = None  # absolute, or file:SOURCE/PATH in a folder; a picture that stands for the item
    image_alt: str = ""  # what is to be seen on it, where its source says; one line of plain text
    published_at: datetime | None = None  # as the source says; never decides what is new
    first_seen_at: datetime  # when this product first collected it
    doubts: tuple[Doubt, ...] = ()  # what was read with less than certainty
    readings: tuple[Reading, ...] = ()  # the dates among its facts that were read from prose
    marked: str = ""  # how the HTML of its source says what it is: "h-event"; "" where its words say it
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
    dates: tuple[datetime, ...] = ()  # all its starts by their time, where one post tells several
    ends_at: datetime | None = None  # for all-day events the first instant after the last day
    book_by: datetime | None = None  # no booking is taken from this instant on; the midnight that ends the last day
    abstracts_by: datetime | None = None  # the same of abstracts, papers and proposals for it
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
    openings: int | None = None  # how many posts it offers, where it is told that they are several


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
    book_by: datetime | None = None
    abstracts_by: datetime | None = None
    location: str | None = None
    hidden: bool | None = None
    pinned: bool | None = None
    note: str | None = None
