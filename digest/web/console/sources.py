"""The page of sources: how each stands, what it brought last, what could not be read, and asking it now."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from digest.app import App
from digest.core import content
from digest.errors import UsageError
from digest.web.console.item_form import text_in
from digest.web.console.page import Console
from digest.web.console.sorting import sorting_in

_NEVER = datetime.min.replace(tzinfo=UTC)
_KEYS: Mapping[str, Callable[[content.SourceStanding], Any]] = {
    "name": lambda one: one.source.name,
    "state": lambda one: (bool(one.troubles), one.source.name),
    "answered": lambda one: (one.state and one.state.last_success_at) or _NEVER,
    "items": lambda one: one.items,
}


class SourcesPages:
    """``/console/sources``."""

    def __init__(self, app: App, console: Console) -> None:
        self._app, self._console = app, console

    def index(self, request: Request) -> Response:
        """How the sources stand."""
        found = content.source_standings(self._app, self._app.now)
        sorting = sorting_in(request, ("name", "-state", "answered", "-items"), first="name")
        if "sort" in request.query_params:  # else as they stand in config.toml
            found = tuple(sorting.of(found, _KEYS))
        title = self._console.say("console_sources")
        return self._console.page(request, "sources", title=title, sources=found, sorting=sorting)

    async def collect(self, request: Request) -> Response:
        """Ask a source now, or all."""
        name = text_in(request.state.form, "source")
        if name and all(one.name != name for one in self._app.config.sources):
            raise UsageError("There is no such source any more")
        results = await content.collect(self._app, self._app.now, by=request.state.by, source=name or None)
        done = "collected_failed" if any(one.error for one in results) else "collected"
        return self._console.done("/console/sources", done)
