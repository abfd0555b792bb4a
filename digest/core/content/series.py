"""Edits of a whole series: what an editor sets holds for every occurrence, those that are not collected yet too."""

from dataclasses import replace
from datetime import datetime

from digest.app import App
from digest.compose import laid_over, series_key
from digest.core.content.stock import find_among, stored_items
from digest.errors import UsageError
from digest.model import By, Edit, Event
from digest.store.content import edits as edit_store
from digest.store.content import items as item_store
from digest.store.organisers import activity
from digest.text.markup import one_line


def find_series(app: App, wanted: str, now: datetime) -> Event:
    """The next occurrence of the series with this UID or title, or of which this is an occurrence's key.

    All three are taken as SOURCE/KEY, too.

    Raises:
        UsageError: when there is none, or more than one.
    """
    items = stored_items(app, now, history=True)
    recurring = [item for item in items if isinstance(item, Event) and item.series and item.key != item.series]
    named = [item for item in recurring if wanted.removeprefix(f"{item.source}/") in {item.key, item.series}]
    title = one_line(wanted).casefold()
    named = named or [item for item in recurring if one_line(item.title).casefold() == title]
    series = dict.fromkeys((item.source, item.series) for item in named)
    if not series:
        item = find_among(app, items, wanted)
        raise UsageError(f'"{item.title}" ({item.source}/{item.key}) does not recur; leave --series out')
    if len(series) > 1:
        names = ", ".join("/".join(pair) for pair in series)
        raise UsageError(f'"{wanted}" names several series: {names}')
    occurrences = sorted(
        (item for item in recurring if (item.source, item.series) in series), key=lambda item: item.starts_at
    )
    return next((item for item in occurrences if item.starts_at >= now), occurrences[-1])


def edit_series(app: App, occurrence: Event, change: Edit, now: datetime, *, by: By) -> None:
    """Lay a change over what was set before for the series of an occurrence.

    Args:
        app: whose store keeps it.
        occurrence: any one of the series.
        change: sets neither a date nor a kind, which are each occurrence's own.
        now: when it was set.
        by: who set it.
    """
    change = replace(change, source=occurrence.source, key=series_key(occurrence.series))
    with app.store.write() as connection:
        before = edit_store.load(connection).get((change.source, change.key))
        edit_store.save(connection, laid_over(before, change) if before else change, now)
        item_store.touch(connection, item_store.are_of_series(occurrence.source, occurrence.series), now)
        subject = f"{occurrence.source}/{occurrence.series}"
        activity.record(connection, at=now, by=by, verb="edit series", subject=subject)


def clear_series_edit(app: App, occurrence: Event, now: datetime, *, by: By) -> None:
    """Let the source speak for the whole series again; what was set on single occurrences stays."""
    with app.store.write() as connection:
        edit_store.forget(connection, [(occurrence.source, series_key(occurrence.series))])
        item_store.touch(connection, item_store.are_of_series(occurrence.source, occurrence.series), now)
        subject = f"{occurrence.source}/{occurrence.series}"
        activity.record(connection, at=now, by=by, verb="clear series edits", subject=subject)
