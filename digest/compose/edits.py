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

_YEARS = range(1970, 2201)


def with_edits(items: Iterable[Item], edits: Mapping[tuple[str, str], Edit]) -> Iterator[Item]:
    """Every item as its editor left it; where the source has made something else of it since, with a doubt instead."""
    for item in items:
        edit = edits.get((item.source, item.key))
        try:
            yield edited(item, edit) if edit else item
        except ValueError as error:
            doubt = f"what was set by hand no longer fits: {error}"
            yield replace(item, doubts=(*item.doubts, doubt))


def edited(item: Item, edit: Edit) -> Item:
    """One item with an edit laid over it; a date set by hand is in no doubt.

    Raises:
        ValueError: when the edit makes an event of what has no start, or gives a kind a fact it cannot have.
    """
    kind = edit.kind or item.kind
    if kind is Kind.EVENT and edit.starts_at is None and not isinstance(item, Event):
        raise ValueError("an event needs a start; set it too")
    if (edit.starts_at and kind is not Kind.EVENT) or (edit.closes_at and kind is not Kind.VACANCY):
        raise ValueError(f"no {kind} has such a date; set the kind too")
    for moment in (edit.starts_at, edit.closes_at):
        if moment is not None and moment.year not in _YEARS:
            raise ValueError(f"{moment.date()} is not a date of our times; set another")
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
