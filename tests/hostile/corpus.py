"""What strangers may send, by name: made when it is read, so that no megabytes are kept.

A case is a fragment repeated up to a size, in one of the places where a source carries text, or a document of its own.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from hostile.calendars import CALENDARS
from hostile.marked import MARKED

LIMIT = 10_000_000  # bytes of a document: max_bytes, unless config.toml says otherwise
FIELD = 130_000  # bytes of one value of a CSV file

_RSS = '<?xml version="1.0"?>\n<rss version="2.0"><channel><title>Notes</title><link>https://hedge.example/</link>'
_RSS_END = "</channel></rss>"


@dataclass(frozen=True, slots=True)
class Case:
    kind: str
    make: Callable[[], str]


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def rss(item: str) -> str:
    return f"{_RSS}<item><title>A meeting, join us</title>{item}</item>{_RSS_END}"


def json_feed(**item: object) -> str:
    items = [{"id": "1", "title": "A meeting, join us", "url": "https://hedge.example/1", **item}]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items})


def page(*nodes: object) -> str:
    script = json.dumps(nodes).replace("</", "<\\/")
    return f'<html><script type="application/ld+json">{script}</script></html>'


def calendar(line: str) -> str:
    event = f"BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20270105T190000Z\r\n{line}\r\nEND:VEVENT"
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{event}\r\nEND:VCALENDAR\r\n"


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


CARRIERS: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "export": ("export", "A meeting, join us\n\nAdded by Ann under News\n\n{}".format),
    "feed": ("feed", lambda text: rss(f"<description>{escaped(text)}</description>")),
    "json-feed": ("feed", lambda text: json_feed(content_html=text)),
    "vacancies": ("vacancies", lambda text: page({"@type": "JobPosting", "title": "Officer", "description": text})),
    "folder": ("folder", "---\ntitle: A meeting, join us\n---\n{}".format),
    "table": ("table", lambda text: f"title,body\nA meeting,{quoted(text)}\n"),
    "calendar": ("calendar", lambda text: calendar("DESCRIPTION:" + escaped(text).replace("\n", "\\n"))),
}

FRAGMENTS = {
    "marks-on-lines": "!\n",
    "rules": "---\n",
    "newlines": "\n",
    "spaces": " ",
    "letters": "a",
    "lines": "a\n",
    "bullets": "- a\n",
    "numbers": "1. a\n",
    "quotes": "> ",
    "emphasis": "*a ",
    "brackets": "[",
    "pictures": "![",
    "links": "[a](",
    "backticks": "`",
    "less-than": "<",
    "references": "&#",
    "list-items": "<li>x",
    "paragraphs": "<p>",
    "bold": "<b>",
    "cells": "<td>",
    "comments": "<!--",
    "tags-unclosed": "<a ",
    "dates": "Dec 4 ",
    "dates-day-first": "4 Dec ",
    "dates-in-numbers": "4/5/2026 ",
    "times": "7-9pm ",
    "labels": "when: ",
    "moved": "moved from 4 Dec to the end of May, the 30th, last Friday in ",
    "closing": "closing date: ",
    "applying": "apply by 4 Dec. ",
    "sending": "send cv ",
    "inviting": "Join us on 4 Dec at Hall. ",
    "places": "at Hall of the ",
    "money": "£1,",
    "addresses": "a@b.",
    "hosts": "www.",
    "closing-brackets": "https://a.example/)",
    "escapes": '\\"',
}


def repeated(fragment: str, size: int) -> str:
    return (fragment * (size // len(fragment) + 1))[:size]


def _carried() -> Iterator[tuple[str, Case]]:
    def case(carrier: str, fragment: str, size: int) -> Case:
        kind, carry = CARRIERS[carrier]
        return Case(kind, lambda: carry(repeated(FRAGMENTS[fragment], size)))

    for (name, carrier), size in product(product(FRAGMENTS, CARRIERS), (1_000, 64_000)):
        yield f"{carrier}-{name}-{size // 1000}kB", case(carrier, name, size)
    for carrier in CARRIERS:
        size = FIELD if carrier == "table" else LIMIT // 2  # escaped it is longer
        for name in ("marks-on-lines", "letters", "list-items", "dates"):
            yield f"{carrier}-{name}-limit", case(carrier, name, size)


def _reopened() -> str:
    """Formatting that every paragraph opens again: four bytes, a hundred elements."""
    return "<p>" + "".join(f'<b title="{number}">' for number in range(97)) + "<p>x" * 90_000


def _graph(refer: str) -> str:
    """Events that all refer to the same large things."""
    place = {"@id": "#p", "@type": "Place", "name": "Hall " * 40_000}
    events = [
        {"@type": "Event", "name": f"Fair {n}", "startDate": "2027-01-05", refer: [{"@id": "#p"}] * 200}
        for n in range(200)
    ]
    return page(place, *events)


def _in_a_feed(make: Callable[[], str]) -> Case:
    return Case("feed", lambda: json_feed(content_html=make()))


_ITEM = "<item><title>A</title>{}</item>"
_TIMEZONE = (
    "BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:Own\r\n"
    + "BEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0000\r\n"
    "RRULE:FREQ=MONTHLY;BYMONTHDAY=30\r\nEND:STANDARD\r\n"
    * 80
    + "END:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Fair\r\nDTSTART;TZID=Own:20270105T190000\r\nEND:VEVENT\r\n"
    "END:VCALENDAR\r\n"
)

DOCUMENTS: Mapping[str, Case] = {
    # Feeds, and what is asked whether it is one
    "vacancies-instructions": Case("vacancies", lambda: "<?a?>\n" * 50),
    "vacancies-comments": Case("vacancies", lambda: "<!--a-->\n" * 400),
    "vacancies-doctypes": Case("vacancies", lambda: "<!DOCTYPE a>\n" * 300),
    "vacancies-declaration-of-spaces": Case("vacancies", lambda: "<?xml " + " " * 100_000),
    "feed-declaration-of-spaces": Case("feed", lambda: "<?xml " + " " * 100_000),
    "feed-declaration-of-encodings": Case("feed", lambda: "<?xml " + "encoding='" * 2_000 + "?>" + rss("")),
    "feed-encodings-on-one-line": Case(
        "feed", lambda: rss("<description>" + 'encoding="a" ' * 70_000 + "</description>").replace("\n", "")
    ),
    "feed-newlines-before": Case("feed", lambda: "\n" * 100_000 + rss("")),
    "feed-newlines-in-preamble": Case("feed", lambda: rss("").replace("\n", "\n" * 3_900)),
    "feed-instructions": Case("feed", lambda: "<?a?>\n" * 10_000 + rss("")),
    "feed-entities": Case(
        "feed",
        lambda: rss(f"<description>{'&a;' * 100_000}</description>").replace(
            "\n", f'\n<!DOCTYPE rss [<!ENTITY a "{"a" * 2_000}">]>'
        ),
    ),
    "feed-namespaces": Case(
        "feed",
        lambda: rss("<a/>" * 20_000).replace("<rss", "<rss " + " ".join(f'xmlns:n{n}="n:{n}"' for n in range(20_000))),
    ),
    "feed-tags-in-a-comment-of-cdata": Case("feed", lambda: rss("<!-- <![CDATA[ -->" + "<a/>" * 200_000)),
    "feed-nested": Case("feed", lambda: rss("<a>" * 14_000 + "</a>" * 14_000)),
    "feed-nested-for-ever": Case("feed", lambda: rss("<a>" * 1_000_000)),
    "feed-entries": Case("feed", lambda: _RSS + "<item/>" * 29_000 + _RSS_END),
    "feed-entries-of-many-too": Case("feed", lambda: _RSS + "<item/>" * 3_900 + _RSS_END),
    "feed-categories": Case("feed", lambda: rss("".join(f"<category>c{n}</category>" for n in range(14_000)))),
    "feed-keywords": Case(
        "feed",
        lambda: rss(f"<itunes:keywords>{' '.join(map(str, range(50_000)))}</itunes:keywords>").replace(
            "<rss", '<rss xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
        ),
    ),
    "feed-damaged": Case("feed", lambda: _RSS + "<item><description>" + "<b>&amp;<a b=" * 60_000),
    "feed-damaged-references": Case("feed", lambda: _RSS + "<item><description>" + "&#32;" * 190_000),
    "feed-author-letters": Case("feed", lambda: rss(f"<author>{'a' * 50_000}</author>")),
    "feed-author-dots": Case("feed", lambda: rss(f"<author>{'a.' * 25_000}</author>")),
    "feed-creator-letters": Case(
        "feed",
        lambda: rss(f"<dc:creator>{'a' * 50_000}</dc:creator>").replace(
            "<rss", '<rss xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ),
    ),
    "feed-authors": Case("feed", lambda: _RSS + _ITEM.format(f"<author>{'a.b ' * 75}</author>") * 4_000 + _RSS_END),
    "feed-atom-author": Case(
        "feed",
        lambda: (
            '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>a</title><author><name>'
            + "a" * 50_000
            + "</name></author></entry></feed>"
        ),
    ),
    "feed-date": Case("feed", lambda: rss(f"<pubDate>{'Mon, 4 Dec ' * 5_000}</pubDate>")),
    "feed-link-slashes": Case("feed", lambda: rss(f"<link>https://hedge.example/{'/' * 30_000}a</link>")),
    "feed-link-many-slashes": Case("feed", lambda: rss(f"<link>https://hedge.example/{'/' * 1_000_000}a</link>")),
    "json-feed-lists": Case("feed", lambda: json_feed(x=0).replace("0", "[" + "[]," * 3_000_000 + "0]")),
    "json-feed-nested": Case("feed", lambda: json_feed(x=0).replace("0", "[" * 100_000)),
    "json-feed-tags": Case("feed", lambda: json_feed(tags=["tag"] * 400_000)),
    # Bodies
    "json-feed-ordered-list": Case("feed", lambda: json_feed(content_html="<ol>" + "<li>x" * 80_000)),
    "folder-ordered-list": Case("folder", lambda: "---\ntitle: Fair\n---\n<ol>" + "<li>x" * 10_000),
    "feed-ordered-list": Case("feed", lambda: rss("<description>&lt;ol>" + "&lt;li>x" * 80_000 + "</description>")),
    "json-feed-reopened": Case("feed", lambda: json_feed(content_html=_reopened())),
    "json-feed-counting-hosts": Case(
        "feed", lambda: json_feed(content_html=f'<img src="https://a.example/{"http://b.a/" * 30_000}">')
    ),
    "json-feed-far-base": Case(
        "feed",
        lambda: json_feed(url="https://hedge.example/" + "a" * 5_000 + "/", content_html="<a href=x>x</a>" * 25_000),
    ),
    "json-feed-table": Case("feed", lambda: json_feed(content_html="<table>" + "<tr><td>a" * 40_000)),
    "json-feed-divs": Case("feed", lambda: json_feed(content_html="<div>" * 80_000)),
    "folder-deep-quotes": Case("folder", lambda: "---\ntitle: Fair\n---\n" + (">" * 400 + "a\n") * 150),
    "folder-quotes-in-one-line": Case("folder", lambda: "---\ntitle: Fair\n---\n" + ">" * 60_000),
    "folder-deep-lists": Case("folder", lambda: "---\ntitle: Fair\n---\n" + "- " * 30_000 + "a"),
    "folder-definitions": Case("folder", lambda: "---\ntitle: Fair\n---\n" + "[a]: b\n" * 8_000),
    # Markup: microformats, microdata, labels
    **{f"json-feed-marked-{name}": _in_a_feed(make) for name, make in MARKED.items()},
    **{f"vacancies-marked-{name}": Case("vacancies", make) for name, make in MARKED.items()},
    # Folders: heading and front matter
    "folder-heading-spaces": Case("folder", lambda: "# a" + " " * 40_000 + "b"),
    "folder-heading-hashes": Case("folder", lambda: "# a" + " #" * 20_000 + "b"),
    "folder-heading-lines": Case("folder", lambda: "\n" * 40_000 + "# a" + "\n" * 40_000),
    "folder-unknown-keys": Case(
        "folder", lambda: "---\n" + "".join(f"k{n}: a\n" for n in range(900)) + "---\n" + "a\n" * 5_000_000
    ),
    "folder-front-matter-nested": Case("folder", lambda: f"---\ntitle: {'[' * 9_900}\n---\n"),
    "folder-front-matter-long": Case("folder", lambda: "---\n" + "title: a: b\n" * 100_000 + "---\n"),
    "folder-front-matter-aliases": Case(
        "folder",
        lambda: (
            "---\ntitle: Fair\na0: &a0 [x, x]\n"
            + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
            + "categories: [*a39]\n---\nBody\n"
        ),
    ),
    "folder-date": Case("folder", lambda: f"---\ntitle: Fair\nstarts: {'Dec 4 ' * 3_000}\n---\nBody\n"),
    # JSON-LD
    "vacancies-escapes": Case(
        "vacancies",
        lambda: f'<script type="application/ld+json">{{"@type":"JobPosting",{chr(92)}{chr(34)}' + '\\"' * 20_000,
    ),
    "vacancies-unclosed-strings": Case(
        "vacancies", lambda: '<script type="application/ld+json">{"@type":"JobPosting",' + '" ' * 900_000
    ),
    "vacancies-commas": Case(
        "vacancies", lambda: '<script type="application/ld+json">{"@type":"JobPosting"' + ", " * 900_000
    ),
    "vacancies-graph-of-places": Case("vacancies", lambda: _graph("location")),
    "vacancies-graph-of-organizers": Case("vacancies", lambda: _graph("organizer")),
    "vacancies-types": Case("vacancies", lambda: page({"@type": ["a/b"] * 200_000})),
    "vacancies-nested": Case("vacancies", lambda: '<script type="application/ld+json">' + "[" * 1_000_000),
    "vacancies-attributes": Case("vacancies", lambda: "<html><a " + " ".join(f"a{n}=b" for n in range(100_000)) + ">"),
    "vacancies-tags": Case("vacancies", lambda: "<b>" * 3_000_000),
    "vacancies-scripts": Case("vacancies", lambda: page({"@type": "JobPosting", "title": "Officer"}) * 20_000),
    # Tables and exports
    "table-columns": Case("table", lambda: "title," + "a," * 100_000 + "\n" + "a\n" * 10_000),
    "table-cells": Case("table", lambda: "title," + "a," * 900 + "\n" + ("aa," * 900 + "\n") * 3_600),
    "table-open-quote": Case("table", lambda: 'title,body\na,"' + "a\n" * 4_000_000),
    "table-blank-lines": Case("table", lambda: "title\n" + "\n" * 5_000_000),
    "export-lines": Case("export", lambda: "ab\n" * 3_000_000),
    "export-posts": Case("export", lambda: "A fair\n\nAdded by Ann\n\nBody.\n\n" * 1_000),
    # Calendars
    "calendar-timezone": Case("calendar", lambda: _TIMEZONE),
    "calendar-parameters": Case("calendar", lambda: calendar("DTSTART;" * 12_500)),
}

_CALENDARS = {f"calendar-{name}": Case("calendar", make) for name, make in CALENDARS.items()}
CASES: Mapping[str, Case] = {**dict(_carried()), **DOCUMENTS, **_CALENDARS}
