"""What stands in the cells of a table on the command line; days and times in the network's zone."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from digest import model
from digest.documents import edit_json, rhythm_in_words

if TYPE_CHECKING:
    from digest.model import Edit, Entry, Event, Item

_DAY = "%a %d %b %Y"


def when(item: "Item", zone: ZoneInfo) -> str:
    """When an event is or a vacancy closes; of whole days the last one by its name, not the midnight after it."""
    match item:
        case model.Event():
            return _during(item, zone)
        case model.Vacancy(closes_at=closes_at) if closes_at is not None:
            return "closes " + (f"{_last_day(closes_at, zone):{_DAY}}" if item.all_day else _time(closes_at, zone))
    return ""


def when_in_full(item: "Item", zone: ZoneInfo) -> str:
    """As `when`, and how it recurs."""
    return "\n".join(filter(None, (when(item, zone), rhythm_in_words(item))))


def dates_of(item: "Item", zone: ZoneInfo) -> dict[str, str]:
    """An item's dates by the keys of its JSON, as a person reads them: of whole days the days themselves."""
    match item:
        case model.Event(all_day=True):
            told = {"starts_at": f"{item.starts_at.astimezone(zone):{_DAY}}"} | _deadlines(item, zone)
            return told | ({"ends_at": f"{_last_day(item.ends_at, zone):{_DAY}}"} if item.ends_at else {})
        case model.Event():
            told = {"starts_at": _time(item.starts_at, zone)} | _deadlines(item, zone)
            return told | ({"ends_at": _time(item.ends_at, zone)} if item.ends_at else {})
        case model.Vacancy(closes_at=closes_at) if closes_at is not None:
            day = f"{_last_day(closes_at, zone):{_DAY}}"
            return {"closes_at": day if item.all_day else _time(closes_at, zone)}
    return {}


def _deadlines(event: "Event", zone: ZoneInfo) -> dict[str, str]:
    wanted = {"book_by": event.book_by, "abstracts_by": event.abstracts_by}
    return {name: _until(moment, zone) for name, moment in wanted.items() if moment is not None}


def _until(moment: datetime, zone: ZoneInfo) -> str:
    whole = moment.astimezone(zone).time() == datetime.min.time()
    return f"{_last_day(moment, zone):{_DAY}}" if whole else _time(moment, zone)


def _during(event: "Event", zone: ZoneInfo) -> str:
    start = event.starts_at.astimezone(zone)
    if event.all_day:
        last = _last_day(event.ends_at, zone) if event.ends_at else start.date()
        return f"{start:{_DAY}}" + (f" to {last:{_DAY}}" if last > start.date() else "")
    if event.ends_at is None:
        return _time(start, zone)
    end = event.ends_at.astimezone(zone)
    return f"{_time(start, zone)} to " + (f"{end:%H:%M}" if end.date() == start.date() else _time(end, zone))


def dates(entry: "Entry", zone: ZoneInfo) -> str:
    """When what an edition shows is: a line for each date that it tells of, and how it recurs."""
    lines = [when(one.item, zone) for one in entry.occurrences]
    return "\n".join(filter(None, (*lines, rhythm_in_words(entry.item))))


def edit_in_words(edit: "Edit", zone: ZoneInfo) -> dict[str, object]:
    """What was set by hand, by the keys of its JSON; dates as `dates_of` tells those of an item."""
    told = edit_json(edit, zone)
    if edit.categories is not None:
        told["categories"] = ", ".join(edit.categories) or "none"
    if edit.starts_at:
        told["starts_at"] = f"{edit.starts_at.astimezone(zone):{_DAY}}" if edit.all_day else _time(edit.starts_at, zone)
    if edit.closes_at:
        day = f"{_last_day(edit.closes_at, zone):{_DAY}}"
        told["closes_at"] = day if edit.all_day else _time(edit.closes_at, zone)
    return told


def in_rows(document: Mapping[str, object]) -> list[tuple[str, str]]:
    """A JSON document as a table of two columns, without what is empty."""
    rows = ((key, inline(value)) for key, value in document.items())
    return [(key, told) for key, told in rows if told]


def inline(value: object) -> str:
    """A value of a JSON document in one cell."""
    if isinstance(value, dict):
        return "\n".join(f"{key}: {inline(inner)}" for key, inner in value.items())
    if isinstance(value, list | tuple):
        return "\n".join(inline(inner).replace("\n", ", ") for inner in value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _time(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%a %d %b %Y %H:%M}"


def _last_day(end: datetime, zone: ZoneInfo) -> date:
    """The day that ends with an instant."""
    local = end.astimezone(zone)
    return local.date() - timedelta(days=local.time() == datetime.min.time())
