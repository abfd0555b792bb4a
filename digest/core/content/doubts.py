"""What an item in doubt may be: the kinds between which an editor settles it."""

from digest.model import Event, Item, Kind


def likely_kinds(item: Item) -> tuple[Kind, ...]:
    """What it is taken for, then what it perhaps is instead."""
    return item.kind, *(kind for kind in Kind if kind is not item.kind and any(kind in one for one in item.doubts))


def settled_at_once(item: Item) -> tuple[Kind, ...]:
    """Those of its likely kinds that need no date which is not known."""
    return tuple(kind for kind in likely_kinds(item) if kind is not Kind.EVENT or isinstance(item, Event))
