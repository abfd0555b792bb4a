"""What is coming: the events that a public digest tells of, for calendars that ask again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digest.app import App
from digest.compose import Merged, expired, on_its_next_date, takes
from digest.core.content.stock import coming, stock
from digest.model import Event
from digest.store.content import items as item_store

_TOLD_OFF = timedelta(days=30)
"""For so long a calendar is told that an event will not take place; by then it has asked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Upcoming:
    """An event, and how it came to be as it is."""

    event: Event
    keys: tuple[tuple[str, str], ...]  # source and key of every copy of it, its own first
    changed_at: datetime  # when what is told of it last changed

    @property
    def is_off(self) -> bool:
        """Whether it will not take place, or its source, which lists everything, no longer lists it."""
        return self.event.cancelled or self.event.withdrawn

    @property
    def sequence(self) -> int:
        """Grows with every change (RFC 5545 section 3.8.7.4): seconds from when it was first seen to the last."""
        return max(0, int((self.changed_at - self.event.first_seen_at).total_seconds()))


def upcoming(app: App, now: datetime) -> tuple[Upcoming, ...]:
    """By their start. What is off is among them for some weeks, and what an editor hid is not.

    Of a series there are the occurrences that its source tells of.
    """
    zone = app.config.network.zone
    held = stock(app, now)
    with app.store.read() as connection:
        changes = item_store.changes(connection, which=coming(app, connection, now))
    told = (thing for thing in held.things(app) if _is_told(app, thing))
    found = (_upcoming(replace(thing, item=on_its_next_date(thing.item, now, zone)), changes) for thing in told)
    shown = (
        one
        for one in found
        if not expired(one.event, now, zone) and not (one.is_off and one.changed_at < now - _TOLD_OFF)
    )
    return tuple(sorted(shown, key=lambda one: (one.event.starts_at.timestamp(), one.keys)))


def _is_told(app: App, thing: Merged) -> bool:
    sections = (section for digest in app.config.digests if digest.public for section in digest.sections)
    item = thing.item
    return isinstance(item, Event) and not item.hidden and any(takes(section, item) for section in sections)


def _upcoming(thing: Merged, changes: Mapping[tuple[str, str], datetime]) -> Upcoming:
    assert isinstance(thing.item, Event)  # noqa: S101  (_is_told)
    changed = [changes[pair] for pair in thing.keys if pair in changes]
    return Upcoming(event=thing.item, keys=thing.keys, changed_at=max(changed, default=thing.item.first_seen_at))
