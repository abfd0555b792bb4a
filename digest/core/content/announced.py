"""What was mailed as an event or a vacancy keeps being one, whatever later answers make of others like it."""

from collections.abc import Sequence

from digest.app import App
from digest.compose import announcement_from_json, edition_from_json
from digest.model import Event, Item, Post
from digest.store import appearances
from digest.store.campaigns import ANNOUNCEMENT


def as_announced(app: App, items: tuple[Item, ...], before: Sequence[Item]) -> tuple[Item, ...]:
    """Items as they were read, save those that an edition showed and that are only weighed otherwise now.

    Args:
        app: whose editions showed them.
        items: of one source, as read now.
        before: the same as stored.
    """
    held = {item.key: item for item in before}
    turned = [held[item.key] for item in items if item.key in held and _is_weighed_otherwise(item, held[item.key])]
    if not turned:
        return items
    with app.store.read() as connection:
        frozen = appearances.frozen_editions(connection, of=turned)
    editions = [
        announcement_from_json(kept).attached if digest == ANNOUNCEMENT else edition_from_json(kept)
        for digest, kept in frozen
    ]
    shown = {
        (*pair, entry.item.kind)
        for edition in filter(None, editions)
        for whole in edition.entries
        for entry in whole.occurrences
        for pair in ((entry.item.source, entry.item.key), *entry.also)
    }
    kept = {
        item.key: item
        for item in turned
        if any((item.source, key, item.kind) in shown for key in (item.key, *item.replaces))
    }
    return tuple(kept.get(item.key, item) for item in items)


def _is_weighed_otherwise(item: Item, before: Item) -> bool:
    """Whether it says what it said, states no facts that it did not, and yet is of another kind."""
    same = (item.title, item.text, item.author, item.categories) == (
        before.title,
        before.text,
        before.author,
        before.categories,
    )
    stated = isinstance(item, Event) and not item.readings
    return same and not stated and item.kind is not before.kind and not isinstance(before, Post)
