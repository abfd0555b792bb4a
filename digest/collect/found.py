"""What passes between fetching, parsing and resolving: one type for each stage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from digest.errors import Problem, SourceError
from digest.model import Doubt, Kind, Rhythm, Told

Moment = datetime | date
"""A stated time: an aware datetime, a naive one in the network's zone, or a whole day."""

MOST_ANSWERS = 200
"""Of a network, the newest."""

_MAX_TOLD = 20


class Source(Protocol):
    """As much of a source's table in config.toml as reading it needs."""

    @property
    def name(self) -> str:
        """Unique among the sources."""
        ...

    @property
    def kind(self) -> str:
        """Which parser reads it."""
        ...

    @property
    def url(self) -> str | None:
        """Its address, where it has one and no path."""
        ...

    @property
    def categories(self) -> tuple[str, ...]:
        """For items that carry none."""
        ...

    @property
    def encoding(self) -> str:
        """Of its files, where they do not say."""
        ...

    @property
    def language(self) -> str | None:
        """Which of day and month stands first; the network's unless given."""
        ...

    @property
    def horizon(self) -> timedelta:
        """How far ahead recurring events are followed."""
        ...

    @property
    def columns(self) -> Mapping[str, str]:
        """Of a table: item field -> column."""
        ...

    @property
    def items(self) -> str | None:
        """What a row of a table is; told by its text unless given."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """The bytes of one file or page."""

    name: str  # relative to the source's folder, or the last part of the address
    content: bytes
    url: str | None = None  # where it was finally found, after redirects; without its query, which may hold a key
    has_query: bool = False  # so that the url alone leads elsewhere, and is nothing to link to
    content_type: str | None = None  # as the server says, with its charset


@dataclass(frozen=True, kw_only=True, slots=True)
class Validators:
    """What lets a server say that nothing has changed (RFC 9110 section 8.8)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """All documents of a source, and what to ask with next time."""

    documents: tuple[Document, ...]
    validators: Validators = Validators()
    unreadable: tuple[Problem, ...] = ()  # documents that are there and could not be read


@dataclass(frozen=True, kw_only=True, slots=True)
class NotModified:
    """The source has not changed since the validators were given (RFC 9110 section 15.4.5)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What a parser yields: the source's own words and facts, before it is known when they were first seen."""

    key: str  # unique within the source and stable from one collection to the next
    title: str
    author: str | None = None
    categories: tuple[str, ...] = ()
    url: str | None = None
    text: str = ""  # the body as plain text; made from the HTML where only that is given
    html: str = ""  # the body as the source has it, not sanitised; made from the text where only that is given
    base_url: str | None = None  # what relative links in the HTML start from
    summary: str = ""
    published_at: Moment | None = None
    # Facts that the source states as such; what is not stated is read from the prose.
    kind: Kind | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None  # a whole day is the last day
    closes_at: Moment | None = None
    book_by: Moment | None = None  # a whole day is the last day
    location: str | None = None
    employer: str | None = None
    salary: str | None = None
    openings: int | None = None  # of one advert, where there are several
    cancelled: bool = False
    series: str = ""  # the same for all occurrences of a recurring event
    rhythm: Rhythm | None = None  # of its series, where that can be said in words
    moved_from: Moment | None = None  # when its series would have it, where it alone was moved
    geo: tuple[float, float] | None = None  # latitude and longitude in degrees
    image_url: str | None = None  # absolute, or file:SOURCE/PATH in a folder
    image_alt: str = ""  # what is to be seen on it
    aliases: tuple[str, ...] = ()  # what else it may be known by, where its key is not stored; hashed
    marked: str = ""  # how its HTML says what it is, as people know that: "h-event"
    doubts: tuple[Doubt, ...] = ()  # what the source itself leaves uncertain, one sentence each


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """As much of a stored item as tells it again, and what is kept of it."""

    key: str
    title: str
    known_as: tuple[str, ...]
    first_seen_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """As much of a stored item as what it is taken for depends on."""

    source: str
    key: str
    title: str
    text: str
    author: str | None
    categories: tuple[str, ...]
    seen: date  # the day that its dates are read from
    language: str  # of its source, or the network's


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What an editor said that a post is, and what it was before that: everything that the answer teaches."""

    source: str
    key: str
    title: str
    kind: Kind
    features: tuple[str, ...]  # what others may have in common with it
    scores: tuple[float, ...]  # by the weights that ship, of each kind (log chances)


@dataclass(frozen=True, kw_only=True, slots=True)
class Parsed:
    """What a source holds: what could be read of it, and what could not."""

    found: tuple[Found, ...]
    unreadable: tuple[str, ...] = ()  # a line for each, with its place and the way out; of many the first


def told(problems: Sequence[Problem]) -> tuple[Told, ...]:
    """A line for each problem; of more than 20 the first, and how many more there are."""
    lines = tuple(problem.told for problem in problems[:_MAX_TOLD])
    more = len(problems) - len(lines)
    return (*lines, Told("more_problems", number=f"{more:,}")) if more else lines


def refused(place: str, name: str, /, **facts: str) -> SourceError:
    """That nothing of a document can be read, and why: the reason of this name."""
    return SourceError(Told("says", place=place, why=Told(name, **facts)))


def place_in(source: Source, document: Document) -> Told:
    """Where a document is, as messages name it."""
    return Told("of_source", source=source.name, why=document.url or document.name)
