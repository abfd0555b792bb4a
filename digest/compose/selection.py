"""Which items an edition shows, and why each of the others is left out."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from math import inf
from zoneinfo import ZoneInfo

from digest.compose.expiry import expired
from digest.config import DigestConfig, SectionConfig
from digest.model import Entry, Event, Item, ItemSkip, Newness, Post, Shown, Skipped, Vacancy

_OFF = frozenset({Newness.CANCELLED, Newness.WITHDRAWN})
_UNLISTED = "where it was announced it is no longer listed"


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
    items: Iterable[Item], *, digest: DigestConfig, shown: Iterable[Shown], now: datetime, zone: ZoneInfo
) -> Selection:
    """Choose what is new, by what this digest has shown before and never by what a date says.

    Within a section what an editor pinned stands first; then posts newest first, events by start and
    vacancies by closing date (those without one last); equals keep the order in which they were given. A
    section's limit cuts after that order, and what it cuts stays new.

    Args:
        items: at most one for each source and key.
        digest: its sections take items in turn; the first that takes an item has it.
        shown: what earlier, not cancelled editions of this digest showed, in any order.
        now: the instant to judge by.
        zone: the network's zone, in which days begin and windows are counted.
    """
    ledger: defaultdict[tuple[str, str], list[Shown]] = defaultdict(list)
    for appearance in sorted(shown, key=lambda appearance: appearance.shown_at.astimezone(UTC)):
        ledger[appearance.source, appearance.key].append(appearance)

    taken: list[list[Entry]] = [[] for _ in digest.sections]
    skipped: list[Skipped] = []
    for item in items:
        place = next((n for n, section in enumerate(digest.sections) if _takes(section, item)), None)
        if place is None:
            skipped.append(_skip(item, ItemSkip.NO_SECTION))
            continue
        verdict = _judge(item, digest.sections[place], ledger[item.source, item.key], now, zone)
        if isinstance(verdict, Newness):
            taken[place].append(Entry(item=_as_told(item, verdict), newness=verdict))
        else:
            skipped.append(_skip(item, verdict))

    chosen = []
    for section, entries in zip(digest.sections, taken, strict=True):
        entries.sort(key=_order)
        chosen.append(Chosen(section=section, entries=tuple(entries[: section.limit])))
        skipped += [_skip(entry.item, ItemSkip.OVER_LIMIT) for entry in entries[len(chosen[-1].entries) :]]
    skipped.sort(key=lambda skip: (skip.source, skip.key))
    return Selection(chosen=tuple(chosen), skipped=tuple(skipped))


def fingerprint(item: Item) -> str:
    """What an event's reader must know, hashed: a difference is news. Empty for posts and vacancies.

    The start, the number of days and whether it is cancelled count, and after a point the place; an end that only gains
    or changes a time of day, or a place written with other capitals or spaces, is no news.
    """
    if not isinstance(item, Event):
        return ""
    starts_at = item.starts_at.astimezone(UTC)
    # Rounded, because a day on which the clocks change lasts 23 or 25 hours.
    days = round((item.ends_at.astimezone(UTC) - starts_at) / timedelta(days=1)) if item.ends_at else int(item.all_day)
    place = " ".join((item.location or "").split()).casefold()
    when = sha256(f"{starts_at.isoformat()}\n{days}\n{item.cancelled}".encode()).hexdigest()[:12]
    return f"{when}.{sha256(place.encode()).hexdigest()[:8] if place else ''}"


def _is_news(event: Event, told: str) -> bool:
    """Whether its readers must hear of it again; that a source no longer tells the place is no news."""
    (when, _, place), (told_when, _, _) = fingerprint(event).partition("."), told.partition(".")
    return when != told_when or (place != "" and fingerprint(event) != told)


def _takes(section: SectionConfig, item: Item) -> bool:
    if section.kind != item.kind or (section.sources and item.source not in section.sources):
        return False
    wanted = {category.casefold() for category in section.categories}
    return not wanted or any(category.casefold() in wanted for category in item.categories)


def _judge(
    item: Item, section: SectionConfig, earlier: Sequence[Shown], now: datetime, zone: ZoneInfo
) -> Newness | ItemSkip:
    if item.hidden:
        return ItemSkip.HIDDEN
    if reason := expired(item, now, zone):
        return reason
    if item.withdrawn:
        return _judge_withdrawn(item, earlier)
    match item:
        case Post():
            return ItemSkip.ALREADY_SHOWN if earlier else Newness.NEW
        case Event():
            # Without a fingerprint it was shown as a post, before its date was known.
            return _judge_event(item, section, [one for one in earlier if one.fingerprint], now, zone)
        case Vacancy():
            return _judge_vacancy(item, section, earlier, now, zone)


def _judge_withdrawn(item: Item, earlier: Sequence[Shown]) -> Newness | ItemSkip:
    """Who was told of an event must hear that it is no longer listed; the rest is quietly left out."""
    last = earlier[-1].newness if earlier else None
    if not isinstance(item, Event) or last is None or last in _OFF:
        return ItemSkip.WITHDRAWN
    return Newness.WITHDRAWN


def _judge_event(
    event: Event, section: SectionConfig, earlier: Sequence[Shown], now: datetime, zone: ZoneInfo
) -> Newness | ItemSkip:
    last = earlier[-1] if earlier else None
    if event.cancelled:
        if last is None:
            return ItemSkip.CANCELLED_EVENT
        return ItemSkip.ALREADY_SHOWN if last.newness is Newness.CANCELLED else Newness.CANCELLED
    if last is None or last.newness in _OFF:  # what takes place after all is announced again
        return Newness.NEW
    if _is_news(event, last.fingerprint):
        return Newness.MOVED
    opens = _before(event.starts_at, section.remind, zone)
    reminded = any(one.shown_at.astimezone(UTC) >= opens for one in earlier)
    return Newness.REMINDER if now.astimezone(UTC) >= opens and not reminded else ItemSkip.ALREADY_SHOWN


def _judge_vacancy(
    vacancy: Vacancy, section: SectionConfig, earlier: Sequence[Shown], now: datetime, zone: ZoneInfo
) -> Newness | ItemSkip:
    called = any(one.newness is Newness.LAST_CALL for one in earlier)
    if vacancy.closes_at and not called and now.astimezone(UTC) >= _before(vacancy.closes_at, section.last_call, zone):
        return Newness.LAST_CALL
    return ItemSkip.ALREADY_SHOWN if earlier else Newness.NEW


def _before(moment: datetime, window: timedelta, zone: ZoneInfo) -> datetime:
    """The instant at which a window before a moment opens; seven days are seven local days, over DST too."""
    return (moment.astimezone(zone) - window).astimezone(UTC)


def _as_told(item: Item, newness: Newness) -> Item:
    return replace(item, doubts=(*item.doubts, _UNLISTED)) if newness is Newness.WITHDRAWN else item


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


def _skip(item: Item, reason: ItemSkip) -> Skipped:
    return Skipped(source=item.source, key=item.key, reason=reason)
