"""Edit: what an editor sets on an item by hand, and the items as editors left them."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime
from difflib import get_close_matches

from digest.app import App
from digest.compose import edited, with_edits
from digest.errors import UsageError
from digest.markup import one_line
from digest.model import Edit, Item, Kind
from digest.store import edits as edit_store
from digest.store import items as item_store


def stored_items(app: App, *, kind: Kind | None = None) -> tuple[Item, ...]:
    """Everything collected, as its editors left it, newest first."""
    with app.store.read() as connection:
        items = [stored.item for stored in item_store.load(connection)]
        edits = edit_store.load(connection)
    return tuple(item for item in with_edits(items, edits) if kind in (None, item.kind))


def find_item(app: App, wanted: str) -> Item:
    """The stored item with this key, or SOURCE/KEY where several sources use it; else the one of this file or title.

    Raises:
        UsageError: when there is none, naming the nearest, or more than one.
    """
    items = stored_items(app)
    matches = [item for item in items if wanted in (item.key, f"{item.source}/{item.key}")]
    matches = matches or [item for item in items if _may_be_meant(item, wanted)]
    if not matches:
        what, where = ("subscriber", "`digest lists show LIST`") if "@" in wanted else ("item", "`digest items`")
        raise UsageError(f'No {what} "{wanted}" is known; {_nearest(items, wanted)}{where} shows them')
    if len(matches) > 1:
        names = ", ".join(f"{item.source}/{item.key}" for item in matches)
        raise UsageError(f'"{wanted}" names several items: {names}')
    return matches[0]


def _may_be_meant(item: Item, wanted: str) -> bool:
    """Whether it is the item's title, or a longer or shorter path to its file."""
    path, key = f"/{wanted.removesuffix('.md')}", f"/{item.key}"
    return path.endswith(key) or key.endswith(path) or one_line(wanted).casefold() == one_line(item.title).casefold()


def _nearest(items: Sequence[Item], wanted: str) -> str:
    """What may have been meant, as part of a message."""
    names = {name.casefold(): item for item in items for name in (item.key, f"{item.source}/{item.key}", item.title)}
    near = dict.fromkeys(
        f"{names[name].source}/{names[name].key}" for name in get_close_matches(wanted.casefold(), names)
    )
    told = f"did you mean {' or '.join(near)}? " if near else ""
    is_path = "/" in wanted or wanted.endswith(".md")
    return told + ("a file's key is its path within its source's folder, without .md; " if is_path else "")


def edit_item(app: App, change: Edit, now: datetime) -> Item:
    """Lay a change over what was edited before; returns the item as it is now.

    Raises:
        UsageError: when the item cannot be so, with the way out.
    """
    with app.store.write() as connection:
        known = edit_store.load(connection).get((change.source, change.key))
        original = next(
            (s.item for s in item_store.load(connection, source=change.source) if s.item.key == change.key), None
        )
        if original is None:
            raise UsageError(f'No item "{change.source}/{change.key}" is stored')
        whole = _over(known, change) if known else change
        try:
            item = edited(original, whole)
        except ValueError as error:
            raise UsageError(f"{change.source}/{change.key}: {error}") from None
        edit_store.save(connection, whole, now)
    return item


def clear_edits(app: App, item: Item) -> None:
    """Let the source speak for itself again."""
    with app.store.write() as connection:
        edit_store.forget(connection, item.source, item.key)


def edit_of(app: App, item: Item) -> Edit | None:
    """What was set by hand on an item."""
    with app.store.read() as connection:
        return edit_store.load(connection).get((item.source, item.key))


def _over(before: Edit, change: Edit) -> Edit:
    set_now = {f.name: value for f in fields(change) if (value := getattr(change, f.name)) is not None}
    if change.starts_at is None and change.closes_at is None:
        set_now.pop("all_day")
    whole = replace(before, **set_now)
    if change.kind is not None and change.kind is not Kind.EVENT:
        whole = replace(whole, starts_at=None)
    if change.kind is not None and change.kind is not Kind.VACANCY:
        whole = replace(whole, closes_at=None)
    return whole
