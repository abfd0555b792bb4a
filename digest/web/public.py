"""Unsubscribing (RFC 8058), the web view of a mail, and the page of an item that has none of its own.

No cookies, no redirects, no scripts. GET never changes anything, so that link scanners unsubscribe nobody.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from digest.app import App
from digest.errors import TokenError
from digest.model import Slot
from digest.pipeline import unsubscribe
from digest.pipeline.mailing import rendered_from_json, view_link
from digest.render import fill_html
from digest.store import campaigns, items, people
from digest.tokens import Scope, read_token

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src https: http: data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}

_GONE = "The link is right, but what it leads to is no longer kept."
_SAMPLE = (
    "This link stands in a sample or a shared copy of a mail. In the mail that a member receives, it leads to "
    "that member's own page."
)


def create_web(app: App) -> Starlette:
    """The web application; each request is one short transaction in a worker thread."""
    pages = _Pages(app)
    routes = [
        Route("/unsubscribe/{token}", pages.ask, methods=["GET"]),
        Route("/unsubscribe/{token}", pages.leave, methods=["POST"]),
        Route("/view/{token}", pages.view),
        Route("/item/{token}", pages.item),
        Route("/sample", pages.sample),
        Route("/health", lambda _: PlainTextResponse("ok\n")),
    ]
    handlers: dict[Any, Callable[[Request, Exception], Any]] = {
        404: pages.not_found,
        TokenError: pages.bad_token,
        Exception: _failed,
    }
    return Starlette(
        routes=routes,
        exception_handlers=handlers,
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=_with_headers)],
    )


async def _failed(_: Request, __: Exception) -> Response:
    """What fails is answered outside the middleware, and without a template, which may be what failed."""
    return PlainTextResponse("Something went wrong here; please try again later.\n", 500, headers=_HEADERS)


async def _with_headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await call_next(request)
    response.headers.update(_HEADERS)
    return response


class _Pages:
    def __init__(self, app: App) -> None:
        self._app = app

    def ask(self, request: Request) -> Response:
        """Which lists the link is about, and one button."""
        subscriber_id, list_ids = self._subscription(request)
        with self._app.store.read() as connection:
            person = people.subscriber(connection, subscriber_id)
            titles = people.list_titles(connection, list_ids)
        if person is None:
            return self._message("Nothing to do", "This address is on none of our lists any more.")
        return self._page("unsubscribe", lists=titles, address=person.address)

    def leave(self, request: Request) -> Response:
        """One click (RFC 8058 section 3.2): idempotent, no confirmation, no redirect."""
        subscriber_id, list_ids = self._subscription(request)
        unsubscribe(self._app, subscriber_id, list_ids, self._app.now)
        with self._app.store.read() as connection:
            titles = people.list_titles(connection, list_ids)
        return self._page("unsubscribed", lists=titles)

    def view(self, request: Request) -> Response:
        """A mail as everybody got it, without anybody's own values."""
        (campaign_id,) = read_token(self._app.secret, Scope.VIEW, request.path_params["token"])
        with self._app.store.read() as connection:
            campaign = campaigns.by_id(connection, campaign_id)
        if campaign is None or campaign.rendered is None:
            return self._message("Not kept", _GONE, status=410)
        sample = f"{self._app.config.web.base_url}/sample"
        values = {
            Slot.NAME: self._app.config.network.name,
            Slot.ADDRESS: "",
            Slot.UNSUBSCRIBE_URL: sample,
            Slot.VIEW_URL: view_link(self._app, campaign),
        }
        return HTMLResponse(fill_html(rendered_from_json(campaign.rendered).html, values))

    def item(self, request: Request) -> Response:
        """The whole of an item that has no page of its own."""
        (item_id,) = read_token(self._app.secret, Scope.ITEM, request.path_params["token"])
        with self._app.store.read() as connection:
            item = items.get(connection, item_id)
        if item is None:
            return self._message("Not kept", _GONE, status=410)
        return self._page("item", item=item)

    def sample(self, _: Request) -> Response:
        """Where the links of a preview lead."""
        return self._message("A sample", _SAMPLE)

    def not_found(self, _: Request, __: Exception) -> Response:
        """Any other address."""
        return self._message("Not found", "There is no such page here.", status=404)

    def bad_token(self, _: Request, error: Exception) -> Response:
        """A link that is cut short, or not ours."""
        return self._message("This link does not work", str(error), status=404)

    def _subscription(self, request: Request) -> tuple[int, tuple[int, ...]]:
        numbers = read_token(self._app.secret, Scope.UNSUBSCRIBE, request.path_params["token"])
        return numbers[0], numbers[1:]

    def _message(self, title: str, text: str, *, status: int = 200) -> Response:
        return self._page("message", status=status, title=title, text=text)

    def _page(self, name: str, *, status: int = 200, **context: object) -> Response:
        return HTMLResponse(self._app.renderer.page(name, **context), status_code=status)
