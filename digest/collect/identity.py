"""What an entry of a feed is known by, and whether it is one that is stored already; pure.

An entry is known by an identifier that is an address or a tag, which are made to last. Other identifiers change on some
sites whenever the feed is made, and titles are corrected, so then it is known by its page. Where entries share one, the
oldest is the one that had it first, and the others are told apart by their identifiers or titles.

Sites move their pages and make new identifiers too. So an entry carries what else it may be known by, each made of two
things that it says of itself; what is stored and shares one of them is the same entry, unless its own key is still
listed.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from digest.collect.found import Found, Known
from digest.collect.stated import hashed_key, stated_key
from digest.errors import Problem
from digest.model import Item, Told
from digest.text.links import canonical_url
from digest.text.markup import one_line

_LASTING = re.compile(r"https?://|tag:", re.IGNORECASE)  # RFC 4151: tags are unique over space and time


def told_apart(entries: Iterable[Found]) -> tuple[list[Found], list[Problem]]:
    """Entries that came with their identifiers as keys, each once.

    Of those with the same identifier the first, as the others are its earlier forms; unless they have pages and titles
    of their own: then it identifies none of them, and is complained about.
    """
    by_id: dict[str, list[Found]] = defaultdict(list)
    listed = tuple(_without_twins(entries))
    for entry in listed:
        by_id[entry.key].append(entry)
    shared = {key: among for key, among in by_id.items() if key and _differ(among)}
    problems = [
        Problem(
            where=Told("entries", number=len(among)),
            what=Told("shared_id", key=key[:80]),
            fix=Told("shared_id_fix"),
        )
        for key, among in shared.items()
    ]
    once: dict[object, Found] = {}
    for entry in listed:
        if entry.key in shared:
            aliases = _aliases(_by_id(entry.key), entry.title)
            once[id(entry)] = replace(entry, key="", aliases=aliases)
        else:
            once.setdefault(entry.key or id(entry), entry)
    return list(once.values()), problems


def keyed(entries: Sequence[Found], site: str | None) -> list[Found]:
    """Entries that were told apart, with the keys that will stay and what else they may be known by."""
    first_of: dict[str, Found] = {canonical_url(site or ""): Found(key="", title="")}  # the front page is nobody's own
    for _, entry in sorted(enumerate(entries), key=lambda numbered: (_age(numbered[1]), -numbered[0])):
        if not _LASTING.match(entry.key):  # of equals the later in the feed is the older
            first_of.setdefault(canonical_url(entry.url or ""), entry)
    pages = Counter(canonical_url(entry.url or "") for entry in entries)
    known: dict[str, Found] = {}
    for entry in entries:
        page = canonical_url(entry.url or "")
        alone = bool(page) and pages[page] == 1 and page != canonical_url(site or "")
        own = _by_id(entry.key) if _LASTING.match(entry.key) else page if first_of[page] is entry else ""
        key = stated_key(own or entry.key or hashed_key(page, entry.title or entry.html or entry.text))
        aliases = (*entry.aliases, *_known_by(entry, page if alone else ""))
        known.setdefault(key, replace(entry, key=key, aliases=aliases))
    return list(known.values())


def known_again(found: Sequence[Found], stored: Iterable[Item | Known]) -> tuple[Found, ...]:
    """What was found, under the keys by which it is stored where that can be told."""
    listed = {one.key for one in found}
    gone: dict[str, str] = {}  # what else is known of each stored item that is not listed under its own key
    held = set()
    for item in stored:  # of several the newest
        held.add(item.key)
        if item.key not in listed:
            for alias in (*_aliases(item.key, item.title), *item.known_as):
                gone.setdefault(alias, item.key)
    taken: set[str] = set()
    again = []
    for one in found:
        keys = (gone[alias] for alias in one.aliases if alias in gone) if one.key not in held else iter(())
        key = next((key for key in keys if key not in taken), one.key)
        taken.add(key)
        again.append(replace(one, key=key))
    return tuple(again)


def _known_by(entry: Found, page: str) -> Iterator[str]:
    """Pairs of what an entry says of itself: two of them are not the same by chance.

    Args:
        entry: with its identifier as key.
        page: its address, where it is its own.
    """
    title, text = one_line(entry.title), entry.text or entry.html
    when = str(entry.published_at or "")
    if entry.key:
        yield from _aliases(_by_id(entry.key), title, text)
    if page:
        yield from _aliases(f"{page} {when}", title)
    elif title and text:  # what is regular says the same again, another day
        yield from _aliases(f"{title} {when}", text)


def _aliases(one: str, *others: str) -> tuple[str, ...]:
    return tuple(hashed_key(one, other) for other in others if one and other)


def _by_id(identifier: str) -> str:
    return canonical_url(identifier) if _LASTING.match(identifier) else identifier


def _differ(entries: Sequence[Found]) -> bool:
    """Whether entries have pages and titles of their own."""
    pages = {canonical_url(entry.url or "") for entry in entries}
    return len(entries) == len(pages) == len({entry.title for entry in entries}) > 1 and "" not in pages


def _age(entry: Found) -> datetime:
    """When an entry was published; without a date it counts as older."""
    return entry.published_at if isinstance(entry.published_at, datetime) else datetime.min.replace(tzinfo=UTC)


def _without_twins(entries: Iterable[Found]) -> Iterator[Found]:
    """Of entries with the same page and the same title the first: one of them came under a new identifier."""
    seen: set[tuple[str, str]] = set()
    for entry in entries:
        twin = (canonical_url(entry.url or ""), entry.title)
        if twin not in seen:
            yield entry
        if all(twin):
            seen.add(twin)
