"""The same thing listed by one source under another key than before; pure.

A whole series of meetings that is moved to another evening, a renamed file, a calendar that makes up new identifiers
with each export: what its source calls by a new name is not new to those who read of it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from itertools import pairwise

from digest.compose.duplicates import date_of, same_title
from digest.compose.expiry import expired
from digest.model import Event, Item, Post

_FARTHEST = timedelta(days=15)  # that the only known occurrence of a series may be moved
_Pair = tuple[Item, Item]  # what is gone, and what came in its place


def with_successors(listed: Sequence[Item], known: Iterable[Item], *, now: datetime, zone: tzinfo) -> tuple[Item, ...]:
    """What a source lists, each with the keys of what it takes the place of in `replaces`.

    What came takes the place of what is gone when it has the same title and moment, or, one of each, the same title
    and day; and as an occurrence of the same series when it is the nearest, and nearer than half of what lies between
    two of them.

    Args:
        listed: everything that one source lists now.
        known: what it listed before, withdrawn or not.
        now: the instant to judge by; what is over is not replaced.
        zone: the network's, in which days begin.
    """
    keys = {item.key for item in listed}
    held = {item.key: item for item in known}
    gone = [i for i in held.values() if i.key not in keys and not i.withdrawn and expired(i, now, zone) is None]
    came = [item for item in listed if item.key not in held or held[item.key].withdrawn]
    if not gone or not came:
        return tuple(listed)
    same = list(_same_thing(gone, came, zone))
    paired = {item.key for pair in same for item in pair}
    moved = _moved(
        [item for item in gone if isinstance(item, Event) and item.series and item.key not in paired],
        [item for item in came if isinstance(item, Event) and item.series and item.key not in paired],
        [item for item in held.values() if isinstance(item, Event) and not item.withdrawn],
    )
    before = {new.key: old for old, new in (*same, *moved)}
    return tuple(_in_place_of(before[item.key], item) if item.key in before else item for item in listed)


def out_of_view(listed: Sequence[Item], known: Iterable[Item], *, ahead: int, until: datetime) -> frozenset[str]:
    """Keys of occurrences that their series may well have, but that lie beyond what was looked at.

    Args:
        listed: everything that one source lists now.
        known: what it listed before.
        ahead: how many occurrences of a series are looked for.
        until: how far ahead they are looked for.
    """
    series: dict[str, list[datetime]] = defaultdict(list)
    for item in listed:
        if isinstance(item, Event) and item.series and not item.cancelled:
            series[item.series].append(item.starts_at)
    ends = {name: max(starts) for name, starts in series.items() if len(starts) >= ahead}
    return frozenset(
        item.key
        for item in known
        if isinstance(item, Event) and item.series and item.starts_at > min(ends.get(item.series, until), until)
    )


def _in_place_of(old: Item, new: Item) -> Item:
    keys = dict.fromkeys((old.key, *old.replaces, *new.replaces))
    return replace(new, replaces=tuple(key for key in keys if key != new.key))


def _same_thing(gone: Sequence[Item], came: Sequence[Item], zone: tzinfo) -> Iterator[_Pair]:
    """Pairs that are told alike, the most alike first; of several that are quite alike any is as good as another."""
    paired: set[str] = set()
    for alike, several in ((_told_alike, True), (_same_moment, True), (partial(_same_day, zone=zone), False)):
        groups: dict[object, tuple[list[Item], list[Item]]] = defaultdict(lambda: ([], []))
        for side, items in enumerate((gone, came)):
            for item in items:
                if item.key not in paired and (key := alike(item)) is not None:
                    groups[item.kind, same_title(item), key][side].append(item)
        for old, new in groups.values():
            if len(old) == len(new) and (several or len(old) == 1):
                yield from zip(old, new, strict=True)
                paired.update(item.key for item in (*old, *new))


def _told_alike(item: Item) -> object:
    moment = _same_moment(item)
    return (moment, item.location) if moment is not None and not isinstance(item, Post) else None


def _same_moment(item: Item) -> object:
    moment = date_of(item)
    return moment.astimezone(UTC) if moment is not None else None


def _same_day(item: Item, zone: tzinfo) -> object:
    moment = date_of(item)
    return moment.astimezone(zone).date() if moment is not None else item.text or None


def _moved(gone: Collection[Event], came: Collection[Event], known: Collection[Event]) -> Iterator[_Pair]:
    for series in dict.fromkeys(event.series for event in gone):
        starts = sorted(event.starts_at.astimezone(UTC) for event in known if event.series == series)
        reach = min((later - earlier for earlier, later in pairwise(starts)), default=2 * _FARTHEST) / 2
        free = [event for event in came if event.series == series]
        for old in sorted((event for event in gone if event.series == series), key=_start):
            new = min(free, key=lambda event: abs(_start(event) - _start(old)), default=None)
            if new is not None and abs(_start(new) - _start(old)) <= reach:
                free.remove(new)
                yield old, new


def _start(event: Event) -> datetime:
    return event.starts_at.astimezone(UTC)
