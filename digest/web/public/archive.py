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
from digest.web.languages import Reading, reading

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
            return self._not_found(reading(self._app, request))
        return self._answer(request, ("page", int(asked)), lambda read: self._index(read, int(asked)), ages=False)

    def campaign(self, request: Request) -> Response:
        """An edition or announcement as it must read now."""
        name = request.path_params["name"]
        if not _NAME.fullmatch(name):
            return self._not_found(reading(self._app, request))
        return self._answer(request, ("campaign", name), lambda read: self._campaign(read, name))

    def atom(self, request: Request) -> Response:
        """The latest as Atom."""
        return self._answer(request, "atom", lambda read: self._feed(read, "atom"), ages=False)

    def json_feed(self, request: Request) -> Response:
        """The latest as JSON Feed."""
        return self._answer(request, "json", lambda read: self._feed(read, "json"), ages=False)

    def calendar(self, request: Request) -> Response:
        """What is coming, of all categories or of one."""
        asked = request.path_params.get("category", request.query_params.get("category"))
        if asked is None:
            return self._answer(request, "calendar", lambda read: self._calendar(read, None))
        category = next((name for name in self._categories() if name.casefold() == asked.casefold()), None)
        if category is None:
            return self._not_found(reading(self._app, request))
        return self._answer(request, ("calendar", category), lambda read: self._calendar(read, category))

    def _answer(
        self, request: Request, key: Hashable, make: Callable[[Reading], Made | None], *, ages: bool = True
    ) -> Response:
        """What is kept, or made; what ages also reads otherwise as time passes, or when more is known of its items."""
        read = reading(self._app, request)
        known = (editions.stock_stamp if ages else editions.archive_stamp)(self._app)
        stamp = (*known, self._app.now.timestamp() // (MAX_AGE if ages else _AN_HOUR))
        kept = self._kept.answer(request, (key, read.language, read.asked), stamp, lambda: make(read))
        return kept or self._not_found(read)

    def _not_found(self, read: Reading) -> Response:
        return message(read.app, "not_found", status=404)

    def _index(self, read: Reading, number: int) -> Made | None:
        found = editions.archive_page(self._app, number)
        if found is None:
            return None
        archive = self._urls["archive"]

        def address(of: int) -> str:
            return archive if of == 1 else f"{archive}?page={of}"

        reader = read.app.renderer.archive
        teasers = [
            reader.teaser(one.content, sent_at=one.published_at, url=read.link(mail.archive_link(self._app, one.name)))
            for one in found.mails
        ]
        calendars = [
            {"title": title, "url": read.link(f"{self._urls['calendar']}?category={quote(name, safe='')}")}
            for name, title in self._categories().items()
        ]
        return self._page(
            read,
            "archive",
            address(number),
            teasers=teasers,
            number=found.number,
            last=found.last,
            newer=read.link(address(number - 1)) if number > 1 else None,
            older=read.link(address(number + 1)) if number < found.last else None,
            calendars=calendars,
        )

    def _campaign(self, read: Reading, name: str) -> Made | None:
        now = self._app.now
        found = editions.shelved(self._app, name, now)
        if found is None:
            return None
        item_page, ics = self._links_of(read, [found.mail])
        view = read.app.renderer.archive.page(
            found.mail.content,
            found.parts,
            sent_at=found.mail.published_at,
            now=now,
            item_url=item_page,
            event_ics=ics,
        )
        before, after = (one and read.link(mail.archive_link(self._app, one)) for one in (found.before, found.after))
        return self._page(read, "archived", mail.archive_link(self._app, name), mail=view, before=before, after=after)

    def _page(self, read: Reading, name: str, address: str, **context: Any) -> Made:
        own = "" if read.language == self._app.config.network.language else read.language
        shown = page(
            read.app,
            name,
            urls={what: url and read.link(url) for what, url in self._urls.items()},
            robots=self._robots,
            canonical=mail.in_language(address, own),
            switch=read.switch(address),
            **context,
        )
        return self._made(read, bytes(shown.body), "text/html")

    def _feed(self, read: Reading, kind: str) -> Made:
        media_type, write = _FEEDS[kind]
        mails = editions.latest(self._app)
        item_page, _ = self._links_of(read, mails)
        network, zone = self._app.config.network, self._app.config.network.zone
        reader = read.app.renderer.archive
        entries = []
        for one in mails:
            url = read.link(mail.archive_link(self._app, one.name))
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
            language=read.language.replace("_", "-"),
            url=read.link(self._urls[kind]),
            page=read.link(self._urls["archive"]),
            home=network.url,
            made_at=self._app.now.astimezone(zone),
            entries=entries,
        )
        return self._made(read, write(feed), media_type, modified_at=feed.updated_at if entries else None)

    def _calendar(self, read: Reading, category: str | None) -> Made:
        coming = [one for one in content.upcoming(self._app, self._app.now) if _is_of(one, category)]
        events = [Entry(item=one.event, also=one.keys[1:]) for one in coming]
        item_page, _ = mail.pages_of(self._app, events)
        entries = [
            CalendarEntry(
                event=one.event,
                url=read.link(item_page(one.event)),
                sequence=one.sequence,
                changed_at=one.changed_at,
                is_off=one.is_off,
            )
            for one in coming
        ]
        url = self._urls["calendar"] + (f"?category={quote(category, safe='')}" if category else "")
        title = self._categories()[category] if category else None
        written = read.app.renderer.calendars.calendar_file(entries, url=read.link(url), category=title)
        return self._made(read, written, "text/calendar")

    def _made(self, read: Reading, body: bytes, media_type: str, *, modified_at: datetime | None = None) -> Made:
        headers = {"X-Robots-Tag": self._robots, **read.headers}
        return Made(body=body, media_type=f"{media_type}; charset=utf-8", modified_at=modified_at, headers=headers)

    def _links_of(
        self, read: Reading, mails: Sequence[ArchivedMail]
    ) -> tuple[Callable[[Item], str], Callable[[Event], str]]:
        entries = (entry for one in mails if one.edition for entry in one.edition.entries)
        item_page, ics = mail.pages_of(self._app, [one for entry in entries for one in entry.occurrences])
        return (lambda item: read.link(item_page(item))), (lambda event: read.link(ics(event)))

    def _categories(self) -> dict[str, str]:
        return {one.name: one.title or one.name for one in self._app.config.categories}

    def _id(self, path: str, begun_at: datetime) -> str:
        """A URI that outlasts the address of the pages (RFC 4151)."""
        return f"tag:{mail.own_domain(self._app)},{begun_at:%Y-%m-%d}:{path}"


def _is_of(one: Upcoming, category: str | None) -> bool:
    return category is None or category.casefold() in {name.casefold() for name in one.event.categories}
