"""What an item in doubt may be: the kinds between which an editor settles it."""

from digest.model import Event, Item, Kind, Vacancy


def likely_kinds(item: Item) -> tuple[Kind, ...]:
    """What it is taken for, then what it perhaps is instead."""
    perhaps = {kind for one in item.doubts for kind in one.kinds}
    return item.kind, *(kind for kind in Kind if kind is not item.kind and kind in perhaps)


def settled_at_once(item: Item) -> tuple[Kind, ...]:
    """Those of its likely kinds that settle something and need no date which is not known.

    That a vacancy is one tells nothing of when it closes, where only that is in doubt.
    """
    kinds = likely_kinds(item)
    if kinds == (Kind.VACANCY,) and isinstance(item, Vacancy) and item.closes_at is None:
        return ()
    return tuple(kind for kind in kinds if kind is not Kind.EVENT or isinstance(item, Event))
