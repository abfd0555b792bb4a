"""The overview: what goes next, and how it stands."""

from starlette.requests import Request
from starlette.responses import Response

from digest.app import App
from digest.web.console.page import Console


class OverviewPage:
    """``/console``."""

    def __init__(self, app: App, console: Console) -> None:
        self._app, self._console = app, console

    def show(self, request: Request) -> Response:
        """How everything stands."""
        return self._console.page(request, "overview", title=self._console.say("console_overview"))
