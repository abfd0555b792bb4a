"""Edit: what an editor sets on an item by hand, and the items as editors left them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from difflib import get_close_matches

from digest.app import App
from digest.compose import Merged, edited, laid_over, own_edit_of
from digest.errors import UsageError
from digest.markup import one_line
from digest.model import Edit, Item, Kind
from digest.pipeline.stock import Stock, stock
from digest.store import edits as edit_store
from digest.store import items as item_store

_KEYS_OF = {
    "feed": "an entry of a feed goes by its page's address, or by its title",
    "calendar": "an event of a calendar goes by its UID, or by its title",
}


def stored_items(app: App, *, kind: Kind | None = None) -> tuple[Item, ...]:
    """Everything collected, as its editors left it, newest first."""
    return tuple(item for item in stock(app).copies(app) if kind in (None, item.kind))


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
    return find_among(app, stored_items(app), wanted)


def find_among(app: App, items: Sequence[Item], wanted: str) -> Item:
    """As `find_item`, of these.

    Raises:
        UsageError: when there is none, naming the nearest, or more than one.
    """
    matches = [item for item in items if wanted in (item.key, f"{item.source}/{item.key}")]
    matches = matches or [item for item in items if _may_be_meant(item, wanted)]
    if not matches:
        what, where = ("subscriber", "`digest lists show LIST`") if "@" in wanted else ("item", "`digest items`")
        raise UsageError(f'No {what} "{wanted}" is known; {_nearest(app, items, wanted)}{where} shows them')
    if len(matches) > 1:
        names = ", ".join(f"{item.source}/{item.key}" for item in matches)
        raise UsageError(f'"{wanted}" names several items: {names}')
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


def edit_item(app: App, change: Edit, now: datetime) -> None:
    """Lay a change over what was edited before, on whichever copy of the same thing.

    Raises:
        UsageError: when the item cannot be so, with the way out.
    """
    held = stock(app)
    item = next((one for one in held.items if (one.source, one.key) == (change.source, change.key)), None)
    if item is None:
        raise UsageError(f'No item "{change.source}/{change.key}" is stored')
    said = Stock(items=held.items, edits={})
    thing = thing_of(app, said, item)
    before = own_edit_of(thing, held.edits)
    whole = laid_over(before, change) if before else change
    try:
        edited(thing.item, whole)
    except ValueError as error:
        raise UsageError(f"{change.source}/{change.key}: {error}") from None
    with app.store.write() as connection:
        edit_store.forget(connection, (*thing.keys, *thing.former))
        edit_store.save(connection, whole, now)


def clear_edits(app: App, item: Item) -> None:
    """Let the sources speak for themselves again."""
    thing = thing_of(app, stock(app), item)
    with app.store.write() as connection:
        edit_store.forget(connection, (*thing.keys, *thing.former))
