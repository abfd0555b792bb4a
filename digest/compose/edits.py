"""What an editor set by hand, laid over what the source says; pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

from digest.model import Edit, Event, Item, Kind, Post, Vacancy

_CLASSES: Mapping[Kind, type[Post] | type[Event] | type[Vacancy]] = {
    Kind.POST: Post,
    Kind.EVENT: Event,
    Kind.VACANCY: Vacancy,
}


def with_edits(items: Iterable[Item], edits: Mapping[tuple[str, str], Edit]) -> Iterator[Item]:
    """Every item as its editor left it."""
    for item in items:
        edit = edits.get((item.source, item.key))
        yield edited(item, edit) if edit else item


def edited(item: Item, edit: Edit) -> Item:
    """One item with an edit laid over it; a date set by hand is in no doubt.

    Raises:
        ValueError: when the edit makes an event of what has no start, or gives a kind a fact it cannot have.
    """
    kind = edit.kind or item.kind
    if kind is Kind.EVENT and edit.starts_at is None and not isinstance(item, Event):
        raise ValueError("an event needs a start: set it too")
    if (edit.starts_at and kind is not Kind.EVENT) or (edit.closes_at and kind is not Kind.VACANCY):
        raise ValueError(f"a {kind} has no such date; set the kind too")
    changes: dict[str, Any] = {
        name: value
        for name in ("categories", "starts_at", "closes_at", "location", "hidden", "pinned", "note")
        if (value := getattr(edit, name)) is not None
    }
    if edit.starts_at or edit.closes_at:
        changes |= {"all_day": edit.all_day, "doubts": (), "readings": ()}
    if edit.starts_at:
        changes["ends_at"] = None
    wanted = _CLASSES[kind]
    known = {field.name for field in fields(wanted)}
    changes = {name: value for name, value in changes.items() if name in known}
    if isinstance(item, wanted):
        return replace(item, **changes)
    kept = {field.name: getattr(item, field.name) for field in fields(item) if field.name in known - {"kind"}}
    return wanted(**(kept | changes))
