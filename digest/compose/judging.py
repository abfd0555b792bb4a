"""What is new about one item, by what an edition showed of it before; pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from digest.compose.expiry import expired
from digest.config import SectionConfig
from digest.model import Doubt, Entry, Event, Item, ItemSkip, Newness, Post, Rhythm, Shown, Skipped, Vacancy

OFF = frozenset({Newness.CANCELLED, Newness.WITHDRAWN})
_UNLISTED = Doubt("unlisted")


def judge(
    item: Item, section: SectionConfig, earlier: Sequence[Shown], now: datetime, zone: ZoneInfo
) -> Newness | ItemSkip:
    """Why an item is in a section, or why not.

    Args:
        item: what the section takes.
        section: its windows.
        earlier: what the digest showed of the item, oldest first.
        now: the instant to judge by.
        zone: the network's, in which windows are counted.
    """
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
            return _judge_event(item, section, as_event(earlier), now, zone)
        case Vacancy():
            return _judge_vacancy(item, section, earlier, now, zone)


def entry_of(item: Item, newness: Newness) -> Entry:
    """An item as an edition shows it."""
    if newness is Newness.WITHDRAWN:
        item = replace(item, doubts=(*item.doubts, _UNLISTED))
    return Entry(item=item, newness=newness)


def skip_of(item: Item, reason: ItemSkip) -> Skipped:
    """An item as an edition leaves it out."""
    return Skipped(source=item.source, key=item.key, reason=reason)


def as_event(earlier: Sequence[Shown]) -> list[Shown]:
    """Without the appearances as a post, before its date was known: these have no fingerprint."""
    return [one for one in earlier if one.fingerprint]


def is_open(event: Event, section: SectionConfig, now: datetime, zone: ZoneInfo) -> bool:
    """Whether the window has opened in which readers are reminded of an event."""
    return now.astimezone(UTC) >= _before(event.starts_at, section.remind, zone)


def fingerprint(item: Item) -> str:
    """What an event's reader must know, hashed: a difference is news. Empty for posts and vacancies.

    The start (of an event on several dates each of them), the number of days and whether it is cancelled count, after
    a point the place, and after another the rhythm of its series; an end that only gains or changes a time of day, or a
    place written with other capitals or spaces, is no news.
    """
    if not isinstance(item, Event):
        return ""
    starts_at = item.starts_at.astimezone(UTC)
    # Rounded, because a day on which the clocks change lasts 23 or 25 hours.
    days = round((item.ends_at.astimezone(UTC) - starts_at) / timedelta(days=1)) if item.ends_at else int(item.all_day)
    place = " ".join((item.location or "").split()).casefold()
    starts = " ".join(one.astimezone(UTC).isoformat() for one in item.dates or (starts_at,))
    when = sha256(f"{starts}\n{days}\n{item.cancelled}".encode()).hexdigest()[:12]
    where = sha256(place.encode()).hexdigest()[:8] if place else ""
    return f"{when}.{where}.{_hashed(item.rhythm)}" if item.rhythm else f"{when}.{where}"


def rhythm_told(fingerprint: str) -> str:
    """What a fingerprint says of the rhythm; "" where it says nothing."""
    return _parts(fingerprint)[2]


def _hashed(rhythm: Rhythm) -> str:
    days = f"{rhythm.weekdays}\n{rhythm.month_days}\n{rhythm.months}"
    text = f"{rhythm.frequency}\n{rhythm.interval}\n{days}\n{rhythm.clock and rhythm.clock.isoformat()}"
    return sha256(text.encode()).hexdigest()[:8]


def _parts(fingerprint: str) -> tuple[str, str, str]:
    when, where, rhythm, *_ = *fingerprint.split("."), "", ""
    return when, where, rhythm


def _is_news(event: Event, told: str) -> bool:
    """Whether its readers must hear of it again; that a source no longer tells the place is no news."""
    (when, where, _), (told_when, told_where, _) = _parts(fingerprint(event)), _parts(told)
    return when != told_when or where not in {"", told_where}


def _judge_withdrawn(item: Item, earlier: Sequence[Shown]) -> Newness | ItemSkip:
    """Who was told of an event must hear that it is no longer listed; the rest is quietly left out."""
    last = earlier[-1].newness if earlier else None
    if not isinstance(item, Event) or last is None or last in OFF:
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
    if last is None:
        near = now.astimezone(UTC) >= _before(event.starts_at, section.look_ahead, zone)
        return Newness.NEW if near or event.pinned else ItemSkip.FAR_AHEAD
    if last.newness in OFF:  # what takes place after all is announced again
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
