"""What an editor sets on an item, as the form of a page sends it."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData

from digest.documents import edit_json
from digest.errors import UsageError
from digest.model import Edit, Event, Item, Kind, Told, Vacancy
from digest.web.console.page import Console

Pair = tuple[str, str]


def text_in(form: FormData, name: str) -> str:
    """A field of a form as text; "" where it is not there."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def pair_in(form: FormData, name: str = "item") -> Pair:
    """The item that a form is about, written SOURCE/KEY.

    Raises:
        UsageError: when it is none.
    """
    return read_pair(text_in(form, name))


def read_pair(written: str) -> Pair:
    """SOURCE/KEY as source and key; a source's name has no slash.

    Raises:
        UsageError: when it is none.
    """
    source, separator, key = written.partition("/")
    if not (source and separator and key):
        raise UsageError(Told("item_none", words=written))
    return source, key


def edit_in(form: FormData, item: Item, zone: ZoneInfo) -> Edit:
    """What a form sets on an item; what it leaves as it is, is not set.

    Raises:
        UsageError: when a date cannot be read.
    """
    changes: dict[str, Any] = {}
    kind = Kind(chosen) if (chosen := text_in(form, "kind")) in set(Kind) else item.kind
    if kind is not item.kind:
        changes["kind"] = kind
    day, clock = text_in(form, "day"), text_in(form, "clock")
    if (day, clock) != typed(item, zone) and day and kind is not Kind.POST:
        field = "starts_at" if kind is Kind.EVENT else "closes_at"
        changes |= {field: _moment(day, clock, kind, zone), "all_day": not clock, "kind": kind}
    if "note" in form and (note := text_in(form, "note").strip()) != item.note:
        changes["note"] = note
    return Edit(source=item.source, key=item.key, **changes)


def settled(item: Item, kind: Kind) -> Edit:
    """That an item is of this kind, as one click says; a date that it has stays."""
    changes: dict[str, Any] = {}
    if isinstance(item, Event) and kind is Kind.EVENT:
        changes = {"starts_at": item.starts_at, "all_day": item.all_day}
    if isinstance(item, Vacancy) and kind is Kind.VACANCY and item.closes_at:
        changes = {"closes_at": item.closes_at, "all_day": item.all_day}
    return Edit(source=item.source, key=item.key, kind=kind, **changes)


def typed(item: Item, zone: ZoneInfo) -> tuple[str, str]:
    """The day and the time of an item as a form shows them; a day without a time as that day."""
    if isinstance(item, Event):
        moment, first = item.starts_at, timedelta(0)
    elif isinstance(item, Vacancy) and item.closes_at:
        moment, first = item.closes_at, timedelta(days=1)  # the midnight that ends the day
    else:
        return "", ""
    local = moment.astimezone(zone)
    if item.all_day:
        return (local - first).date().isoformat(), ""
    return local.date().isoformat(), local.strftime("%H:%M")


def _moment(day: str, clock: str, kind: Kind, zone: ZoneInfo) -> datetime:
    try:
        when = date.fromisoformat(day)
        if clock:
            return datetime.combine(when, time.fromisoformat(clock), zone)
        return datetime.combine(when + timedelta(days=kind is Kind.VACANCY), time(), zone)
    except (ValueError, OverflowError):
        raise UsageError(f'"{day} {clock}" is no date') from None


def edited_in_words(console: Console, edit: Edit) -> Iterator[tuple[str, str]]:
    """What was set by hand, and to what, as whoever is at the console reads it."""
    say, written = console.say, console.renderer.console
    for name in edit_json(edit, console.app.config.network.zone):
        chosen = getattr(edit, name)
        called = say(f"fact_{name}" if isinstance(chosen, datetime) else f"desk_edit_{name}")
        match chosen:
            case datetime():
                last = timedelta(seconds=name == "closes_at")  # it is the midnight that ends the day
                yield called, written.day(chosen - last) if edit.all_day else written.when(chosen)
            case bool():
                yield called, say("desk_yes" if chosen else "desk_no")
            case Kind():
                yield called, say(f"desk_kind_{chosen}")
            case tuple():
                yield called, ", ".join(chosen)
            case _:
                yield called, str(chosen)
