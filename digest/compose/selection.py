"""Which items an edition shows, and why each of the others is left out."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf
from zoneinfo import ZoneInfo

from digest.compose.arrangement import brought_along, even_so, pair_of
from digest.compose.judging import entry_of, judge, skip_of
from digest.compose.series import Pair, judge_series, series_of, series_told
from digest.config import DigestConfig, SectionConfig
from digest.model import Entry, Event, Item, ItemSkip, Newness, Post, Shown, Skipped, Vacancy


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """What one section shows, the most urgent first."""

    section: SectionConfig
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """Every item's fate: chosen by one section, or skipped for one reason."""

    chosen: tuple[Chosen, ...]  # one for each section of the digest, in its order; some may be empty
    skipped: tuple[Skipped, ...]  # by source and key


def select(
    items: Iterable[Item],
    *,
    digest: DigestConfig,
    shown: Iterable[Shown],
    now: datetime,
    zone: ZoneInfo,
    series: Mapping[Pair, Pair] | None = None,
    brought: Collection[Pair] = (),
) -> Selection:
    """Choose what is new, by what this digest has shown before and never by what a date says.

    A series is one thing: those of its occurrences that a section shows for one reason are one entry. Within a
    section what an editor pinned stands first; then posts newest first, events by start and vacancies by closing date
    (those without one last); equals keep the order in which they were given. A section's limit cuts after that order,
    and what it cuts stays new.

    Args:
        items: at most one for each source and key.
        digest: its sections take items in turn; the first that takes an item has it.
        shown: what earlier, not cancelled editions of this digest showed, and announcements to all its readers, in any
            order.
        now: the instant to judge by.
        zone: the network's zone, in which days begin and windows are counted.
        series: what makes items occurrences of the same series, by source and key; the source's own word unless given.
        brought: what an editor brings in: in spite of a limit, which it takes no room of, or of what is known of it.
    """
    given = tuple(items)
    pinned = {(item.source, item.key) for item in given if item.pinned}
    ledger: defaultdict[Pair, list[Shown]] = defaultdict(list)
    for appearance in sorted(shown, key=lambda appearance: appearance.shown_at.astimezone(UTC)):
        pair = appearance.source, appearance.key
        if not (appearance.announced and pair in pinned):  # an editor wants it in the digest all the same
            ledger[pair].append(appearance)

    family = series_of(given) if series is None else series
    told = series_told(family, ledger)
    taken: list[list[Entry]] = [[] for _ in digest.sections]
    skipped: list[Skipped] = []
    recurring: defaultdict[tuple[int, Pair], list[Event]] = defaultdict(list)
    for item in given:
        pair = item.source, item.key
        place = next((n for n, section in enumerate(digest.sections) if takes(section, item)), None)
        if place is None and pair in brought:
            place = next((n for n, section in enumerate(digest.sections) if section.kind == item.kind), None)
        if place is None:
            skipped.append(skip_of(item, ItemSkip.NO_SECTION))
        elif isinstance(item, Event) and pair in family:
            recurring[place, family[pair]].append(item)
        else:
            verdict = judge(item, digest.sections[place], ledger[pair], now, zone)
            verdict = even_so(item, verdict) if pair in brought else verdict
            if isinstance(verdict, Newness):
                taken[place].append(entry_of(item, verdict))
            else:
                skipped.append(skip_of(item, verdict))
    for (place, name), occurrences in recurring.items():
        entries, left_out = judge_series(occurrences, digest.sections[place], ledger, told[name], now=now, zone=zone)
        also, left_out = brought_along(occurrences, left_out, brought)
        taken[place] += [*entries, *also]
        skipped += left_out

    chosen = []
    for section, entries in zip(digest.sections, taken, strict=True):
        entries.sort(key=_order)
        cut = [entry for entry in entries if not any(pair_of(one.item) in brought for one in entry.occurrences)]
        over = cut[section.limit :] if section.limit is not None else []
        out = {id(entry) for entry in over}
        chosen.append(Chosen(section=section, entries=tuple(entry for entry in entries if id(entry) not in out)))
        skipped += [skip_of(one.item, ItemSkip.OVER_LIMIT) for entry in over for one in entry.occurrences]
    skipped.sort(key=lambda skip: (skip.source, skip.key))
    return Selection(chosen=tuple(chosen), skipped=tuple(skipped))


def takes(section: SectionConfig, item: Item) -> bool:
    """Whether an item is one of those that a section is about."""
    if section.kind != item.kind or (section.sources and item.source not in section.sources):
        return False
    wanted = {category.casefold() for category in section.categories}
    return not wanted or any(category.casefold() in wanted for category in item.categories)


def _order(entry: Entry) -> tuple[bool, float]:
    return not entry.item.pinned, _urgency(entry)


def _urgency(entry: Entry) -> float:
    match entry.item:
        case Post(published_at=published_at, first_seen_at=first_seen_at):
            return -(published_at or first_seen_at).timestamp()
        case Event(starts_at=starts_at):
            return starts_at.timestamp()
        case Vacancy(closes_at=closes_at):
            return closes_at.timestamp() if closes_at else inf
