"""When an item stops being true: an event is over, a vacancy has closed."""

from datetime import UTC, datetime, time, timedelta, tzinfo

from digest.model import Event, Item, ItemSkip, Post, Vacancy


def expires_at(item: Item, zone: tzinfo) -> datetime | None:
    """The instant from which an item must no longer be shown, in UTC; None for what does not expire.

    An event is over at its end; without one, when its local day ends if it lasts all day, else when it starts.
    """
    match item:
        case Post():
            return None
        case Vacancy(closes_at=closes_at):
            return closes_at.astimezone(UTC) if closes_at else None
        case Event(ends_at=None, all_day=True):
            next_day = item.starts_at.astimezone(zone).date() + timedelta(days=1)
            return datetime.combine(next_day, time(), zone).astimezone(UTC)
        case Event():
            return (item.ends_at or item.starts_at).astimezone(UTC)


def expired(item: Item, now: datetime, zone: tzinfo) -> ItemSkip | None:
    """Why an item must not be shown any more, or None while it may be."""
    end = expires_at(item, zone)
    if end is None or now.astimezone(UTC) < end:
        return None
    return ItemSkip.PAST_EVENT if isinstance(item, Event) else ItemSkip.CLOSED_VACANCY
