"""What is new about a recurring event: announced once, each occurrence reminded of, what changes told once; pure.

The ledger knows occurrences. A series was announced when any of them was ever shown, be it years ago; which of its
dates readers were told, and in which rhythm, the appearances of those occurrences say.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from digest.compose.duplicates import Merged
from digest.compose.judging import OFF, as_event, entry_of, fingerprint, is_open, judge, rhythm_told, skip_of
from digest.config import SectionConfig
from digest.model import Entry, Event, Item, ItemSkip, Newness, Shown, Skipped

Pair = tuple[str, str]
"""The source of a thing and its key, or the name of its series."""

_LISTED = timedelta(days=180)  # after the next occurrence; of a yearly meeting the next alone is worth a word
_OFF = {ItemSkip.CANCELLED_EVENT: Newness.CANCELLED, ItemSkip.WITHDRAWN: Newness.WITHDRAWN}


@dataclass(frozen=True, kw_only=True, slots=True)
class SeriesTold:
    """What the readers of a digest know of a series."""

    announced: bool
    rhythm: str  # as a fingerprint has it; "" where they were told none


def series_of(items: Iterable[Item]) -> Mapping[Pair, Pair]:
    """The series of each occurrence, as its own source tells it."""
    return {
        (item.source, item.key): (item.source, item.series) for item in items if isinstance(item, Event) and item.series
    }


def merged_series(things: Iterable[Merged], items: Iterable[Item]) -> Mapping[Pair, Pair]:
    """The series of each thing, by its source and key.

    What two sources tell of the same dates is one series, and so is what one source came to call otherwise.

    Args:
        things: each once.
        items: every copy of them, and what is listed under another key by now.
    """
    names = series_of(items)
    homes: dict[Pair, Pair] = {}

    def home(series: Pair) -> Pair:
        while (nearer := homes.setdefault(series, series)) != series:
            series = nearer
        return series

    of: dict[Pair, Pair] = {}
    for thing in things:
        for pair in (*thing.keys, *thing.former):
            if pair in names:
                first = of.setdefault((thing.item.source, thing.item.key), names[pair])
                homes[home(names[pair])] = home(first)
    return {pair: home(name) for pair, name in of.items()}


def series_told(family: Mapping[Pair, Pair], ledger: Mapping[Pair, Sequence[Shown]]) -> Mapping[Pair, SeriesTold]:
    """What readers know of each series.

    Args:
        family: the series of each occurrence, past ones too.
        ledger: what a digest showed of each, oldest first.
    """
    shown: defaultdict[Pair, list[Shown]] = defaultdict(list)
    for pair, name in family.items():
        shown[name] += as_event(ledger.get(pair, ()))
    return {name: _told(rows) for name, rows in shown.items()}


def _told(rows: Sequence[Shown]) -> SeriesTold:
    in_rhythm = [row for row in rows if rhythm_told(row.fingerprint)]
    latest = max(in_rhythm, key=lambda row: row.shown_at.astimezone(UTC), default=None)
    return SeriesTold(announced=bool(rows), rhythm=rhythm_told(latest.fingerprint) if latest else "")


def judge_series(
    occurrences: Sequence[Event],
    section: SectionConfig,
    ledger: Mapping[Pair, Sequence[Shown]],
    told: SeriesTold,
    *,
    now: datetime,
    zone: ZoneInfo,
) -> tuple[list[Entry], list[Skipped]]:
    """The entries of one series in a section, and why each other occurrence is left out.

    Occurrences that are news for the same reason are one entry, of the earliest. Where the rhythm changed, all that
    is news about the series is one.

    Args:
        occurrences: of one series, those that the section takes.
        section: its windows.
        ledger: what the digest showed of each, oldest first.
        told: what its readers know of the series.
        now: the instant to judge by.
        zone: the network's, in which windows are counted.
    """
    by_date = sorted(occurrences, key=lambda event: (event.starts_at.astimezone(UTC), event.source, event.key))
    judged = [_Judged(event, ledger.get((event.source, event.key), ()), section, now, zone) for event in by_date]
    coming = [one for one in judged if one.takes_place]
    another_rhythm = bool(told.rhythm and coming and rhythm_told(fingerprint(coming[0].event)) not in {"", told.rhythm})
    if not told.announced:
        _announce(coming)
    elif another_rhythm:
        _move(coming)
    else:
        _follow(judged)
    entries = [entry_of(one.event, one.verdict) for one in judged if isinstance(one.verdict, Newness)]
    skipped = [skip_of(one.event, one.verdict) for one in judged if isinstance(one.verdict, ItemSkip)]
    return list(_gathered(entries, as_one=another_rhythm)), skipped


class _Judged:
    """An occurrence, and what would be said of it were it alone."""

    def __init__(
        self, event: Event, earlier: Sequence[Shown], section: SectionConfig, now: datetime, zone: ZoneInfo
    ) -> None:
        self.event = event
        self.verdict: Newness | ItemSkip = judge(event, section, earlier, now, zone)
        self.told = bool(as_event(earlier))
        self.open = is_open(event, section, now, zone)

    @property
    def takes_place(self) -> bool:
        gone = self.event.cancelled or self.event.withdrawn
        return not gone and self.verdict not in {ItemSkip.HIDDEN, ItemSkip.PAST_EVENT}


def _announce(coming: Sequence[_Judged]) -> None:
    """The next date and those soon after it, once the next is near enough."""
    near = coming[:1] and (coming[0].verdict is Newness.NEW or any(one.event.pinned for one in coming))
    for one in coming:
        one.verdict = ItemSkip.FAR_AHEAD
    if near:
        _list(coming, Newness.NEW)


def _move(coming: Sequence[_Judged]) -> None:
    """The dates of another rhythm; those that readers were told before count as moved with it."""
    for one in coming:
        one.verdict = ItemSkip.ALREADY_SHOWN if one.told else ItemSkip.SERIES_ANNOUNCED
    _list(coming, Newness.MOVED)


def _list(coming: Sequence[_Judged], newness: Newness) -> None:
    for one in coming:
        soon = one.event.starts_at - coming[0].event.starts_at <= _LISTED
        one.verdict = newness if soon else ItemSkip.SERIES_ANNOUNCED


def _follow(judged: Sequence[_Judged]) -> None:
    """What readers were not told of, but count on, because they know the series."""
    untold = [one for one in judged if not one.told]
    for one in untold:
        if one.takes_place:
            is_news = one.verdict is Newness.NEW and one.event.moved_from is not None
            due = Newness.REMINDER if one.open else ItemSkip.SERIES_ANNOUNCED
            one.verdict = Newness.MOVED if is_news else due
    for reason, newness in _OFF.items():
        off = [one for one in untold if one.verdict is reason]
        # One that is off is told when it would have been reminded of, or with another.
        if any(one.open for one in off) or any(one.verdict is newness for one in judged):
            for one in off:
                one.verdict = newness


def _gathered(entries: Iterable[Entry], *, as_one: bool) -> Iterator[Entry]:
    """What is said for one reason together; of a new rhythm first what takes place."""
    groups: defaultdict[object, list[Entry]] = defaultdict(list)
    for entry in sorted(entries, key=lambda entry: entry.newness in OFF):
        groups[as_one or entry.newness].append(entry)
    for first, *further in groups.values():
        yield replace(first, further=tuple(further))
