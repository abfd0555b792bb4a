"""An item's story: where it appeared, and why it is in or out of the next edition."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.app import App
from digest.compose import Merged, compose, edit_of, period_of
from digest.core.content.stock import Stock, find_among, stock, stock_around, thing_of, whole_stock
from digest.model import Edit, Edition, Event, Item, ItemSkip, Newness
from digest.store import appearances
from digest.store.content import edits as edit_store


@dataclass(frozen=True, kw_only=True, slots=True)
class Prospect:
    """What the next edition of a digest does with an item, and why."""

    why: Newness | ItemSkip | None  # None: it is out, and nothing tells why

    @property
    def is_in(self) -> bool:
        """Whether it is shown."""
        return isinstance(self.why, Newness)

    def __str__(self) -> str:
        if self.why is None:
            return "out"
        return f"{'in' if self.is_in else 'out'}: {self.why}"


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemStory:
    """One item: where it appeared and what the next edition of each digest would do with it."""

    item: Item
    edit: Edit | None  # what was set by hand on it or a copy of it
    merged: Merged  # with the copies that other sources published
    appeared: tuple[tuple[str, str, datetime], ...]  # (campaign, newness, when)
    next: Mapping[str, Prospect]  # by digest


def marks(app: App, items: Sequence[Item]) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """What became of each of these items besides what it says: by (source, key), in a word each."""
    with app.store.read() as connection:
        by_hand = edit_store.load(connection)
    things = Stock(items=tuple(items), edits=by_hand).things(app)
    edited = {pair for thing in things if edit_of(thing, by_hand) for pair in thing.keys}
    merged = {pair for thing in things if len(thing.copies) > 1 for pair in thing.keys}
    return {
        (item.source, item.key): tuple(
            word
            for word, holds in (
                ("cancelled", isinstance(item, Event) and item.cancelled),
                ("hidden", item.hidden),
                ("pinned", item.pinned),
                ("edited", (item.source, item.key) in edited),
                ("merged", (item.source, item.key) in merged),
                ("withdrawn", item.withdrawn),
            )
            if holds
        )
        for item in items
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlook:
    """What the next edition of each digest would be now."""

    keys: frozenset[tuple[str, str]]  # (source, key) of all that it was made of
    editions: Mapping[str, Edition]  # by digest


def outlook(app: App, now: datetime, *, with_all_of: Collection[tuple[str, str]] = ()) -> Outlook:
    """The next edition of each digest, of what may still come in and of these besides, by source and key."""
    held = stock(app, now, with_all_of=with_all_of)
    with app.store.read() as connection:
        shown = {
            digest.name: appearances.shown_in(connection, digest.name, lists=digest.lists, of=held.items)
            for digest in app.config.digests
        }
    editions = {
        digest.name: compose(
            held.items,
            edits=held.edits,
            digest=digest,
            config=app.config,
            shown=shown[digest.name],
            period=period_of(digest, now, app.config.network.zone),
            now=now,
        )
        for digest in app.config.digests
    }
    return Outlook(keys=frozenset((item.source, item.key) for item in held.items), editions=editions)


def item_story(app: App, wanted: str, now: datetime, *, ahead: Outlook | None = None) -> ItemStory:
    """What is known of an item by its key, SOURCE/KEY, file or title.

    Args:
        app: whose store holds it.
        wanted: its key, SOURCE/KEY, file or title.
        now: the instant to judge by.
        ahead: what was made of the same store a moment ago; made anew where the item is not among what that is of.

    Raises:
        UnknownItemError: when there is none, naming the nearest.
        UsageError: when there is more than one.
    """
    held = stock_around(app, wanted) or whole_stock(app)
    item = find_among(app, held.copies(app), wanted)
    thing = thing_of(app, held, item)
    own = (*thing.keys, *thing.former)
    if ahead is None or not ahead.keys.issuperset(own):
        ahead = outlook(app, now, with_all_of=own)  # nothing else can come in
    with app.store.read() as connection:
        appeared = appearances.editions_showing(connection, item.source, item.key)
    return ItemStory(
        item=item,
        edit=edit_of(thing, held.edits),
        merged=thing,
        appeared=appeared,
        next={name: _prospect(item, edition) for name, edition in ahead.editions.items()},
    )


def _prospect(item: Item, edition: Edition) -> Prospect:
    pair = (item.source, item.key)
    for entry in (one for whole in edition.entries for one in whole.occurrences):
        if pair in ((entry.item.source, entry.item.key), *entry.also):
            return Prospect(why=entry.newness)
    return Prospect(why=next((one.reason for one in edition.skipped if (one.source, one.key) == pair), None))
