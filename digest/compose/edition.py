"""The edition: what was selected, in reading order, and what of it is still true when it is sent."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType

from digest.compose.duplicates import Merged
from digest.compose.edits import merged_and_edited
from digest.compose.expiry import expired
from digest.compose.judging import fingerprint, skip_of
from digest.compose.next_date import on_its_next_date
from digest.compose.selection import Chosen, select
from digest.compose.series import merged_series
from digest.config import CategoryConfig, Config, DigestConfig
from digest.model import (
    SECTIONS,
    Edit,
    Edition,
    Entry,
    Group,
    Item,
    ItemSkip,
    Kind,
    Section,
    Shown,
    Skipped,
    is_muted,
)


def compose(
    items: Iterable[Item],
    *,
    digest: DigestConfig,
    config: Config,
    shown: Iterable[Shown],
    period: str,
    now: datetime,
    edits: Mapping[tuple[str, str], Edit] = MappingProxyType({}),
) -> Edition:
    """Put together one digest for one period; it may turn out empty.

    What several sources published is one entry, with the others' copies skipped.

    Posts are grouped by category in the configured order, then come categories that are not configured by
    the alphabet, and posts of no category last. Sections and groups of nothing are dropped.

    Args:
        items: at most one for each source and key.
        digest: what is composed.
        config: gives the order of categories and the network's zone.
        shown: what earlier, not cancelled editions of this digest showed.
        period: as `digest.compose.period_of` names it.
        now: the instant to judge by, and to count days from.
        edits: what editors set by hand, by source and key.
    """
    zone = config.network.zone
    given = tuple(items)
    merged = {
        (one.item.source, one.item.key): replace(one, item=on_its_next_date(one.item, now, zone))
        for one in merged_and_edited(given, edits, zone)
    }
    home = {pair: identity for identity, one in merged.items() for pair in (*one.keys, *one.former)}
    # What an earlier edition showed of one source's copy was shown of them all.
    known = (
        replace(one, source=identity[0], key=identity[1])
        for one in shown
        if (identity := home.get((one.source, one.key)))
    )
    alone = (one.item for one in merged.values())
    series = merged_series(merged.values(), given)
    selection = select(alone, digest=digest, shown=known, now=now, zone=zone, series=series)
    former = {pair for one in merged.values() for pair in one.former}
    copies = (
        Skipped(source=source, key=key, reason=ItemSkip.REPLACED if (source, key) in former else ItemSkip.DUPLICATE)
        for source, key in ((item.source, item.key) for item in given)
        if (source, key) not in merged
    )
    return Edition(
        digest=digest.name,
        title=digest.title or digest.name,
        period=period,
        composed_at=now.astimezone(zone),
        sections=tuple(
            _section(_with_copies(chosen, merged), config.categories) for chosen in selection.chosen if chosen.entries
        ),
        skipped=tuple(sorted((*selection.skipped, *copies), key=lambda one: (one.source, one.key))),
    )


def still_true(edition: Edition, now: datetime) -> Edition:
    """The same edition without the vacancies that have closed and the events that are over by now.

    What is dropped is added to `skipped`, with its reason; of a series the next occurrence comes first instead.
    `composed_at` stays, and its zone says when days end.
    """
    zone = _zone(edition)
    dropped = tuple(_dropped(edition.entries, now, zone))
    if not dropped:
        return edition
    sections = tuple(section for old in edition.sections if (section := _kept(old, now, zone)).groups)
    return replace(edition, sections=sections, skipped=edition.skipped + dropped)


def as_of(frozen: Edition, now: datetime) -> Edition:
    """The edition as it must read when it is sent: nothing over or closed, and days counted from now."""
    edition = still_true(frozen, now)
    today = now.astimezone(frozen.composed_at.tzinfo)
    return replace(edition, composed_at=today) if today.date() != frozen.composed_at.date() else edition


def wanted(edition: Edition, muted: frozenset[str]) -> Edition:
    """The edition as those get it who muted these categories and sections; their names are casefolded."""
    sections = []
    for section in edition.sections:
        groups = [
            replace(group, entries=tuple(entry for entry in group.entries if not _is_muted(entry, muted)))
            for group in section.groups
        ]
        sections.append(replace(section, groups=tuple(group for group in groups if group.entries)))
    return replace(edition, sections=tuple(section for section in sections if section.groups))


def _is_muted(entry: Entry, muted: frozenset[str]) -> bool:
    return is_muted(muted, SECTIONS[entry.item.kind], entry.item.categories)


def appearances(edition: Edition) -> tuple[Shown, ...]:
    """What the ledger must remember once an edition is on its way."""
    return tuple(
        Shown(
            source=source,
            key=key,
            newness=entry.newness,
            fingerprint=fingerprint(entry.item),
            shown_at=edition.composed_at,
        )
        for whole in edition.entries
        for entry in whole.occurrences
        for source, key in ((entry.item.source, entry.item.key), *entry.also)
    )


def _with_copies(chosen: Chosen, merged: Mapping[tuple[str, str], Merged]) -> Chosen:
    def with_copies(entry: Entry) -> Entry:
        also = merged[entry.item.source, entry.item.key].keys[1:]
        return replace(entry, also=also, further=tuple(with_copies(one) for one in entry.further))

    return replace(chosen, entries=tuple(with_copies(entry) for entry in chosen.entries))


def _section(chosen: Chosen, categories: Sequence[CategoryConfig]) -> Section:
    kind = Kind(chosen.section.kind)
    if kind is Kind.POST:
        groups = _by_category(chosen, [category.name for category in categories])
    else:
        groups = (Group(category=None, entries=chosen.entries),)
    return Section(kind=kind, title=chosen.section.title, groups=groups)


def _by_category(chosen: Chosen, configured: Sequence[str]) -> tuple[Group, ...]:
    ranks = {name.casefold(): rank for rank, name in enumerate(configured)}
    only = {name.casefold() for name in chosen.section.categories}

    def rank(category: str) -> int:
        return ranks.get(category.casefold(), len(configured))

    def home(item: Item) -> str | None:
        own = [category for category in item.categories if not only or category.casefold() in only]
        first = min(own, key=rank, default=None)
        return configured[rank(first)] if first is not None and rank(first) < len(configured) else first

    def order(category: str | None) -> tuple[bool, int, str, str]:
        return (category is None, rank(category or ""), (category or "").casefold(), category or "")

    groups: dict[str | None, list[Entry]] = {}
    for entry in chosen.entries:
        groups.setdefault(home(entry.item), []).append(entry)
    return tuple(Group(category=category, entries=tuple(groups[category])) for category in sorted(groups, key=order))


def _zone(edition: Edition) -> tzinfo:
    return edition.composed_at.tzinfo or UTC


def _dropped(entries: Iterable[Entry], now: datetime, zone: tzinfo) -> Iterator[Skipped]:
    for entry in (one for whole in entries for one in whole.occurrences):
        if reason := expired(entry.item, now, zone):
            yield skip_of(entry.item, reason)


def _kept(section: Section, now: datetime, zone: tzinfo) -> Section:
    groups = (
        replace(group, entries=tuple(current for entry in group.entries for current in _current(entry, now, zone)))
        for group in section.groups
    )
    return replace(section, groups=tuple(group for group in groups if group.entries))


def _current(entry: Entry, now: datetime, zone: tzinfo) -> Iterator[Entry]:
    """What of an entry is not over, as one entry, or none."""
    next_of_each = (replace(one, item=on_its_next_date(one.item, now, zone)) for one in entry.occurrences)
    left = [one for one in next_of_each if not expired(one.item, now, zone)]
    if left:
        yield replace(left[0], further=tuple(left[1:]))
