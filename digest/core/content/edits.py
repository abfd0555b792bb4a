"""Edits: what an editor sets on an item by hand."""

from datetime import datetime

from sqlalchemy import Connection

from digest.app import App
from digest.compose import edited, laid_over, own_edit_of
from digest.core.content.stock import Stock, thing_of, whole_stock
from digest.errors import UsageError
from digest.model import By, Edit, Item
from digest.store.content import edits as edit_store
from digest.store.content import items as item_store
from digest.store.organisers import activity


def edit_item(app: App, change: Edit, now: datetime, *, by: By) -> None:
    """Lay a change over what was edited before, on whichever copy of the same thing.

    Raises:
        UsageError: when the item cannot be so, with the way out.
    """
    held = whole_stock(app)
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
        item_store.touch(connection, item_store.are(connection, thing.keys), now)
        _note(connection, "edit item", (change.source, change.key), now, by)


def clear_edits(app: App, item: Item, now: datetime, *, by: By) -> None:
    """Let the sources speak for themselves again."""
    thing = thing_of(app, whole_stock(app), item)
    with app.store.write() as connection:
        edit_store.forget(connection, (*thing.keys, *thing.former))
        item_store.touch(connection, item_store.are(connection, thing.keys), now)
        _note(connection, "clear edits", (item.source, item.key), now, by)


def _note(connection: Connection, verb: str, pair: tuple[str, str], now: datetime, by: By) -> None:
    activity.record(connection, at=now, by=by, verb=verb, subject="/".join(pair))
