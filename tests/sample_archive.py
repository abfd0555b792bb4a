"""Pages of the archive made of the sample network's mails, for the tests of rendering."""

from dataclasses import replace
from datetime import datetime

from sample_edition import MONDAY, announcement, ics_of, page_of, rich_edition

from digest.compose import parted, public
from digest.model import Announcement, Edition
from digest.render import Renderer

LATER = datetime(2026, 12, 2, 12, tzinfo=MONDAY.tzinfo)
"""When of the rich edition a vacancy has closed and two events are over."""

BASE = "https://mail.example.org"
FRAME = {
    "urls": {
        "archive": f"{BASE}/archive",
        "atom": f"{BASE}/a.atom",
        "json": f"{BASE}/a.json",
        "calendar": f"{BASE}/c",
        "subscribe": f"{BASE}/s",
    },
    "robots": "noindex, nofollow",
    "canonical": f"{BASE}/archive/weekly-2026-W48",
}


def archived_page(renderer: Renderer, content: Edition | Announcement | None = None, now: datetime = LATER) -> str:
    """The page of an edition or announcement as it reads at a time."""
    content = content or rich_edition()
    shown = content if isinstance(content, Edition) else content.attached
    shown = shown and public(shown, edits={}, gone=())
    view = renderer.archive.page(
        shown if isinstance(content, Edition) and shown else replace(content, attached=shown),
        parted(shown, now, gone=(), cancelled=()) if shown else (),
        sent_at=MONDAY,
        now=now,
        item_url=page_of,
        event_ics=ics_of,
    )
    return renderer.page("archived", mail=view, before=f"{BASE}/archive/a", after=f"{BASE}/archive/b", **FRAME)


def archive_page(renderer: Renderer, *contents: Edition | Announcement) -> str:
    """The second of three pages that list what was sent."""
    mails = contents or (rich_edition(), announcement())
    teasers = [renderer.archive.teaser(one, sent_at=MONDAY, url=f"{BASE}/archive/a") for one in mails]
    calendars = [{"title": "Soil & compost", "url": f"{BASE}/calendar.ics?category=Soil"}]
    turn = {"newer": f"{BASE}/archive", "older": f"{BASE}/archive?page=3"}
    return renderer.page("archive", teasers=teasers, number=2, last=3, calendars=calendars, **turn, **FRAME)
