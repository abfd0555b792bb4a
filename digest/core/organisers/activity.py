"""Activity: who did what when."""

from collections.abc import Sequence

from digest.app import App
from digest.model import Activity
from digest.store.organisers import activity


def latest_activity(app: App, *, limit: int, subject: str | None = None) -> Sequence[Activity]:
    """What was done last, newest first: to one subject (a campaign, list, item or address), or to all."""
    with app.store.read() as connection:
        return activity.latest(connection, limit=limit, subject=subject)
