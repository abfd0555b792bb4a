"""The stock: what is collected, as the sources say it, with what editors set by hand beside it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches

from sqlalchemy import Connection, Select

from digest.app import App
from digest.compose import Edits, Merged, kin, merged_and_edited, on_its_next_date, with_edits
from digest.errors import UnknownItemError, UsageError
from digest.model import Item, Told
from digest.store import appearances
from digest.store.campaigns import Campaign
from digest.store.content import edits as edit_store
from digest.store.content import items as item_store
from digest.text.markup import one_line

HISTORY = timedelta(days=90)
"""What was shown everywhere and has not changed for so long is not looked at any more, nor what is over for so long."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stock:
    """What an edition is composed of."""

    items: tuple[Item, ...]  # newest first
    edits: Edits

    def things(self, app: App) -> tuple[Merged, ...]:
        """Each thing once, whoever published it, as its editor left it."""
        return tuple(merged_and_edited(self.items, self.edits, app.config.network.zone))

    def copies(self, app: App) -> tuple[Item, ...]:
        """Every source's copy on its own, as its editor left it, newest first."""
        return tuple(with_edits(self.items, self.edits, app.config.network.zone))


def whole_stock(app: App) -> Stock:
    """Everything that is stored."""
    with app.store.read() as connection:
        return _stock(connection)


def stock_around(app: App, wanted: str) -> Stock | None:
    """What may be of one thing with the item of this key, or SOURCE/KEY: of all that is stored, those alone.

    None where no item has it, be it a file or a title.
    """
    with app.store.read() as connection:
        rows = item_store.bearers(connection)
        told = [one for _, one in rows]
        meant = [place for place, one in enumerate(told) if wanted in (one.key, f"{one.source}/{one.key}")]
        if not meant:
            return None
        return _stock(connection, item_store.numbered([rows[place][0] for place in kin(told, meant)]))


def stock(
    app: App,
    now: datetime,
    *,
    leaving_out: Campaign | None = None,
    with_all_of: Iterable[tuple[str, str]] = (),
) -> Stock:
    """What may still come into an edition; a network's history is not loaded.

    Args:
        app: whose digests have shown it or not.
        now: the instant to judge by.
        leaving_out: a campaign that is composed again, and has shown nothing.
        with_all_of: what is held besides, by source and key.
    """
    with app.store.read() as connection:
        which = coming(app, connection, now, leaving_out=leaving_out)
        besides = item_store.ids(connection, with_all_of).values()
        return _stock(connection, item_store.numbered(besides, besides=which) if besides else which)


def coming(
    app: App,
    connection: Connection,
    now: datetime,
    *,
    unseen_at: datetime | None = None,
    leaving_out: Campaign | None = None,
) -> Select[tuple[int]]:
    """The ids of what `stock` holds.

    Args:
        app: whose digests have shown it or not.
        connection: of any transaction.
        now: the instant to judge by.
        unseen_at: an earlier one to judge by what not every digest has shown.
        leaving_out: a campaign that is composed again, and has shown nothing.
    """
    return appearances.coming(
        connection,
        [digest.name for digest in app.config.digests],
        since=now - HISTORY,
        unseen_since=unseen_at and unseen_at - HISTORY,
        leaving_out=leaving_out,
    )


def _stock(connection: Connection, which: Select[tuple[int]] | None = None) -> Stock:
    found = item_store.load(connection, which=which)
    return Stock(items=tuple(stored.item for stored in found), edits=edit_store.load(connection))


_KEYS_OF = {
    "feed": "an entry of a feed goes by its page's address, or by its title",
    "calendar": "an event of a calendar goes by its UID, or by its title",
}


def stored_items(app: App, now: datetime, *, history: bool = False) -> tuple[Item, ...]:
    """What was collected and may still come into an edition, as its editors left it, newest first.

    Args:
        app: whose store holds it.
        now: the instant to judge by; of what not every digest has shown, where nothing was collected lately, when
            something last was.
        history: all the rest, too.
    """
    zone = app.config.network.zone
    if history:
        return tuple(on_its_next_date(one, now, zone) for one in whole_stock(app).copies(app))
    with app.store.read() as connection:
        last = item_store.last_change(connection)
        held = _stock(connection, coming(app, connection, now, unseen_at=min(now, last or now)))
    return tuple(on_its_next_date(one, now, zone) for one in held.copies(app))


def count_items(app: App) -> int:
    """How many are stored."""
    with app.store.read() as connection:
        return item_store.count(connection)


def shown_item(app: App, item_ids: Iterable[int]) -> Item | None:
    """One thing as an edition shows it: its items by their rows' ids, merged and as edited by hand.

    None when the store has none of them any more.
    """
    with app.store.read() as connection:
        items = tuple(item for item_id in item_ids if (item := item_store.get(connection, item_id)))
        edits = edit_store.load(connection)
    things = Stock(items=items, edits=edits).things(app)
    return things[0].item if things else None


def find_item(app: App, wanted: str) -> Item:
    """The stored item with this key, or SOURCE/KEY where several sources use it; else the one of this file or title.

    Raises:
        UsageError: when there is none, naming the nearest, or more than one.
    """
    return find_among(app, whole_stock(app).copies(app), wanted)


def find_among(app: App, items: Sequence[Item], wanted: str) -> Item:
    """As `find_item`, of these.

    Raises:
        UnknownItemError: when there is none, naming the nearest.
        UsageError: when there is more than one.
    """
    matches = [item for item in items if wanted in (item.key, f"{item.source}/{item.key}")]
    matches = matches or [item for item in items if _may_be_meant(item, wanted)]
    if not matches:
        raise UnknownItemError(f'No item "{wanted}" is known; {_nearest(app, items, wanted)}`digest items` shows them')
    if len(matches) > 1:
        names = ", ".join(f"{item.source}/{item.key}" for item in matches)
        raise UsageError(Told("item_several", wanted=wanted, names=names))
    return matches[0]


def thing_of(app: App, held: Stock, item: Item) -> Merged:
    """The thing that an item is a copy of, or was one under an earlier key."""
    pair = (item.source, item.key)
    return next(thing for thing in held.things(app) if pair in (*thing.keys, *thing.former))


def _may_be_meant(item: Item, wanted: str) -> bool:
    """Whether it is the item's title, or a longer or shorter path to its file."""
    path, key = f"/{wanted.removesuffix('.md')}", f"/{item.key}"
    return path.endswith(key) or key.endswith(path) or one_line(wanted).casefold() == one_line(item.title).casefold()


def _nearest(app: App, items: Sequence[Item], wanted: str) -> str:
    """What may have been meant, as part of a message."""
    names = {name.casefold(): item for item in items for name in (item.key, f"{item.source}/{item.key}", item.title)}
    near = dict.fromkeys(
        f"{names[name].source}/{names[name].key}" for name in get_close_matches(wanted.casefold(), names)
    )
    told = f"did you mean {' or '.join(near)}? " if near else ""
    home = next((source for source in app.config.sources if wanted.startswith(f"{source.name}/")), None)
    if home is not None and home.kind != "folder":
        return f"{told}{_KEYS_OF.get(home.kind, 'an item goes by its title too')}; "
    is_path = "/" in wanted or wanted.endswith(".md")
    return told + ("a file's key is its path within its source's folder, without .md; " if is_path else "")
