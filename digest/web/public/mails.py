"""A mail on the web, as everybody got it."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from digest.app import App
from digest.core import campaigns
from digest.tokens import Scope
from digest.web.answers import message


class MailPages:
    """``/view/TOKEN``, and where the links of a preview lead."""

    def __init__(self, app: App) -> None:
        self._app = app

    def view(self, request: Request) -> Response:
        """A mail without anybody's own values."""
        (campaign_id,) = self._app.numbers_in(Scope.VIEW, request.path_params["token"])
        html = campaigns.view(self._app, campaign_id, request.query_params.get("language", ""))
        return message(self._app, "not_kept", status=410) if html is None else HTMLResponse(html)

    def sample(self, _: Request) -> Response:
        """What is not sent has no links of its own."""
        return message(self._app, "sample")
