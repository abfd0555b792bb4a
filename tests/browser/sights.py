"""What is looked at: mails and public pages, plain ones and those whose words do not fit."""

from datetime import datetime

from sample_archive import archive_page, archived_page
from sample_edition import (
    ZONE,
    announcement,
    config,
    edition,
    event,
    html_of,
    ics_of,
    post,
    render,
    rich_edition,
    section,
    vacancy,
    with_pictures,
)

from digest.render import Renderer

LONG_WORD = "Pflanzenschutzmittelverordnungsänderungsgesetz" * 7
LONG_URL = f"https://growers.example.org/{'plots-and-paths/' * 30}?query={'x' * 200}"
LONG_TITLE = "What the winter taught us about water, leaves and each other " * 5
ARABIC = "حديقة المجتمع تفتح أبوابها يوم السبت لكل من يحب الزراعة"

_WIDE = (
    f"<p>{LONG_WORD}</p><p><a href='{LONG_URL}'>{LONG_URL}</a></p><h2>{LONG_WORD}</h2>"
    f"<ul><li>{LONG_WORD}</li></ul><blockquote><p>{LONG_WORD}</p></blockquote><pre>{LONG_WORD}</pre>"
    '<p><img src="https://growers.example.org/wide.png" width="2400" height="900" alt="A plan of the site"></p>'
)
_TABLE = f"<table><tr><th>Bed</th><th>Crop</th></tr><tr><td>1</td><td>{LONG_WORD}</td></tr></table>"
_LONG_NAMES = {
    "network": {"name": LONG_WORD[:200], "postal_address": LONG_WORD},
    "brand": {"tagline": LONG_WORD},
    "categories": [{"name": "Soil", "title": LONG_WORD}],
}
_EVENING = event(
    "Winter meeting", ends_at=datetime(2026, 11, 26, 20, 30, tzinfo=ZONE), location="Weavers' Hall", html="<p>Tea.</p>"
)


def _edition_of_long_words():
    return edition(
        section(
            vacancy(
                LONG_WORD,
                url=LONG_URL,
                employer=LONG_WORD,
                salary=LONG_WORD,
                closes_at=datetime(2026, 11, 26, 17, tzinfo=ZONE),
                summary=LONG_URL,
            )
        ),
        section(event(LONG_WORD, location=LONG_WORD, summary=LONG_WORD), title=LONG_WORD),
        section(post(LONG_TITLE, author=LONG_WORD, summary=LONG_WORD), post("", "2", author=LONG_WORD)),
        title=LONG_WORD,
    )


def _edition_in_arabic():
    return edition(
        section(vacancy(ARABIC, employer=ARABIC, closes_at=datetime(2026, 11, 26, 17, tzinfo=ZONE))),
        section(event(ARABIC, location=ARABIC, summary=ARABIC)),
        section(post(ARABIC, author=ARABIC, summary=ARABIC), post("In English", "2", summary="Among the others.")),
    )


MAILS = {
    "edition": lambda: html_of(render(rich_edition())),
    "edition with a logo": lambda: html_of(render(rich_edition(), brand={"logo": "https://growers.example.org/l.png"})),
    "edition with pictures that do not come": lambda: html_of(
        render(with_pictures(rich_edition(), pinned="v"), brand={"pictures": "all"})
    ),
    "edition of long words": lambda: html_of(render(_edition_of_long_words(), **_LONG_NAMES)),
    "edition in Arabic": lambda: html_of(render(_edition_in_arabic(), network={"language": "ar"})),
    "edition as a letter": lambda: html_of(render(rich_edition(), brand={"look": "letter"})),
    "edition as a magazine": lambda: html_of(render(rich_edition(), brand={"look": "magazine"})),
    "magazine of long words": lambda: html_of(
        render(_edition_of_long_words(), **{**_LONG_NAMES, "brand": {"look": "magazine", "tagline": LONG_WORD}})
    ),
    "announcement as a letter": lambda: html_of(
        Renderer(config(brand={"look": "letter"})).announcement(announcement(attached=rich_edition()))
    ),
    "announcement": lambda: html_of(Renderer(config()).announcement(announcement())),
    "announcement of long words": lambda: html_of(
        Renderer(config(**_LONG_NAMES)).announcement(announcement(subject=LONG_WORD, html=_WIDE))
    ),
    "announcement with a wide table": lambda: html_of(Renderer(config()).announcement(announcement(html=_TABLE))),
}


def _wishes(digest="", title=LONG_WORD, paused_until=""):
    parts = [("posts", "Posts", True), ("soil", LONG_WORD, False), ("water", "Water and taps", True)]
    return {
        "digest": digest,
        "title": title,
        "parts": [{"name": name, "title": words, "wanted": wanted} for name, words, wanted in parts],
        "paused_until": paused_until,
        "earliest": "2026-11-24",
        "latest": "2028-11-23",
    }


_CHOICES = [
    {
        "head": "weekly",
        "chosen": "weekly",
        "chosen_title": "Weekly digest",
        "options": [{"name": "weekly", "title": "Weekly digest"}, {"name": "monthly", "title": LONG_WORD}],
    }
]


def _preferences(*, fresh):
    lists = [("members", "All members", LONG_WORD, True), ("board", LONG_WORD, "", False)]
    return Renderer(config()).page(
        "preferences",
        address="a***@e***.org",
        action="/preferences/abc",
        fresh=fresh,
        notice="Saved. It holds from the next mail.",
        back="/unsubscribe/abc/back",
        lists=[{"name": name, "title": title, "description": more, "on": on} for name, title, more, on in lists],
        everything=_wishes(paused_until="10 January 2027"),
        digests=[_wishes("weekly"), _wishes("minutes", "Minutes")],
        choices=_CHOICES,
        unmailed_since="3 November 2026",
        languages=[{"tag": "en", "name": "English", "chosen": True}, {"tag": "cy", "name": "Cymraeg", "chosen": False}],
    )


PAGES = {
    "unsubscribe": lambda: Renderer(config()).page("unsubscribe", lists=["All members", LONG_WORD], address=LONG_WORD),
    "unsubscribed": lambda: Renderer(config(**_LONG_NAMES)).page("unsubscribed", lists=["All members", LONG_WORD]),
    "subscribe": lambda: Renderer(config()).page(
        "subscribe",
        lists=[
            ("members", "All members", "Every Friday: what is new, what is coming up, and who is looking for people."),
            ("jobs", "Vacancies", ""),
            ("long", LONG_WORD, LONG_WORD),
        ],
        form="seal",
        work="",
        problem="That is no email address that mail can be sent to. Please write it again.",
        preferences=LONG_URL,
    ),
    "subscribe to one": lambda: Renderer(config(**_LONG_NAMES)).page(
        "subscribe",
        lists=[("members", LONG_WORD, LONG_WORD)],
        form="seal",
        work="",
        problem="",
        preferences=LONG_URL,
    ),
    "subscribe again": lambda: Renderer(config()).page("subscribe_again", form="seal", work=""),
    "subscribed": lambda: Renderer(config(**_LONG_NAMES)).page("subscribed", valid="1 week", preferences=LONG_URL),
    "confirm": lambda: Renderer(config()).page("confirm", wording=f"Press the button for {LONG_WORD}"),
    "confirmed": lambda: Renderer(config()).page("confirmed", lists=["All members", LONG_WORD]),
    "unsubscribe or less": lambda: Renderer(config()).page(
        "unsubscribe",
        lists=["All members"],
        address="a***@e***.org",
        gentler={"action": "/unsubscribe/abc/instead", "wishes": _wishes(), "choices": _CHOICES},
        preferences="/preferences/abc",
    ),
    "unsubscribed just now": lambda: Renderer(config()).page(
        "unsubscribed",
        lists=["All members"],
        after={"back": "/unsubscribe/abc/back", "why": "/unsubscribe/abc/why", "longest": 500},
        told=True,
        preferences="/preferences/abc",
    ),
    "preferences": lambda: _preferences(fresh=False),
    "preferences by a fresh link": lambda: _preferences(fresh=True),
    "preferences asked for": lambda: Renderer(config()).page("preferences_ask"),
    "message": lambda: Renderer(config()).page("message", title="This link is incomplete", text=LONG_URL),
    "event": lambda: Renderer(config()).page(
        "item",
        item=_EVENING,
        calendar=Renderer(config()).calendars.links(_EVENING, ics=ics_of(_EVENING), page="https://mail.example.org/i"),
    ),
    "archive": lambda: archive_page(Renderer(config())),
    "archive of long words": lambda: archive_page(Renderer(config(**_LONG_NAMES)), _edition_of_long_words()),
    "archived edition": lambda: archived_page(Renderer(config())),
    "archived edition of long words": lambda: archived_page(Renderer(config(**_LONG_NAMES)), _edition_of_long_words()),
    "archived announcement": lambda: archived_page(Renderer(config()), announcement(attached=rich_edition())),
    "item of long words": lambda: Renderer(config()).page("item", item=post(LONG_WORD, html=_WIDE + _TABLE)),
}

SIGHTS = MAILS | PAGES
