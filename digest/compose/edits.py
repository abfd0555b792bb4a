"""What an editor set by hand, laid over what the sources say; pure.

An edit belongs to the thing, whichever source's copy of it the editor had in hand, and stays with it when its source
lists it under another key. One of a series holds for all its occurrences, those to come too.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import tzinfo
from functools import reduce
from typing import Any

from digest.compose.duplicates import Merged, merge
from digest.model import OF_THE_KIND, Doubt, Edit, Event, Item, Kind, Post, Vacancy

Edits = Mapping[tuple[str, str], Edit]
"""Edits by the source and key of the copy that was edited."""

_CLASSES: Mapping[Kind, type[Post] | type[Event] | type[Vacancy]] = {
    Kind.POST: Post,
    Kind.EVENT: Event,
    Kind.VACANCY: Vacancy,
}

_DATES = ("starts_at", "closes_at", "book_by", "abstracts_by")
_YEARS = range(1970, 2201)


def series_key(series: str) -> str:
    """The key of an edit that holds for all occurrences of a series; theirs end in a date."""
    return f"{series}/*"


def merged_and_edited(items: Iterable[Item], edits: Edits, zone: tzinfo) -> Iterator[Merged]:
    """What the sources published, each thing once and as its editor left it.

    Where the sources have made something else of it since, it carries a doubt instead.
    """
    for thing in merge(items, zone):
        edit = edit_of(thing, edits)
        yield replace(thing, item=_edited_or_doubted(thing.item, edit)) if edit else thing


def with_edits(items: Sequence[Item], edits: Edits, zone: tzinfo) -> Iterator[Item]:
    """Every copy on its own, in the given order, with what of its thing's edit can be said of it."""
    things = {pair: thing for thing in merge(items, zone) for pair in thing.keys} if edits else {}
    for item in items:
        thing = things.get((item.source, item.key))
        edit = edit_of(thing, edits) if thing else None
        if thing is None or edit is None:
            yield item
        elif len(thing.copies) > 1 and not _fits(item, edit) and _fits(thing.item, edit):
            yield edited(
                item, replace(edit, kind=None, starts_at=None, closes_at=None, book_by=None, abstracts_by=None)
            )
        else:
            yield _edited_or_doubted(item, edit)


def edit_of(thing: Merged, edits: Edits) -> Edit | None:
    """What was set by hand on a thing, any of its copies or their series.

    What was set on its own copy stands over the others, and what was set on it alone over what holds for its series.
    """
    series = ((one.source, series_key(one.series)) for one in thing.copies if isinstance(one, Event) and one.series)
    return _whole(thing, edits, (*thing.keys, *thing.former, *series))


def own_edit_of(thing: Merged, edits: Edits) -> Edit | None:
    """As `edit_of`, without what holds for its series."""
    return _whole(thing, edits, (*thing.keys, *thing.former))


def _whole(thing: Merged, edits: Edits, pairs: Iterable[tuple[str, str]]) -> Edit | None:
    known = [edits[pair] for pair in pairs if pair in edits]
    return replace(reduce(laid_over, reversed(known)), source=thing.item.source, key=thing.item.key) if known else None


def laid_over(before: Edit, change: Edit) -> Edit:
    """An edit with a later one laid over it; another kind takes back a date that only the former kind has."""
    set_now = {field.name: value for field in fields(change) if (value := getattr(change, field.name)) is not None}
    if change.starts_at is None and change.closes_at is None:
        set_now.pop("all_day")
    whole = replace(before, **set_now)
    if change.kind is not None and change.kind is not Kind.EVENT:
        whole = replace(whole, starts_at=None, book_by=None, abstracts_by=None)
    if change.kind is not None and change.kind is not Kind.VACANCY:
        whole = replace(whole, closes_at=None)
    return whole


def edited(item: Item, edit: Edit) -> Item:
    """One item with an edit laid over it; a date set by hand is in no doubt, nor is a kind.

    Raises:
        ValueError: when the edit makes an event of what has no start, or gives a kind a fact it cannot have.
    """
    kind = edit.kind or item.kind
    if kind is Kind.EVENT and edit.starts_at is None and not isinstance(item, Event):
        raise ValueError("an event needs a start; set it too")
    of_events = edit.starts_at or edit.book_by or edit.abstracts_by
    if (of_events and kind is not Kind.EVENT) or (edit.closes_at and kind is not Kind.VACANCY):
        raise ValueError(f"no {kind} has such a date; set the kind too")
    for moment in (getattr(edit, name) for name in _DATES):
        if moment is not None and moment.year not in _YEARS:
            raise ValueError(f"{moment.date()} is not a date of our times; set another")
    changes: dict[str, Any] = {
        name: value
        for name in (*_DATES, "categories", "location", "hidden", "pinned", "note")
        if (value := getattr(edit, name)) is not None
    }
    if edit.starts_at or edit.closes_at:
        changes |= {"all_day": edit.all_day, "doubts": (), "readings": ()}
    elif edit.book_by or edit.abstracts_by:
        changes["readings"] = tuple(one for one in item.readings if getattr(edit, one.field) is None)
    elif edit.kind is not None:
        of_facts = kind is Kind.POST and item.kind is not kind  # of which a post has none
        changes["doubts"] = () if of_facts else tuple(one for one in item.doubts if one.name not in OF_THE_KIND)
    if edit.starts_at:
        changes |= {"ends_at": None, "dates": ()}
    wanted = _CLASSES[kind]
    known = {field.name for field in fields(wanted)}
    changes = {name: value for name, value in changes.items() if name in known}
    if isinstance(item, wanted):
        return replace(item, **changes)
    kept = {field.name: getattr(item, field.name) for field in fields(item) if field.name in known - {"kind"}}
    return wanted(**(kept | changes))


def _edited_or_doubted(item: Item, edit: Edit) -> Item:
    try:
        return edited(item, edit)
    except ValueError as error:
        return replace(item, doubts=(*item.doubts, Doubt("unfitting_edit", why=error)))


def _fits(item: Item, edit: Edit) -> bool:
    try:
        edited(item, edit)
    except ValueError:
        return False
    return True
