"""What was sent, as it reads in the archive: listed in a line or two, whole on a page, in short in a feed; pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from digest.model import Announcement, Edition, Event, Item, Kind, Parted
from digest.render.plain import one_line, shorten
from digest.render.view import EditionView, Row, RowGroup

_TEASER_LENGTH = 200  # characters
_TOMORROW = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Teaser:
    """A mail in a list of them."""

    title: str
    date: str
    summary: str  # what is in it; "" where nothing is left in it
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchivedSection:
    """A part of an edition, or what is attached to an announcement."""

    kind: Kind
    anchor: str  # unique on the page
    title: str
    groups: tuple[RowGroup, ...]  # what may still be gone to or applied for; posts
    over: tuple[Row, ...]  # what is over or closed; each vacancy whose mark says nothing else is closed


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchivedView:
    """A whole mail."""

    title: str
    date: str
    html: str  # an announcement's text, or an editor's word to the readers; sanitised
    sections: tuple[ArchivedSection, ...]


class Views(Protocol):
    """What the archive is made of: `digest.render.renderer.Renderer`."""

    def view(
        self,
        edition: Edition,
        *,
        item_url: Callable[[Item], str | None],
        event_ics: Callable[[Event], str | None],
    ) -> EditionView:
        """An edition as templates see it."""
        ...

    def highlights(self, edition: Edition) -> tuple[str, ...]:
        """What an edition's subject tells."""
        ...

    def page(self, name: str, **context: object) -> str:
        """A page of that name."""
        ...

    def day(self, moment: datetime) -> str:
        """A day as it is written."""
        ...


class ArchiveReader:
    """Turns what was sent into what the pages and feeds of the archive show."""

    def __init__(self, views: Views, zone: ZoneInfo) -> None:
        self._views, self._zone = views, zone

    def teaser(self, content: Edition | Announcement, *, sent_at: datetime, url: str) -> Teaser:
        """A mail in a list: what it was called, when it was sent, what is in it.

        Args:
            content: as everybody may read it.
            sent_at: the day of an announcement; an edition has its own.
            url: of its page.
        """
        if isinstance(content, Edition):
            title, day = one_line(content.title), self._views.day(content.composed_at)
            return Teaser(title=title, date=day, summary=", ".join(self._views.highlights(content)), url=url)
        said = one_line(content.preheader) or shorten(one_line(content.text), _TEASER_LENGTH)
        return Teaser(title=one_line(content.subject), date=self._views.day(sent_at), summary=said, url=url)

    def page(
        self,
        content: Edition | Announcement,
        parts: Sequence[Parted],
        *,
        sent_at: datetime,
        now: datetime,
        item_url: Callable[[Item], str | None],
        event_ics: Callable[[Event], str | None],
    ) -> ArchivedView:
        """A mail as it must read now.

        Args:
            content: as everybody may read it.
            parts: its sections, what is over apart.
            sent_at: the day of an announcement; an edition has its own.
            now: what days are counted from.
            item_url: asked for the page of an item that has none of its own.
            event_ics: asked for the address of an event's calendar file.
        """

        def view(of: Edition) -> EditionView:
            return self._views.view(of, item_url=item_url, event_ics=event_ics)

        edition = content if isinstance(content, Edition) else content.attached
        sections: tuple[ArchivedSection, ...] = ()
        if edition is not None:
            today = now.astimezone(self._zone)
            current = replace(edition, composed_at=today, sections=tuple(part.current for part in parts))
            # Seen from tomorrow, so that what closed today is not told to close today.
            over = replace(edition, composed_at=today + _TOMORROW, sections=tuple(part.over for part in parts))
            sections = tuple(_sections(view(current), view(over)))
        if isinstance(content, Edition):
            own = self._view(replace(content, sections=()))
            return ArchivedView(title=own.title, date=own.date, html=own.note_html, sections=sections)
        day = self._views.day(sent_at)
        return ArchivedView(title=one_line(content.subject), date=day, html=content.html, sections=sections)

    def in_short(self, content: Edition | Announcement, *, item_url: Callable[[Item], str | None]) -> str:
        """A mail's content as HTML for a feed, as it was when it was sent."""
        edition = content if isinstance(content, Edition) else content.attached
        view = self._view(edition, item_url=item_url) if edition else None
        html = content.html if isinstance(content, Announcement) else view.note_html if view else ""
        return self._views.page("feed_entry", html=html, sections=view.sections if view else ())

    def _view(self, edition: Edition, *, item_url: Callable[[Item], str | None] = lambda _: None) -> EditionView:
        return self._views.view(edition, item_url=item_url, event_ics=lambda _: None)


def _sections(current: EditionView, over: EditionView) -> Iterable[ArchivedSection]:
    for now, past in zip(current.sections, over.sections, strict=True):
        if now.groups or past.groups:
            rows = tuple(row for group in past.groups for row in group.rows)
            yield ArchivedSection(kind=now.kind, anchor=now.anchor, title=now.title, groups=now.groups, over=rows)
