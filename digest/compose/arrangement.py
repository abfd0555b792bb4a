"""What an editor did to one edition, laid over what composing makes of it; pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from digest.compose.judging import entry_of, skip_of
from digest.model import Arrangement, Edition, Entry, Event, Group, Item, ItemSkip, Newness, Section, Skipped

Pair = tuple[str, str]

MAY_COME = frozenset(
    {
        ItemSkip.ALREADY_SHOWN,
        ItemSkip.SERIES_ANNOUNCED,
        ItemSkip.FAR_AHEAD,
        ItemSkip.NO_SECTION,
        ItemSkip.OVER_LIMIT,
    }
)
"""The reasons for leaving something out that an editor's word is stronger than; the others are facts."""


def even_so(item: Item, verdict: Newness | ItemSkip) -> Newness | ItemSkip:
    """As what something comes that an editor brings in; what is over, closed or withdrawn stays out."""
    if isinstance(verdict, Newness) or verdict not in MAY_COME:
        return verdict
    known = verdict in {ItemSkip.ALREADY_SHOWN, ItemSkip.SERIES_ANNOUNCED} and isinstance(item, Event)
    return Newness.REMINDER if known else Newness.NEW


def brought_along(
    items: Collection[Item], skipped: Collection[Skipped], brought: Collection[Pair]
) -> tuple[list[Entry], list[Skipped]]:
    """Of what was left out of a series, what an editor brings in, each on its own, and the rest."""
    known = {pair_of(item): item for item in items}
    entries, left = [], []
    for skip in skipped:
        item = known[skip.source, skip.key]
        verdict = even_so(item, skip.reason) if pair_of(item) in brought else skip.reason
        if isinstance(verdict, Newness):
            entries.append(entry_of(item, verdict))
        else:
            left.append(skip)
    return entries, left


def at_home(arrangement: Arrangement, home: Mapping[Pair, Pair]) -> Arrangement:
    """The same by the copy that an edition shows of each thing."""

    def found(pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
        return tuple(dict.fromkeys(home.get(pair, pair) for pair in pairs))

    return replace(
        arrangement,
        dropped=found(arrangement.dropped),
        brought=found(arrangement.brought),
        order=found(arrangement.order),
    )


def arranged(edition: Edition, arrangement: Arrangement) -> Edition:
    """The edition without what was dropped, in the editor's order, with their subject and preheader.

    Of a series an occurrence may be dropped alone. What is pinned stands first in its group whatever the order says.
    """
    dropped = frozenset(arrangement.dropped)
    ranks = {pair: rank for rank, pair in enumerate(arrangement.order)}
    told = (one for entry in edition.entries for one in entry.occurrences)
    gone = (skip_of(one.item, ItemSkip.DROPPED) for one in told if dropped & told_of(one))

    def rank(entry: Entry) -> tuple[bool, int]:
        return not entry.item.pinned, ranks.get(pair_of(entry.item), len(ranks))

    def kept(group: Group) -> Group:
        entries = (left for entry in group.entries for left in _without(entry, dropped))
        return replace(group, entries=tuple(sorted(entries, key=rank)))

    sections = tuple(
        replace(section, groups=groups)
        for section in edition.sections
        if (groups := tuple(group for old in section.groups if (group := kept(old)).entries))
    )
    return replace(
        edition,
        sections=sections,
        skipped=tuple(sorted((*edition.skipped, *gone), key=lambda one: (one.source, one.key))),
        subject=arrangement.subject,
        preheader=arrangement.preheader,
    )


def _without(entry: Entry, dropped: frozenset[Pair]) -> Iterator[Entry]:
    """What of an entry is not dropped, as one entry, or none."""
    left = [one for one in entry.occurrences if not dropped & told_of(one)]
    if left:
        yield replace(left[0], further=tuple(left[1:]))


def told_of(entry: Entry) -> frozenset[Pair]:
    """Everything that an entry tells of, whichever copy: by source and key."""
    return frozenset(pair for one in entry.occurrences for pair in (pair_of(one.item), *one.also))


def pair_of(item: Item) -> Pair:
    """An item's source and key."""
    return item.source, item.key


def group_of(edition: Edition, pair: Pair) -> tuple[Section, Group, Entry] | None:
    """Where something stands in an edition; None where it does not."""
    return next(
        (
            (section, group, entry)
            for section in edition.sections
            for group in section.groups
            for entry in group.entries
            if pair in told_of(entry)
        ),
        None,
    )
