"""What is doubtful of an item, and the commands that settle it."""

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from digest import model
from digest.cli.answers import print_table
from digest.cli.cells import when_in_full
from digest.core import content
from digest.documents import named
from digest.model import Kind

if TYPE_CHECKING:
    from digest.model import Item


def tell_doubts(item: "Item", zone: ZoneInfo) -> None:
    """Print the doubts of an item, and how to settle them."""
    rows = [
        ("doubt", "; ".join(item.doubts)),
        ("read as", f"{item.kind} {when_in_full(item, zone)}".strip()),
        *(("settle", command) for command in settling(item, zone)),
    ]
    print_table((item.title, ""), rows, whole=True)


def settling(item: "Item", zone: ZoneInfo) -> list[str]:
    """The commands that settle the doubts of an item, one for each kind that it may be."""
    if not item.doubts:
        return []
    return [
        f"digest items edit {named(item)} --kind {kind}{_option(item, kind, zone)}"
        for kind in content.likely_kinds(item)
    ]


def _option(item: "Item", kind: Kind, zone: ZoneInfo) -> str:
    """Its date as an option, where the kind has one."""
    option = {Kind.EVENT: "--starts", Kind.VACANCY: "--closes"}.get(kind)
    return f" {option} {_typed(item, zone) or 'YYYY-MM-DD'}" if option else ""


def _typed(item: "Item", zone: ZoneInfo) -> str:
    """Its date as `items edit` takes it; a day without a time as that day."""
    if isinstance(item, model.Event):
        moment, first = item.starts_at, timedelta(0)
    elif isinstance(item, model.Vacancy) and item.closes_at:
        moment, first = item.closes_at, timedelta(days=1)  # the midnight that ends the day
    else:
        return ""
    local = moment.astimezone(zone)
    return (local - first).date().isoformat() if item.all_day else local.isoformat(timespec="minutes")[:16]
