"""What the lists' files would change, kept for pages that only show it."""

from collections.abc import Sequence
from pathlib import Path

from digest.app import App
from digest.core import organisers, people
from digest.core.people import ListPlan
from digest.web.console.glance import Glance


class ListPlans:
    """Planned again when something was done, a file is another, or in a minute; whatever is decided is planned anew."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._plans: Glance[Sequence[ListPlan]] = Glance()

    def now(self) -> Sequence[ListPlan]:
        """The plans.

        Raises:
            ListFileError: when a list's file cannot be taken.
        """
        app = self._app
        files = [app.config.resolve(one.file) for one in app.config.lists if one.file is not None]
        state = (app.config.hash, organisers.activity_stamp(app), [_state_of(file) for file in files])
        return self._plans.of(state, app.now, lambda: people.plan_lists(app))


def _state_of(file: Path) -> tuple[int, int, int] | None:
    """What is another whenever a file was written; None where there is none to read."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
