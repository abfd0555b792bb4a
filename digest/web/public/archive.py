"""The archive for everybody: what was sent, page by page and as feeds, and a calendar of what is coming."""

import re
from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from digest.app import App
from digest.core import content, editions, mail, people
from digest.core.content import Upcoming
from digest.core.editions import ArchivedMail
from digest.model import Edition, Entry, Event, Item
from digest.render import CalendarEntry, Feed, FeedEntry, atom, json_feed
from digest.web.answers import message, page
from digest.web.kept import MAX_AGE, Kept, Made

_NAME = re.compile(r"[A-Za-z0-9_-]{1,200}")
_NUMBER = re.compile(r"[1-9][0-9]{0,5}")
_AN_HOUR = 3600  # seconds after which also what does not age is made anew: a template may have changed
_FEEDS = {"atom": ("application/atom+xml", atom), "json": ("application/feed+json", json_feed)}


class ArchivePages:
    """``/``, ``/archive``, ``/archive/CAMPAIGN``, ``/archive.atom``, ``/archive.json`` and ``/calendar.ics``."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._kept = Kept()
        base = app.config.web.base_url
        self._urls = {
            "archive": mail.archive_link(app),
            "atom": f"{base}/archive.atom",
            "json": f"{base}/archive.json",
            "calendar": f"{base}/calendar.ics",
            "subscribe": f"{base}/subscribe" if people.open_lists(app) else "",
        }
        self._robots = "index, follow" if app.config.web.index else "noindex, nofollow"

    def index(self, request: Request) -> Response:
        """What was sent, newest first."""
        asked = request.query_params.get("page", "1")
        if not _NUMBER.fullmatch(asked):
            return self._not_found()
        return self._answer(request, ("page", int(asked)), lambda: self._index(int(asked)), ages=False)

    def campaign(self, request: Request) -> Response:
        """An edition or announcement as it must read now."""
        name = request.path_params["name"]
        if not _NAME.fullmatch(name):
            return self._not_found()
        return self._answer(request, ("campaign", name), lambda: self._campaign(name))

    def atom(self, request: Request) -> Response:
        """The latest as Atom."""
        return self._answer(request, "atom", lambda: self._feed("atom"), ages=False)

    def json_feed(self, request: Request) -> Response:
        """The latest as JSON Feed."""
        return self._answer(request, "json", lambda: self._feed("json"), ages=False)

    def calendar(self, request: Request) -> Response:
        """What is coming, of all categories or of one."""
        asked = request.path_params.get("category", request.query_params.get("category"))
        if asked is None:
            return self._answer(request, "calendar", lambda: self._calendar(None))
        category = next((name for name in self._categories() if name.casefold() == asked.casefold()), None)
        if category is None:
            return self._not_found()
        return self._answer(request, ("calendar", category), lambda: self._calendar(category))

    def _answer(
        self, request: Request, key: Hashable, make: Callable[[], Made | None], *, ages: bool = True
    ) -> Response:
        """What is kept, or made; what ages also reads otherwise as time passes, or when more is known of its items."""
        known = (editions.stock_stamp if ages else editions.archive_stamp)(self._app)
        stamp = (*known, self._app.now.timestamp() // (MAX_AGE if ages else _AN_HOUR))
        return self._kept.answer(request, key, stamp, make) or self._not_found()

    def _not_found(self) -> Response:
        return message(self._app, "not_found", status=404)

    def _index(self, number: int) -> Made | None:
        found = editions.archive_page(self._app, number)
        if found is None:
            return None
        archive = self._urls["archive"]
        own = archive if number == 1 else f"{archive}?page={number}"
        reader = self._app.renderer.archive
        teasers = [
            reader.teaser(one.content, sent_at=one.published_at, url=mail.archive_link(self._app, one.name))
            for one in found.mails
        ]
        calendars = [
            {"title": title, "url": f"{self._urls['calendar']}?category={quote(name, safe='')}"}
            for name, title in self._categories().items()
        ]
        return self._page(
            "archive",
            canonical=own,
            teasers=teasers,
            number=found.number,
            last=found.last,
            newer=None if number == 1 else archive if number == 2 else f"{archive}?page={number - 1}",
            older=f"{archive}?page={number + 1}" if number < found.last else None,
            calendars=calendars,
        )

    def _campaign(self, name: str) -> Made | None:
        now = self._app.now
        found = editions.shelved(self._app, name, now)
        if found is None:
            return None
        item_page, ics = self._links_of([found.mail])
        view = self._app.renderer.archive.page(
            found.mail.content,
            found.parts,
            sent_at=found.mail.published_at,
            now=now,
            item_url=item_page,
            event_ics=ics,
        )
        before, after = (one and mail.archive_link(self._app, one) for one in (found.before, found.after))
        canonical = mail.archive_link(self._app, name)
        return self._page("archived", canonical=canonical, mail=view, before=before, after=after)

    def _page(self, name: str, **context: Any) -> Made:
        shown = page(self._app, name, urls=self._urls, robots=self._robots, **context)
        return self._made(bytes(shown.body), "text/html")

    def _feed(self, kind: str) -> Made:
        media_type, write = _FEEDS[kind]
        mails = editions.latest(self._app)
        item_page, _ = self._links_of(mails)
        network, zone = self._app.config.network, self._app.config.network.zone
        reader = self._app.renderer.archive
        entries = []
        for one in mails:
            url = mail.archive_link(self._app, one.name)
            teaser = reader.teaser(one.content, sent_at=one.published_at, url=url)
            entries.append(
                FeedEntry(
                    id=self._id(f"archive/{one.name}", one.published_at),
                    url=url,
                    title=f"{teaser.title} – {teaser.date}" if isinstance(one.content, Edition) else teaser.title,
                    summary=teaser.summary,
                    html=reader.in_short(one.content, item_url=item_page),
                    published_at=one.published_at.astimezone(zone),
                    updated_at=one.updated_at.astimezone(zone),
                )
            )
        feed = Feed(
            id=self._urls["archive"],
            title=network.name,
            subtitle=self._app.config.brand.tagline,
            language=network.language.replace("_", "-"),
            url=self._urls[kind],
            page=self._urls["archive"],
            home=network.url,
            made_at=self._app.now.astimezone(zone),
            entries=entries,
        )
        return self._made(write(feed), media_type, modified_at=feed.updated_at if entries else None)

    def _calendar(self, category: str | None) -> Made:
        coming = [one for one in content.upcoming(self._app, self._app.now) if _is_of(one, category)]
        events = [Entry(item=one.event, also=one.keys[1:]) for one in coming]
        item_page, _ = mail.pages_of(self._app, events)
        entries = [
            CalendarEntry(
                event=one.event,
                url=item_page(one.event),
                sequence=one.sequence,
                changed_at=one.changed_at,
                is_off=one.is_off,
            )
            for one in coming
        ]
        url = self._urls["calendar"] + (f"?category={quote(category, safe='')}" if category else "")
        title = self._categories()[category] if category else None
        return self._made(self._app.renderer.calendar_file(entries, url=url, category=title), "text/calendar")

    def _made(self, body: bytes, media_type: str, *, modified_at: datetime | None = None) -> Made:
        kind = f"{media_type}; charset=utf-8"
        return Made(body=body, media_type=kind, modified_at=modified_at, headers={"X-Robots-Tag": self._robots})

    def _links_of(self, mails: Sequence[ArchivedMail]) -> tuple[Callable[[Item], str], Callable[[Event], str]]:
        entries = (entry for one in mails if one.edition for entry in one.edition.entries)
        return mail.pages_of(self._app, [one for entry in entries for one in entry.occurrences])

    def _categories(self) -> dict[str, str]:
        return {one.name: one.title or one.name for one in self._app.config.categories}

    def _id(self, path: str, begun_at: datetime) -> str:
        """A URI that outlasts the address of the pages (RFC 4151)."""
        return f"tag:{mail.own_domain(self._app)},{begun_at:%Y-%m-%d}:{path}"


def _is_of(one: Upcoming, category: str | None) -> bool:
    return category is None or category.casefold() in {name.casefold() for name in one.event.categories}
