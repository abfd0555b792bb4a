"""An edition as it is read long after it was sent: what is over stands apart, what was taken back is gone; pure."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from html import escape

from digest.compose.edits import Edits, series_key
from digest.compose.expiry import expired
from digest.model import Announcement, Edition, Entry, Event, Group, Newness, Parted, Post, Section

Pairs = Collection[tuple[str, str]]
"""Items by source and key."""


def public(edition: Edition, *, edits: Edits, gone: Pairs) -> Edition:
    """What of a sent edition everybody may read: nobody's name stands in it, nor what was taken back since.

    Taken back is what an editor hid, and a post that its source, which lists everything it has, no longer lists.

    Args:
        edition: as it was sent.
        edits: what editors set by hand until now.
        gone: what sources list no longer.
    """

    def kept(entry: Entry) -> Iterator[Entry]:
        left = [_nameless(one) for one in entry.occurrences if not _is_taken_back(one, edits, gone)]
        yield from _as_one(left)

    sections = (_each(section, kept) for section in edition.sections)
    return replace(edition, sections=tuple(section for section in sections if section.groups))


def as_nobodys(announcement: Announcement) -> Announcement:
    """An announcement as somebody reads it of whom nothing is known."""
    if not announcement.places:
        return announcement
    marks = re.compile("|".join(map(re.escape, announcement.places)))

    def filled(text: str, *, html: bool = False) -> str:
        said = {mark: field.fallback for mark, field in announcement.places.items()}
        return marks.sub(lambda found: escape(said[found[0]]) if html else said[found[0]], text)

    return replace(
        announcement,
        subject=filled(announcement.subject),
        preheader=filled(announcement.preheader),
        text=filled(announcement.text),
        html=filled(announcement.html, html=True),
        places={},
    )


def parted(edition: Edition, now: datetime, *, gone: Pairs, cancelled: Pairs) -> tuple[Parted, ...]:
    """Each section as it must read now, in the edition's order.

    Args:
        edition: as everybody may read it.
        now: the instant to judge by.
        gone: what sources list no longer.
        cancelled: events that were called off since.
    """
    zone = edition.composed_at.tzinfo or UTC

    def is_over(entry: Entry) -> bool:
        return expired(entry.item, now, zone) is not None

    def told(entry: Entry) -> Entry:
        pair = (entry.item.source, entry.item.key)
        if is_over(entry):
            return entry if entry.newness is Newness.CANCELLED else replace(entry, newness=Newness.NEW)
        if pair in cancelled:
            return replace(entry, newness=Newness.CANCELLED)
        return replace(entry, newness=Newness.WITHDRAWN) if pair in gone else entry

    def stands_apart(entry: Entry) -> bool:
        return is_over(entry) or (entry.newness is Newness.WITHDRAWN and not isinstance(entry.item, Event))

    def current(entry: Entry) -> Iterator[Entry]:
        left = [one for one in map(told, entry.occurrences) if not stands_apart(one)]
        yield from _as_one(left)

    def over(entry: Entry) -> Iterator[Entry]:
        passed = [told(one) for one in entry.occurrences]
        if all(map(stands_apart, passed)):
            yield passed[0]

    return tuple(Parted(current=_each(section, current), over=_each(section, over)) for section in edition.sections)


def _each(section: Section, change: Callable[[Entry], Iterator[Entry]]) -> Section:
    groups = (
        Group(category=group.category, entries=tuple(one for entry in group.entries for one in change(entry)))
        for group in section.groups
    )
    return replace(section, groups=tuple(group for group in groups if group.entries))


def _is_taken_back(entry: Entry, edits: Edits, gone: Pairs) -> bool:
    item = entry.item
    own = (item.source, item.key)
    pairs = [own, *entry.also]
    if isinstance(item, Event) and item.series:
        pairs.append((item.source, series_key(item.series)))
    said = (edits[pair].hidden for pair in pairs if pair in edits)
    hidden = next((one for one in said if one is not None), False)
    return hidden or (isinstance(item, Post) and all(pair in gone for pair in (own, *entry.also)))


def _as_one(occurrences: Sequence[Entry]) -> Iterator[Entry]:
    if occurrences:
        first, *further = occurrences
        yield replace(first, further=tuple(further)) if further else first


def _nameless(entry: Entry) -> Entry:
    return entry if entry.item.author is None else replace(entry, item=replace(entry.item, author=None))
