"""The page of sources: how each stands, what it brought last, what could not be read, and asking it now."""

from starlette.requests import Request
from starlette.responses import Response

from digest.app import App
from digest.core import content
from digest.errors import UsageError
from digest.web.console.item_form import text_in
from digest.web.console.page import Console


class SourcesPages:
    """``/console/sources``."""

    def __init__(self, app: App, console: Console) -> None:
        self._app, self._console = app, console

    def index(self, request: Request) -> Response:
        """How the sources stand."""
        found = content.source_standings(self._app, self._app.now)
        title = self._console.say("console_sources")
        return self._console.page(request, "sources", title=title, sources=found)

    async def collect(self, request: Request) -> Response:
        """Ask a source now, or all."""
        name = text_in(request.state.form, "source")
        if name and all(one.name != name for one in self._app.config.sources):
            raise UsageError("There is no such source any more")
        results = await content.collect(self._app, self._app.now, by=request.state.by, source=name or None)
        done = "collected_failed" if any(one.error for one in results) else "collected"
        return self._console.done("/console/sources", done)
