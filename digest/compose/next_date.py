"""An event that takes place on several dates, as it stands on a day: with the next of them; pure."""

from dataclasses import replace
from datetime import datetime, tzinfo

from digest.compose.expiry import expired
from digest.model import Event, Item


def on_its_next_date(item: Item, now: datetime, zone: tzinfo) -> Item:
    """An item whose start is the first of its dates that is not over; the last where all are.

    Until when the first date could be booked, or abstracts sent for it, tells nothing of the next.
    """
    if not isinstance(item, Event) or not item.dates or item.cancelled:
        return item
    lasts = item.ends_at - item.starts_at if item.ends_at else None
    on_each = (
        replace(item, starts_at=one, ends_at=None if lasts is None else one + lasts, book_by=None, abstracts_by=None)
        for one in item.dates
        if one > item.starts_at
    )
    current: Item = item
    while expired(current, now, zone) is not None and (following := next(on_each, None)) is not None:
        current = following
    return current
