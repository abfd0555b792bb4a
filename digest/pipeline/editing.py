"""Edit: what an editor sets on an item by hand, and the items as editors left them."""

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import datetime

from digest.app import App
from digest.compose import edited, merge, with_edits
from digest.errors import UsageError
from digest.model import Edit, Item, Kind
from digest.store import edits as edit_store
from digest.store import items as item_store


def stored_items(app: App, *, kind: Kind | None = None) -> tuple[Item, ...]:
    """Everything collected, as its editors left it, newest first."""
    with app.store.read() as connection:
        items = [stored.item for stored in item_store.load(connection)]
        edits = edit_store.load(connection)
    return tuple(item for item in with_edits(items, edits) if kind in (None, item.kind))


def shown_item(app: App, item_ids: Iterable[int]) -> Item | None:
    """One thing as an edition shows it: its items by their rows' ids, as edited by hand and merged.

    None when the store has none of them any more.
    """
    with app.store.read() as connection:
        items = [item for item_id in item_ids if (item := item_store.get(connection, item_id))]
        edits = edit_store.load(connection)
    merged = merge(with_edits(items, edits), app.config.network.zone)
    return merged[0].item if merged else None


def find_item(app: App, wanted: str) -> Item:
    """The stored item with this key, or SOURCE/KEY where several sources use it.

    Raises:
        UsageError: when there is none, or more than one.
    """
    matches = [item for item in stored_items(app) if wanted in (item.key, f"{item.source}/{item.key}")]
    if not matches:
        what, where = ("subscriber", "`digest lists show LIST`") if "@" in wanted else ("item", "`digest items`")
        raise UsageError(f'No {what} "{wanted}" is known; {where} shows them')
    if len(matches) > 1:
        names = ", ".join(f"{item.source}/{item.key}" for item in matches)
        raise UsageError(f'"{wanted}" names several items: {names}')
    return matches[0]


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
