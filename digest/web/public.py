"""Unsubscribing (RFC 8058), the web view of a mail, the page of an item that has none of its own, and calendar files.

No cookies, no redirects, no scripts. GET never changes anything, so that link scanners unsubscribe nobody.
"""

from collections.abc import Callable
from typing import Any

import structlog
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Match, Route

from digest.app import App
from digest.errors import TemplateError, TokenError
from digest.model import Event, Slot
from digest.pipeline import shown_item, unsubscribe
from digest.pipeline.mailing import ics_link, item_link, view_link
from digest.render import compiled_from_json, event_file_name, fill_html
from digest.store import campaigns, people
from digest.tokens import Scope, read_token
from digest.web.middleware import SECURITY_HEADERS, SecurityHeaders, WholeRequest

log = structlog.get_logger("digest.web")

_FORM_BYTES = 4096  # "List-Unsubscribe=One-Click" as a form (RFC 8058 section 3.2) has some hundred at most


def create_web(app: App) -> Starlette:
    """The web application; each request is one short transaction in a worker thread."""
    pages = _Pages(app)
    routes = [
        Route("/unsubscribe/{token}", pages.ask),
        Route("/unsubscribe/{token}", pages.leave, methods=["POST"]),
        Route("/view/{token}", pages.view),
        Route("/item/{token}.ics", pages.event_file),
        Route("/item/{token}", pages.item),
        Route("/sample", pages.sample),
        Route("/health", _health),
    ]
    handlers: dict[Any, Callable[[Request, Exception], Any]] = {
        404: pages.not_found,
        405: _not_allowed,
        TokenError: pages.bad_token,
        ClientDisconnect: _cut_off,
        Exception: _failed,
    }
    web = Starlette(
        routes=routes,
        exception_handlers=handlers,
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(RequestBodyLimitMiddleware, max_body_size=_FORM_BYTES),  # a route that takes more says so
            Middleware(WholeRequest),
        ],
    )
    web.router.redirect_slashes = False  # its redirects are made of the Host that the client names
    return web


async def _health(_: Request) -> Response:
    """In the event loop, so that it answers also while every worker thread waits for the store."""
    return PlainTextResponse("ok\n")


async def _not_allowed(request: Request, _: Exception) -> Response:
    """With what is allowed (RFC 9110 section 15.5.6), of all the routes of this path."""
    routes = [route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE]
    allowed = sorted({method for route in routes for method in route.methods or ()})
    return PlainTextResponse("Method Not Allowed\n", 405, headers={"Allow": ", ".join(allowed)})


async def _cut_off(_: Request, __: Exception) -> Response:
    """Nobody is there to read it."""
    return Response(status_code=400)


async def _failed(_: Request, __: Exception) -> Response:
    """What fails is answered outside the middleware, and without a template, which may be what failed."""
    return PlainTextResponse("Something went wrong here; please try again later.\n", 500, headers=SECURITY_HEADERS)


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
            return self._message("nothing_to_do")
        return self._page("unsubscribe", lists=titles, address=person.address)

    async def leave(self, request: Request) -> Response:
        """One click (RFC 8058 section 3.2): idempotent, no confirmation, no redirect."""
        await request.body()  # a request that is cut off, or has no end, changes nothing
        return await run_in_threadpool(self._leave, request)

    def _leave(self, request: Request) -> Response:
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
            return self._message("not_kept", status=410)
        sample = f"{self._app.config.web.base_url}/sample"
        values = {
            Slot.NAME: self._app.config.network.name,
            Slot.ADDRESS: "",
            Slot.UNSUBSCRIBE_URL: sample,
            Slot.VIEW_URL: view_link(self._app, campaign),
        }
        return HTMLResponse(fill_html(compiled_from_json(campaign.rendered).whole().html, values))

    def item(self, request: Request) -> Response:
        """The whole of an item that has no page of its own."""
        item_ids = read_token(self._app.secret, Scope.ITEM, request.path_params["token"])
        item = shown_item(self._app, item_ids)
        if item is None:
            return self._message("not_kept", status=410)
        calendar = None
        if isinstance(item, Event):
            page = item_link(self._app, *item_ids)
            calendar = self._app.renderer.calendar_links(item, ics=ics_link(page), page=page)
        return self._page("item", item=item, calendar=calendar)

    def event_file(self, request: Request) -> Response:
        """An event for a calendar program (RFC 5545), as it stands now."""
        item_ids = read_token(self._app.secret, Scope.ITEM, request.path_params["token"])
        item = shown_item(self._app, item_ids)
        if item is None:
            return self._message("not_kept", status=410)
        if not isinstance(item, Event):
            return self._message("no_event", status=404)
        page = item_link(self._app, *item_ids)
        return Response(
            self._app.renderer.event_file(item, page=page, stamped_at=self._app.now),
            media_type="text/calendar; charset=utf-8; method=PUBLISH",
            headers={"Content-Disposition": f'attachment; filename="{event_file_name(item)}"'},
        )

    def sample(self, _: Request) -> Response:
        """Where the links of a preview lead."""
        return self._message("sample")

    def not_found(self, _: Request, __: Exception) -> Response:
        """Any other address."""
        return self._message("not_found", status=404)

    def bad_token(self, _: Request, __: Exception) -> Response:
        """A link that is cut short, or not ours."""
        return self._message("bad_link", status=404)

    def _subscription(self, request: Request) -> tuple[int, tuple[int, ...]]:
        numbers = read_token(self._app.secret, Scope.UNSUBSCRIBE, request.path_params["token"])
        return numbers[0], numbers[1:]

    def _message(self, name: str, *, status: int = 200) -> Response:
        say = self._app.renderer.phrases.say
        return self._page("message", status=status, title=say(f"{name}_title"), text=say(f"{name}_text"))

    def _page(self, name: str, *, status: int = 200, **context: object) -> Response:
        try:
            page = self._app.renderer.page(name, **context)
        except TemplateError as error:
            # A mistake in the network's own template keeps nobody from leaving.
            log.error("own template failed; the shipped one is shown", error=str(error))  # noqa: TRY400
            page = self._app.renderer.shipped.page(name, **context)
        return HTMLResponse(page, status_code=status)
