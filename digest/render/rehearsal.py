"""A rehearsal: every template with one of everything, so that a mistake is found before an edition is due."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from digest.config import Config, DigestConfig
from digest.errors import TemplateError
from digest.model import (
    Announcement,
    Edition,
    Entry,
    Event,
    Group,
    Kind,
    Newness,
    Picture,
    PictureFile,
    Post,
    Section,
    Vacancy,
)
from digest.render.letters import Confirm, EditionWaits, Letter, PreferencesLink, SignIn, Troubles, Welcome, WelcomeBack
from digest.render.renderer import Renderer


def template_problems(renderer: Renderer, config: Config, now: datetime) -> tuple[str, ...]:
    """Every mistake that reading and rendering the templates finds, with file and line; each is told once."""
    problems = []
    for attempt in _attempts(renderer, config, now.astimezone(config.network.zone)):
        try:
            attempt()
        except TemplateError as error:
            problems.append(str(error))
    return tuple(dict.fromkeys(problems))


def _attempts(renderer: Renderer, config: Config, now: datetime) -> Iterator[Callable[[], object]]:
    yield renderer.parse_all
    for digest in config.digests:
        for sample in (_edition(config, digest, now), _edition(config, digest, now, bare=True)):
            yield partial(renderer.edition, sample, item_url=lambda _: None)
    notice = Announcement(
        name="sample",
        subject="A sample",
        preheader="One of everything.",
        html="<p>A sample.</p>",
        text="A sample.",
        identity="sample",
    )
    yield partial(renderer.announcement, notice)
    for digest in config.digests[:1]:
        yield partial(renderer.announcement, replace(notice, attached=_edition(config, digest, now)))
    for letter in _letters(config, now):
        yield partial(renderer.letter, letter)
    for name, context in _pages(renderer, now):
        yield partial(renderer.page, name, **context)


def _letters(config: Config, now: datetime) -> Iterator[Letter]:
    url, soon = "https://example.org/sample", timedelta(minutes=15)
    yield Confirm(lists=("Members", "Organisers"), url=url, valid=timedelta(days=3))
    yield Confirm(lists=("Members",), url=url, valid=timedelta(days=7), invited=True)
    dated = tuple(entry.item for entry in (*_events(now), *_vacancies(now)) if isinstance(entry.item, Event | Vacancy))
    for next_at, latest_url, coming in ((None, None, ()), ((now, "Weekly"), url, dated)):
        yield Welcome(
            lists=("Members",), written_at=now, next_at=next_at, latest_url=latest_url, coming=coming, leave_url=url
        )
    yield WelcomeBack(missed=(("A sample", url),), archive_url=url)
    yield SignIn(url=url, valid=soon)
    yield PreferencesLink(url=url, valid=timedelta(days=1))
    yield Troubles(troubles=(("a sample", "digest status"),))
    for digest in config.digests[:1]:
        edition = _edition(config, digest, now)
        yield EditionWaits(edition=edition, reasons=("a sample",), preview_url=url, approve_url=url, hold_url=url)


def _pages(renderer: Renderer, now: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    wishes: dict[str, Any] = {
        "digest": "",
        "title": "A sample",
        "parts": [{"name": "posts", "title": "Posts", "wanted": False}],
        "paused_until": "10 January",
        "earliest": "2026-01-01",
        "latest": "2028-01-01",
    }
    yield "message", {"title": "A sample", "text": "A sample."}
    for titles in ((), ("Members",), ("Members", "Organisers")):
        yield "unsubscribe", {"lists": titles, "address": "member@example.org"}
        yield "unsubscribed", {"lists": titles}
        yield "unsubscribe", {"lists": titles, "gentler": {"action": "/", "wishes": wishes, "choices": []}}
        yield "unsubscribed", {"lists": titles, "after": {"back": "/", "why": "/", "longest": 500}, "told": True}
    for offered in ((), (("members", "Members", "What is new."),), (("a", "A", "What is new."), ("b", "B", ""))):
        work = "{}" if offered else ""
        form = {
            "form": "sample",
            "work": work,
            "problem": "A sample." if offered else "",
            "preferences": "/preferences",
        }
        yield "subscribe", {"lists": offered, **form}
        yield "subscribe_again", {"form": "sample", "work": work}
    yield "subscribed", {"valid": "1 week", "preferences": "/preferences"}
    yield "confirm", {"wording": "A sample."}
    yield "confirmed", {"lists": ("Members", "Organisers")}
    for what in ("approve", "hold"):
        yield "draft", {"what": what, "subject": "A sample", "people": 2, "due": "10 January, 08:00"}
    yield "preferences_ask", {}
    for fresh in (False, True):
        lists = [{"name": "a", "title": "A sample", "description": "", "on": on} for on in (True, False)]
        yield (
            "preferences",
            {
                **dict.fromkeys(("address", "action", "notice", "back", "unmailed_since"), "A sample"),
                "fresh": fresh,
                "lists": lists,
                "everything": wishes,
                "digests": [wishes],
                "choices": [],
                "languages": [{"tag": "en", "name": "English", "chosen": True}],
            },
        )
    for entry in (*_vacancies(now), *_events(now), *_posts(now)):
        picture = renderer.picture(_PICTURE, alt="What is to be seen")
        yield "item", {"item": entry.item, "picture": picture}
    switch = [{"tag": tag, "name": "A sample", "url": "/", "here": here} for tag, here in (("en", True), ("cy", False))]
    yield "message", {"title": "A sample", "text": "A sample.", "switch": switch}


def _edition(config: Config, digest: DigestConfig, now: datetime, *, bare: bool = False) -> Edition:
    """One of everything; or, bare, a single post without any optional field."""
    vacancies, events, posts = _vacancies(now), _events(now), _posts(now)
    category = config.categories[0].name if config.categories else "Sample"
    sections: tuple[Section, ...] = (
        Section(kind=Kind.VACANCY, title=None, groups=(Group(category=None, entries=vacancies),)),
        Section(kind=Kind.EVENT, title="What is coming", groups=(Group(category=None, entries=events),)),
        Section(
            kind=Kind.POST,
            title=None,
            groups=(Group(category=category, entries=posts[:1]), Group(category=None, entries=posts[1:])),
        ),
    )
    if bare:
        sections = (Section(kind=Kind.POST, title=None, groups=(Group(category=None, entries=posts[1:]),)),)
    return Edition(
        digest=digest.name, title=digest.title or digest.name, period="check", composed_at=now, sections=sections
    )


def _vacancies(now: datetime) -> tuple[Entry, ...]:
    full = Vacancy(
        **_common(now, "vacancy"),
        closes_at=now + timedelta(days=3),
        employer="Sample employer",
        salary="20,000 a year",
        location="Sample town",
    )
    later = Vacancy(**_least(now, "later vacancy"), closes_at=now + timedelta(days=30), all_day=True)
    return (
        Entry(item=full, newness=Newness.LAST_CALL, picture=_PICTURE),
        Entry(item=later, picture=_PICTURE),
        Entry(item=Vacancy(**_least(now, "open vacancy"))),
    )


def _events(now: datetime) -> tuple[Entry, ...]:
    soon, day = now + timedelta(days=2), now.replace(hour=0, minute=0, second=0, microsecond=0)
    full = Event(
        **_common(now, "event"),
        starts_at=soon,
        ends_at=soon + timedelta(hours=2),
        location="Sample hall",
        geo=(52.0, 0.0),
    )
    long = Event(**_least(now, "long event"), starts_at=day, ends_at=day + timedelta(days=3), all_day=True)
    off = Event(**_least(now, "cancelled event"), starts_at=soon, cancelled=True)
    return (
        Entry(item=full, newness=Newness.REMINDER, picture=_PICTURE),
        Entry(item=long, newness=Newness.MOVED),
        Entry(item=off, newness=Newness.CANCELLED),
        Entry(item=Event(**_least(now, "plain event"), starts_at=soon)),
    )


def _posts(now: datetime) -> tuple[Entry, ...]:
    return (Entry(item=Post(**_common(now, "post")), picture=_PICTURE), Entry(item=Post(**_least(now, "plain post"))))


_PICTURE = Picture(
    large=PictureFile(name=f"{'0' * 32}.jpg", width=1200, height=800),
    small=PictureFile(name=f"{'1' * 32}.jpg", width=480, height=320),
)


def _common(now: datetime, what: str) -> dict[str, Any]:
    """Every field that all kinds share."""
    return _least(now, what) | {
        "author": "Sample author",
        "categories": ("Sample",),
        "url": "https://example.org/sample",
        "summary": "What it is about, in a sentence or two.",
        "text": "The whole of it.",
        "html": "<p>The whole of it.</p>",
        "image_url": "https://example.org/sample.png",
        "image_alt": "What is to be seen",
        "published_at": now,
        "doubts": ("year assumed",),
        "note": "A word of the editor.",
        "pinned": True,
    }


def _least(now: datetime, what: str) -> dict[str, Any]:
    """What no item is without."""
    return {"source": "sample", "key": what.replace(" ", "-"), "title": f"A sample {what}", "first_seen_at": now}
