"""What stands in the cells of a table on the command line; days and times in the network's zone."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from digest.documents import rhythm_in_words
from digest.model import Entry, Event, Item, Vacancy

_DAY = "%a %d %b %Y"


def when(item: Item, zone: ZoneInfo) -> str:
    """When an event is or a vacancy closes; of whole days the last one by its name, not the midnight after it."""
    match item:
        case Event():
            return _during(item, zone)
        case Vacancy(closes_at=closes_at) if closes_at is not None:
            return "closes " + (f"{_last_day(closes_at, zone):{_DAY}}" if item.all_day else _time(closes_at, zone))
    return ""


def when_in_full(item: Item, zone: ZoneInfo) -> str:
    """As `when`, and how it recurs."""
    return "\n".join(filter(None, (when(item, zone), rhythm_in_words(item))))


def dates_of(item: Item, zone: ZoneInfo) -> dict[str, str]:
    """An item's dates by the keys of its JSON, as a person reads them: of whole days the days themselves."""
    match item:
        case Event(all_day=True):
            told = {"starts_at": f"{item.starts_at.astimezone(zone):{_DAY}}"}
            return told | ({"ends_at": f"{_last_day(item.ends_at, zone):{_DAY}}"} if item.ends_at else {})
        case Event():
            told = {"starts_at": _time(item.starts_at, zone)}
            return told | ({"ends_at": _time(item.ends_at, zone)} if item.ends_at else {})
        case Vacancy(closes_at=closes_at) if closes_at is not None:
            day = f"{_last_day(closes_at, zone):{_DAY}}"
            return {"closes_at": day if item.all_day else _time(closes_at, zone)}
    return {}


def _during(event: Event, zone: ZoneInfo) -> str:
    start = event.starts_at.astimezone(zone)
    if event.all_day:
        last = _last_day(event.ends_at, zone) if event.ends_at else start.date()
        return f"{start:{_DAY}}" + (f" to {last:{_DAY}}" if last > start.date() else "")
    if event.ends_at is None:
        return _time(start, zone)
    end = event.ends_at.astimezone(zone)
    return f"{_time(start, zone)} to " + (f"{end:%H:%M}" if end.date() == start.date() else _time(end, zone))


def dates(entry: Entry, zone: ZoneInfo) -> str:
    """When what an edition shows is: a line for each date that it tells of, and how it recurs."""
    lines = [when(one.item, zone) for one in entry.occurrences]
    return "\n".join(filter(None, (*lines, rhythm_in_words(entry.item))))


def inline(value: object) -> str:
    """A value of a JSON document in one cell."""
    if isinstance(value, dict):
        return "\n".join(f"{key}: {inline(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return "\n".join(inline(inner).replace("\n", ", ") for inner in value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return "" if value is None else str(value)


def _time(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%a %d %b %Y %H:%M}"


def _last_day(end: datetime, zone: ZoneInfo) -> date:
    """The day that ends with an instant."""
    local = end.astimezone(zone)
    return local.date() - timedelta(days=local.time() == datetime.min.time())
