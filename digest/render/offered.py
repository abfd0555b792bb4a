"""What templates are given of the configuration, of items and of announcements: copies of what is listed here; pure.

Whoever may write a template may not therefore read the keys and passwords of config.toml, or run a program: no table of
the configuration, and nothing that has methods, is handed over. docs/own-templates.md tells the same to an admin.
"""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeVar

from digest.model import Item, Kind
from digest.render.archive import ArchivedSection, ArchivedView, Teaser
from digest.render.calendar_links import CalendarLinks
from digest.render.cutting import Cutter
from digest.render.dates import DateBlock
from digest.render.letters import Button, Enumeration, LetterView
from digest.render.palette import Palette, Shades
from digest.render.view import EditionView, PictureView, Row, RowGroup, SectionView, web_address

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    T = TypeVar("T", bound=DataclassInstance)


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferedNetwork:
    """Of ``[network]``."""

    name: str
    url: str | None
    timezone: str
    language: str
    postal_address: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferedBrand:
    """Of ``[brand]``, with the fonts of its look where it names none."""

    look: str
    logo: str | None
    logo_dark: str | None
    logo_width: int
    accent: str
    background: str
    surface: str
    text: str
    font: str
    heading_font: str
    text_size: int  # pixels, of running text
    leading: float  # the height of its lines, in sizes
    tagline: str
    density: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferedSender:
    """Of ``[sender]``: its addresses."""

    email: str
    name: str
    reply_to: str | None
    return_path: str | None
    unsubscribe_email: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferedAnnouncement:
    """Of an announcement, what its organiser wrote."""

    subject: str
    preheader: str
    html: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferedItem:
    """Of an item, for the page of one that has no page of its own."""

    kind: Kind
    title: str
    author: str | None
    categories: tuple[str, ...]
    url: str | None
    summary: str
    text: str
    html: str  # sanitised when it was collected
    image_url: str | None
    facts: tuple[str, ...]  # when and where
    note: str  # what was read with less than certainty; "" where all is certain


_CUTS = frozenset({"block", "row", "detail", "link", "more", "end", "count", "left_out"})
_VIEWS = (
    EditionView,
    SectionView,
    RowGroup,
    Row,
    PictureView,
    DateBlock,
    CalendarLinks,
    LetterView,
    Button,
    Enumeration,
)
_ARCHIVE = (ArchivedView, ArchivedSection, Teaser)
_OFFERED = (OfferedNetwork, OfferedBrand, OfferedSender, OfferedAnnouncement, OfferedItem, Palette, Shades)

REACHABLE: dict[type, frozenset[str]] = {
    kind: frozenset(name for name in dir(kind) if not name.startswith("_")) for kind in (*_VIEWS, *_ARCHIVE, *_OFFERED)
} | {Cutter: _CUTS}
"""Everything of ours that a template may meet, and which attributes of it."""

PLAIN = (str, int, float, type(None), tuple, list, dict)
"""What else a template may meet, its subclasses included."""


def offered(kind: "type[T]", source: object) -> "T":
    """A copy of what `kind` lists of a table of the configuration or a word of the domain."""
    return kind(**{field.name: getattr(source, field.name) for field in fields(kind)})


def offered_item(item: Item, *, facts: tuple[str, ...], note: str) -> OfferedItem:
    """An item as its page shows it."""
    return OfferedItem(
        kind=item.kind,
        title=item.title,
        author=item.author,
        categories=item.categories,
        url=item.url,
        summary=item.summary,
        text=item.text,
        html=item.html,
        image_url=web_address(item.image_url),
        facts=facts,
        note=note,
    )


def facts_of(item: OfferedItem) -> tuple[str, ...]:
    """When and where."""
    return item.facts


def note_of(item: OfferedItem) -> str:
    """What was read with less than certainty."""
    return item.note


def only_plain(value: Any) -> Any:
    """A value for a page, as it is.

    Raises:
        TypeError: when it is, or holds, what no template may meet.
    """
    if isinstance(value, (tuple, list)):
        return type(value)(map(only_plain, value))
    if isinstance(value, dict):
        return {key: only_plain(inner) for key, inner in value.items()}
    if isinstance(value, PLAIN) or type(value) in REACHABLE:
        return value
    raise TypeError(f"templates take what digest.render.offered lists, and no {type(value).__name__}")
