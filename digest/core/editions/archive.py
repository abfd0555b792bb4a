"""The archive: what was sent, as everybody may read it; nothing here is anybody's own."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from digest.app import App
from digest.compose import Edits, announcement_from_json, as_nobodys, edition_from_json, parted, public, without_lost
from digest.core.content.pictures import picture_files
from digest.model import Announcement, Edition, Event, Parted
from digest.store import archive
from digest.store.archive import ArchivedCampaign
from digest.store.campaigns import ANNOUNCEMENT
from digest.store.content import edits as edit_store
from digest.store.content import items as item_store

ON_A_PAGE = 20
IN_A_FEED = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchivedMail:
    """An edition or announcement in the archive."""

    name: str  # of its campaign, which names its page
    published_at: datetime
    updated_at: datetime  # when somebody first got what it says now
    content: Edition | Announcement

    @property
    def edition(self) -> Edition | None:
        """What of it is composed of items."""
        return self.content if isinstance(self.content, Edition) else self.content.attached


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchivePage:
    """Some of the archive."""

    mails: tuple[ArchivedMail, ...]  # newest first
    number: int  # from 1
    last: int  # page


@dataclass(frozen=True, kw_only=True, slots=True)
class Shelved:
    """A mail of the archive between its neighbours, as it must read now."""

    mail: ArchivedMail
    parts: tuple[Parted, ...]
    before: str | None  # names of campaigns
    after: str | None


def archive_page(app: App, number: int) -> ArchivePage | None:
    """A page of the archive; None where there is no such page. The first is there even of an empty archive."""
    closed = _closed(app)
    with app.store.read() as connection:
        last = max(1, -(-archive.count(connection, closed) // ON_A_PAGE))
        if not 1 <= number <= last:
            return None
        rows = archive.page(connection, closed, limit=ON_A_PAGE, offset=(number - 1) * ON_A_PAGE)
        return ArchivePage(mails=_mails(connection, rows), number=number, last=last)


def latest(app: App) -> tuple[ArchivedMail, ...]:
    """What feeds tell of, newest first."""
    with app.store.read() as connection:
        return _mails(connection, archive.page(connection, _closed(app), limit=IN_A_FEED))


def shelved(app: App, name: str, now: datetime) -> Shelved | None:
    """A mail by its campaign's name; None where there is none that everybody may read."""
    closed = _closed(app)
    with app.store.read() as connection:
        row = archive.find(connection, name, closed)
        if row is None:
            return None
        (mail,) = _mails(connection, [row])
        before, after = archive.neighbours(connection, name, closed)
        pairs = list(_pairs([mail]))
        gone = item_store.gone(connection, pairs)
        stored = item_store.among(connection, pairs).values()
    cancelled = {(item.source, item.key) for item in stored if isinstance(item, Event) and item.cancelled}
    if isinstance(mail.content, Edition):
        mail = replace(mail, content=without_lost(mail.content, picture_files(app).has))
    edition = mail.edition and without_lost(mail.edition, picture_files(app).has)
    parts = parted(edition, now, gone=gone, cancelled=cancelled) if edition else ()
    return Shelved(mail=mail, parts=parts, before=before, after=after)


def archive_stamp(app: App) -> tuple[object, ...]:
    """Another whenever the archive has another mail in it, or something in one was taken back."""
    with app.store.read() as connection:
        return archive.stamp(connection, _closed(app))


def stock_stamp(app: App) -> tuple[object, ...]:
    """Another whenever something else is known of an item, too."""
    with app.store.read() as connection:
        return (*archive.stamp(connection, _closed(app)), item_store.last_change(connection))


def _closed(app: App) -> tuple[str, ...]:
    return tuple(digest.name for digest in app.config.digests if not digest.public)


def _mails(connection: Connection, rows: Sequence[ArchivedCampaign]) -> tuple[ArchivedMail, ...]:
    mails = [
        ArchivedMail(
            name=row.name,
            published_at=row.created_at,
            updated_at=row.shown_since,
            content=(announcement_from_json if row.digest == ANNOUNCEMENT else edition_from_json)(row.content),
        )
        for row in rows
    ]
    edits = edit_store.load(connection)
    gone = item_store.gone(connection, _pairs(mails))
    return tuple(replace(mail, content=_public(mail.content, edits, gone)) for mail in mails)


def _public(content: Edition | Announcement, edits: Edits, gone: frozenset[tuple[str, str]]) -> Edition | Announcement:
    if isinstance(content, Edition):
        return public(content, edits=edits, gone=gone)
    attached = content.attached and public(content.attached, edits=edits, gone=gone)
    return replace(as_nobodys(content), attached=attached if attached and attached.sections else None)


def _pairs(mails: Iterable[ArchivedMail]) -> Iterator[tuple[str, str]]:
    entries = (one for mail in mails if mail.edition for entry in mail.edition.entries for one in entry.occurrences)
    for entry in entries:
        yield (entry.item.source, entry.item.key)
        yield from entry.also
