"""Activity: who did what when."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from digest.app import App
from digest.core.organisers.roles import role_allows
from digest.model import Activity, Organiser
from digest.store.organisers import activity
from digest.store.organisers.activity import NEWEST_FIRST, Filter, Order

__all__ = ["Choices", "Filter", "Order", "activity_choices", "activity_for", "activity_stamp", "latest_activity"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Choices:
    """What activity can be filtered by."""

    verbs: Sequence[str]
    actors: Sequence[str]


def latest_activity(app: App, *, limit: int, subject: str | None = None) -> Sequence[Activity]:
    """What was done last, newest first: to one subject (a campaign, list, item or address), or to all."""
    with app.store.read() as connection:
        return activity.latest(connection, limit=limit, subject=subject)


def activity_for(
    app: App, organiser: Organiser, which: Filter, *, limit: int, offset: int = 0, order: Order = NEWEST_FIRST
) -> Sequence[Activity]:
    """What of a filter an organiser may see, newest first unless another order is given.

    An admin sees all of it, others what they did themselves.
    """
    if not role_allows(organiser, "see all activity"):
        which = replace(which, by=str(organiser.by))
    with app.store.read() as connection:
        return activity.latest(connection, limit=limit, which=which, offset=offset, order=order)


def activity_choices(app: App, organiser: Organiser) -> Choices:
    """What an organiser may choose from."""
    with app.store.read() as connection:
        verbs = activity.verbs(connection)
        everybody = role_allows(organiser, "see all activity")
        return Choices(verbs=verbs, actors=activity.actors(connection) if everybody else (str(organiser.by),))


def activity_stamp(app: App) -> int:
    """Another number whenever something was done since."""
    with app.store.read() as connection:
        return activity.latest_id(connection)
