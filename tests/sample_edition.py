"""A small invented growers' network, its edition and its announcement, for the tests of rendering."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from digest.config import Config
from digest.model import (
    Announcement,
    Edition,
    Entry,
    Event,
    Group,
    Item,
    Kind,
    Newness,
    Picture,
    PictureFile,
    Post,
    Section,
    Slot,
    Vacancy,
)
from digest.render import Compiled, Renderer, fill_html, fill_text

ZONE = ZoneInfo("Europe/London")
MONDAY = datetime(2026, 11, 23, 8, tzinfo=ZONE)
VALUES = {
    Slot.NAME: "Ann",
    Slot.ADDRESS: "ann@example.org",
    Slot.UNSUBSCRIBE_URL: "https://mail.example.org/unsubscribe/abc?a=1&b=2",
    Slot.PREFERENCES_URL: "https://mail.example.org/preferences/abc?a=1&b=2",
    Slot.VIEW_URL: "https://mail.example.org/view/abc",
}


def config(**tables: Any) -> Config:
    raw: dict[str, Any] = {
        "network": {
            "name": "Allotment & Growing Network",
            "url": "https://growers.example.org/",
            "timezone": "Europe/London",
            "postal_address": "The Potting Shed, 4 Canal Walk\nBrindle Bridge",
        },
        "sender": {"email": "digest@growers.example.org"},
        "brand": {"tagline": "People who grow together"},
        "categories": [{"name": "Soil", "title": "Soil & compost"}, {"name": "Plots"}],
        "lists": [{"name": "members", "title": "All members"}],
        "digests": [{"name": "weekly", "title": "Weekly digest", "lists": ["members"]}],
    }
    for name, table in tables.items():
        raw[name] = {**raw[name], **table} if isinstance(table, dict) and name in raw else table
    return Config.model_validate(raw)


def post(title: str = "Leaf mould in two years", key: str = "p", **fields: Any) -> Post:
    return Post(source="site", key=key, title=title, first_seen_at=MONDAY, **fields)


def event(title: str = "Winter meeting", key: str = "e", **fields: Any) -> Event:
    fields.setdefault("starts_at", datetime(2026, 11, 26, 18, 30, tzinfo=ZONE))
    return Event(source="site", key=key, title=title, first_seen_at=MONDAY, **fields)


def vacancy(title: str = "Orchard coordinator", key: str = "v", **fields: Any) -> Vacancy:
    return Vacancy(source="site", key=key, title=title, first_seen_at=MONDAY, **fields)


def edition(*sections: Section, **fields: Any) -> Edition:
    plain: dict[str, Any] = {
        "digest": "weekly",
        "title": "Weekly digest",
        "period": "2026-W48",
        "composed_at": MONDAY,
        "sections": sections,
    }
    return Edition(**{**plain, **fields})


def section(*entries: Item | Entry, title: str | None = None) -> Section:
    rows = tuple(entry if isinstance(entry, Entry) else Entry(item=entry) for entry in entries)
    return Section(kind=rows[0].item.kind, title=title, groups=(Group(category=None, entries=rows),))


def posts_by_category(**entries: Post) -> Section:
    groups = tuple(
        Group(category=None if name == "none" else name, entries=(Entry(item=item),)) for name, item in entries.items()
    )
    return Section(kind=Kind.POST, title=None, groups=groups)


PICTURE = Picture(
    large=PictureFile(name=f"{'a' * 32}.jpg", width=1200, height=800),
    small=PictureFile(name=f"{'b' * 32}.jpg", width=480, height=320),
)


def with_pictures(edition: Edition, *, pinned: str = "") -> Edition:
    """Every entry with the same picture; `pinned`: the key of the item that leads."""

    def shown(entry: Entry) -> Entry:
        item = replace(entry.item, image_alt="What is to be seen", pinned=entry.item.key == pinned)
        return replace(entry, item=item, picture=PICTURE)

    def group(one: Group) -> Group:
        return replace(one, entries=tuple(shown(entry) for entry in one.entries))

    return replace(
        edition,
        sections=tuple(
            replace(section, groups=tuple(group(one) for one in section.groups)) for section in edition.sections
        ),
    )


def rich_edition() -> Edition:
    at = lambda *when: datetime(*when, tzinfo=ZONE)  # noqa: E731
    link = "https://growers.example.org/"
    return edition(
        section(
            Entry(
                item=vacancy(
                    url=link + "orchard",
                    employer="Brindle Community Orchard",
                    location="Brindle Bridge",
                    salary="£24,500 per annum",
                    closes_at=at(2026, 11, 26, 17),
                    summary="Lead volunteer days across three orchards, from winter pruning to the October pressing.",
                ),
                newness=Newness.LAST_CALL,
            ),
            vacancy("Compost educator", "v2", url=link + "compost", closes_at=at(2026, 12, 14), all_day=True),
        ),
        section(
            Entry(
                item=event(
                    url=link + "meeting",
                    ends_at=at(2026, 11, 26, 20, 30),
                    location="Weavers' Hall, Hexby",
                    summary="Two growers, one water butt: how neighbouring sites share what falls on their roofs.",
                ),
                newness=Newness.REMINDER,
            ),
            Entry(item=event("Seed swap and soup", "e2", starts_at=at(2026, 12, 5, 11)), newness=Newness.MOVED),
            event(
                "Hedge-laying weekend",
                "e3",
                starts_at=at(2027, 1, 16),
                ends_at=at(2027, 1, 18),
                all_day=True,
                doubts=("year assumed: '16th January' read as 16 January 2027",),
            ),
            Entry(
                item=event("Pruning clinic", "e4", starts_at=at(2026, 12, 1, 10), cancelled=True),
                newness=Newness.CANCELLED,
            ),
        ),
        posts_by_category(
            Soil=post(
                url=link + "mould", author="Maren Oakshott", summary="A wire cage, a shady corner, nothing else."
            ),
            Plots=post("Half plots and the waiting list", "p2", author="Сава Лисенко"),
            none=post(
                "A new roof for the seed library", "p3", author="अनुष्का राव", summary="48 square metres of slate."
            ),
        ),
    )


def long_edition(items: int = 40) -> Edition:
    words = "We logged temperatures twice a day for a year, and the surprise was how little turning the bays needed. "
    posts = [
        post(
            f"What hot-compost bay number {number} taught us about patience",
            f"p{number}",
            url=f"https://growers.example.org/posts/2026/11/what-hot-compost-bay-number-{number}-taught-us",
            author="Maren Oakshott",
            summary=(words * 3)[:280],
        )
        for number in range(items)
    ]
    return edition(section(*posts))


def announcement(**fields: Any) -> Announcement:
    plain = Announcement(
        name="water",
        subject="Water off at Canal Walk from 1 to 3 December",
        preheader="Fill your butts by Monday evening.",
        identity="0123",
        html=(
            "<h2>What is happening</h2><p>The taps on <strong>sites 2 and 5</strong> will be dry.</p>"
            "<ul><li>Fill butts by Monday.</li></ul><blockquote><p>“The pipe is older than we are.”</p></blockquote>"
            '<p>There is a <a href="https://growers.example.org/water?a=1&amp;b=2" title="नमस्ते &quot;x&quot;">map</a>.'
            '</p><img src="https://growers.example.org/map.png" width="2400"><hr><pre>tap 2: off\ntap 5: off</pre>'
        ),
        text="## What is happening\n\nThe taps on **sites 2 and 5** will be dry.\n\n- Fill butts by Monday.",
    )
    return replace(plain, **fields)


def page_of(item: Item) -> str | None:
    return f"https://mail.example.org/item/{item.key}"


def ics_of(item: Event) -> str:
    return f"https://mail.example.org/item/{item.key}.ics"


def html_of(compiled: Compiled) -> str:
    return fill_html(compiled.whole().html, VALUES)


def text_of(compiled: Compiled) -> str:
    return fill_text(compiled.whole().text, VALUES)


def render(shown: Edition, **tables: Any) -> Compiled:
    return Renderer(config(**tables)).edition(shown, item_url=page_of, event_ics=ics_of)
