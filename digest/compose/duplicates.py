"""The same thing published by several sources: recognised, merged, and each field's origin kept."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, tzinfo
from itertools import product
from typing import Any

from digest.model import Bearer, Event, Item, Kind, Origin, Post, Vacancy
from digest.text.links import canonical_url

_RANK = {Kind.VACANCY: 0, Kind.EVENT: 1, Kind.POST: 2}  # what states more of itself comes first
_OWN = frozenset({"source", "key", "first_seen_at", "kind", "origins", "replaces", "series", "rhythm", "moved_from"})
_OWN |= {"withdrawn", "hidden", "pinned", "note"}  # what is not a source's word on the thing itself
_BODY = ("text", "html", "summary")  # of the one that says most; like the times, never mixed of two
_TIMES = {Kind.EVENT: ("starts_at", "dates", "ends_at", "all_day"), Kind.VACANCY: ("closes_at", "all_day")}


@dataclass(frozen=True, kw_only=True, slots=True)
class Merged:
    """One thing, whoever published it."""

    item: Item
    copies: tuple[Item, ...]  # what each source says, the first of which gives its source and key
    former: tuple[tuple[str, str], ...] = ()  # (source, key) under which copies were listed before

    @property
    def keys(self) -> tuple[tuple[str, str], ...]:
        """(source, key) of every copy, its own first."""
        return tuple((copy.source, copy.key) for copy in self.copies)


def merge(items: Iterable[Item], zone: tzinfo) -> tuple[Merged, ...]:
    """Merge items of different sources that have the same canonical address, or the same title and date.

    Items of one source are not merged with each other, because the source tells them apart, unless one says that the
    other is cancelled. An address that one
    source uses for several items, such as its front page, recognises nothing. The earliest collected item
    gives the merged one its identity, so that what was shown stays shown; the richest gives the facts, and
    the others fill what it lacks. What its source lists under another key by now is left out.

    Args:
        items: at most one for each source and key; the order is kept.
        zone: in which "the same date" is judged.
    """
    everything = tuple(items)
    former = _replaced(everything)
    given = tuple(item for item in everything if (item.source, item.key) not in former)
    groups = _Groups(given)
    for places in (*_by_address(given), *_by_title_and_date(given, zone)):
        for place in places[1:]:
            groups.join(places[0], place)
    return tuple(_merged([given[place] for place in places], former) for places in groups.all())


def kin(told: Sequence[Bearer], wanted: Collection[int]) -> frozenset[int]:
    """The places of all that these may be merged with, by address, title or former keys, and so on from those.

    Merging them alone makes of these what merging everything would; what shares a title and no date is among them.

    Args:
        told: what all items go by.
        wanted: places among them.
    """
    addresses = [canonical_url(one.url) if one.url else "" for one in told]
    titles = [_plain(one.title) for one in told]
    found, ahead = set(wanted), set(wanted)
    while ahead:  # of few things, so that a look at all of them is cheaper than an index of all they go by
        its_addresses = {addresses[place] for place in ahead} - {""}
        its_titles = {titles[place] for place in ahead} - {""}
        its_keys = {(told[place].source, key) for place in ahead for key in (told[place].key, *told[place].replaces)}
        near = {
            place
            for place, (one, address, title) in enumerate(zip(told, addresses, titles, strict=True))
            if address in its_addresses
            or title in its_titles
            or (one.source, one.key) in its_keys
            or (one.replaces and not its_keys.isdisjoint((one.source, key) for key in one.replaces))
        }
        ahead = near - found
        found |= ahead
    return frozenset(found)


def _replaced(items: Sequence[Item]) -> frozenset[tuple[str, str]]:
    """What came to be listed under another key, and is not listed under its old one.

    Of two that replaced each other, as what moved and moved back, and are both gone, the older stays.
    """
    known = {(item.source, item.key): item for item in items}
    return frozenset(
        pair
        for item in items
        for key in item.replaces
        if (old := known.get(pair := (item.source, key))) is None or (old.withdrawn and not _outlasts(old, item))
    )


def _outlasts(old: Item, new: Item) -> bool:
    return new.withdrawn and new.key in old.replaces and (old.first_seen_at, old.key) < (new.first_seen_at, new.key)


class _Groups:
    """Disjoint sets of items, each with one item of a source, and perhaps one that calls it off."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._members = {place: [place] for place in range(len(items))}
        self._home = list(range(len(items)))
        self._items = items

    def join(self, one: int, other: int) -> None:
        first, second = sorted((self._home[one], self._home[other]))
        if first == second or self._are_told_apart(first, second):
            return
        for place in self._members.pop(second):
            self._home[place] = first
            self._members[first].append(place)

    def all(self) -> Iterable[list[int]]:
        return self._members.values()

    def _are_told_apart(self, first: int, second: int) -> bool:
        """Whether one source has items of both, unless one calls the other off."""
        pairs = product(self._members[first], self._members[second])
        both = ((self._items[one], self._items[other]) for one, other in pairs)
        return any(one.source == other.source and not _calls_off(one, other) for one, other in both)


def _calls_off(one: Item, other: Item) -> bool:
    """Whether one of two events was published to say that the other is cancelled; calendars say it in the event."""
    if not (isinstance(one, Event) and isinstance(other, Event)):
        return False
    return one.cancelled != other.cancelled and not (one.series or other.series)


def _by_address(items: Sequence[Item]) -> list[list[int]]:
    addresses = [canonical_url(item.url) if item.url else None for item in items]
    uses = Counter((item.source, address) for item, address in zip(items, addresses, strict=True))
    places: dict[str, list[int]] = defaultdict(list)
    for place, (item, address) in enumerate(zip(items, addresses, strict=True)):
        if address and uses[item.source, address] == 1:
            places[address].append(place)
    return [found for found in places.values() if len(found) > 1]


def _by_title_and_date(items: Sequence[Item], zone: tzinfo) -> list[list[int]]:
    places: dict[Any, list[int]] = defaultdict(list)
    for place, item in enumerate(items):
        moment, title = date_of(item), same_title(item)
        if moment is not None and title:  # two without any title may be anything
            places[item.kind, title, moment.astimezone(zone).date()].append(place)
    return [found for found in places.values() if len(found) > 1]


def same_title(item: Item) -> str:
    """An item's title, without what makes no difference: capitals and spaces."""
    return _plain(item.title)


def _plain(title: str) -> str:
    return " ".join(title.casefold().split())


def date_of(item: Item) -> datetime | None:
    """The date that tells things of one title apart: of the event, of closing, of publishing."""
    match item:
        case Event():
            return item.starts_at
        case Vacancy():
            return item.closes_at
        case Post():
            return item.published_at


def _merged(group: Sequence[Item], replaced: frozenset[tuple[str, str]]) -> Merged:
    oldest = min(group, key=lambda item: (item.first_seen_at, item.source, item.key))
    copies = (oldest, *(item for item in group if item is not oldest))
    former = tuple(pair for item in copies for key in item.replaces if (pair := (item.source, key)) in replaced)
    if len(group) == 1:
        return Merged(item=oldest, copies=copies, former=former)
    # What a source states is worth more than what was read from another's prose.
    richest = min(group, key=lambda item: (_RANK[item.kind], _is_read(item), -_facts(item), item is not oldest))
    values: dict[str, Any] = {}
    origins = []
    longest = max(group, key=lambda item: len(item.text))
    times = _TIMES.get(richest.kind, ())
    dated = [item for item in group if item.kind is richest.kind and date_of(item)]
    timed = min(dated, key=lambda item: (item is not richest, bool(item.readings)), default=richest)
    everybody = [richest, *(item for item in group if item is not richest)]
    for name in (field.name for field in fields(richest) if field.name not in _OWN):
        givers = [timed] if name in times else [longest] if name in _BODY else everybody
        giver = next((item for item in givers if getattr(item, name, None)), richest)
        values[name] = getattr(giver, name)
        if values[name]:
            origins.append(Origin(field=name, source=giver.source, key=giver.key))
    values["image_alt"] = next((one.image_alt for one in everybody if one.image_url == values["image_url"]), "")
    recurring = next((item for item in group if isinstance(item, Event) and item.series), None)
    if recurring is not None and isinstance(richest, Event):
        values |= {name: getattr(recurring, name) for name in ("series", "rhythm", "moved_from")}
    values |= {
        "source": oldest.source,
        "key": oldest.key,
        "first_seen_at": oldest.first_seen_at,
        "origins": tuple(origins),
        "withdrawn": all(item.withdrawn for item in group),
    }
    return Merged(item=replace(richest, **values), copies=copies, former=former)


def _is_read(item: Item) -> bool:
    """Whether its date was read from prose; what has to be done before it may be, beside a date that is stated."""
    return any(reading.field not in {"book_by", "abstracts_by"} for reading in item.readings)


def _facts(item: Item) -> int:
    """How much an item states: the number of its fields that say something, then the length of its text."""
    return 1_000_000 * sum(bool(getattr(item, field.name)) for field in fields(item)) + len(item.text)
