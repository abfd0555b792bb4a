"""Which of the marked items of a body is the post itself, and what it states of it; pure.

A post may speak of other things that are marked as well: the events of a month, what it answers to, its author.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from lxml.etree import tostring

from digest.collect.found import Found, Moment
from digest.collect.schemaorg import kind_of, read_event, read_vacancy, text_of
from digest.collect.stated import distinct, stated_moment, web_url
from digest.collect.structure.items import Marked
from digest.collect.structure.microdata import read_microdata
from digest.collect.structure.microformats import read_microformats
from digest.model import Kind
from digest.text.markup import parsed_fragment

_READERS = {  # by what is in every body that they can read
    read_microdata: ("itemscope",),
    read_microformats: ("h-event", "h-entry", "vevent", "hentry"),
}
_ALIKE = 0.5  # of the words of a name and a title together, how many are in both
_MOST = 0.5  # of the text of a post, how much stands in the item
_POSTS = frozenset(("BlogPosting", "Article", "NewsArticle", "SocialMediaPosting"))


def with_what_is_marked(found: Found, *, seen: date, month_first: bool) -> Found:
    """A post with what the markup of its body states of it; what its source states already stays.

    Args:
        found: as its source has it, its HTML not sanitised.
        seen: the day on which it was first seen.
        month_first: how its language writes numeric dates.
    """
    lower = found.html.lower()
    readers = [read for read, signs in _READERS.items() if any(sign in lower for sign in signs)]
    tree = parsed_fragment(found.html) if readers else None
    if tree is None:
        return found
    forms = [read(tree) for read in readers]
    for items in forms:
        found = _with_entry(found, items, month_first=month_first)
    whole = len(_written(tree))
    for items in forms:
        item = _itself(found, items, whole)
        if item is not None:
            return _with_facts(found, item, seen=seen, month_first=month_first)
    return found


def _with_entry(found: Found, items: Sequence[Marked], *, month_first: bool) -> Found:
    """Author, day of publication and categories, where the body is one marked entry."""
    entries = [
        one
        for one in items
        if one.within is None and not one.aside and (one.node["@type"] in _POSTS or one.form in {"h-event", "vevent"})
    ]
    if len(entries) != 1:
        return found
    node = entries[0].node
    published = stated_moment(text_of(node.get("datePublished")), month_first=month_first)
    return replace(
        found,
        author=found.author or text_of(node.get("author"), 100) or None,
        categories=found.categories or _keywords(node.get("keywords")),
        published_at=found.published_at or published,
    )


def _keywords(value: Any) -> tuple[str, ...]:
    """Categories, of which microdata may have several in one text."""
    texts = map(text_of, value if isinstance(value, list) else [value])
    return distinct(name[:100] for text in texts for name in text[:1_000].split(","))


def _itself(found: Found, items: Iterable[Marked], whole: int) -> Marked | None:
    """The one item that is what the post is about: it has its name, or nearly all of the post stands in it."""
    stated = [one for one in items if kind_of(one.node) and not one.is_value and not one.aside]
    wanted = [one for one in stated if found.kind in {None, kind_of(one.node)}]
    named = [one for one in wanted if _alike(_name(one), found.title)]
    if len(named) == 1:
        return named[0]
    if len(stated) != 1 or not wanted or len(_written(wanted[0].element)) < _MOST * whole:
        return None
    return wanted[0]


def _name(item: Marked) -> str:
    return text_of(item.node.get("name")) or text_of(item.node.get("title"))


def _alike(one: str, other: str) -> bool:
    first, second = (set(re.findall(r"\w+", text[:1_000].casefold())) for text in (one, other))
    return len(first & second) > _ALIKE * len(first | second)


def _written(element: object) -> str:
    return "".join(str(tostring(element, method="text", encoding="unicode", with_tail=False)).split())


def _with_facts(found: Found, item: Marked, *, seen: date, month_first: bool) -> Found:
    read = (read_vacancy if kind_of(item.node) is Kind.VACANCY else read_event)(item.node, {}, month_first=month_first)
    published = _day(found.published_at) if found.published_at else seen
    if read.starts_at is not None and _day(read.ends_at or read.starts_at) < published:
        return found  # it tells of what has been
    return replace(
        found,
        kind=read.kind,
        title=found.title or read.title,
        url=found.url or web_url(text_of(item.node.get("url")), found.base_url),
        starts_at=found.starts_at or read.starts_at,
        ends_at=found.ends_at or (read.ends_at if found.starts_at is None else None),
        closes_at=found.closes_at or read.closes_at,
        location=found.location or read.location,
        employer=found.employer or read.employer,
        salary=found.salary or read.salary,
        geo=found.geo or read.geo,
        cancelled=found.cancelled or read.cancelled,
        doubts=(*found.doubts, *read.doubts),
        marked=item.form,
    )


def _day(moment: Moment) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
