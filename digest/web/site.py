"""The web application: every address it answers, in one table."""

from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from digest.app import App
from digest.errors import TokenError
from digest.web.answers import failed, message, with_headers
from digest.web.public.items import ItemPages
from digest.web.public.mails import MailPages
from digest.web.public.unsubscribe import UnsubscribePages


def create_web(app: App) -> Starlette:
    """The web application; each request is one short transaction in a worker thread."""
    unsubscribe, mails, items = UnsubscribePages(app), MailPages(app), ItemPages(app)
    routes = [
        Route("/unsubscribe/{token}", unsubscribe.ask, methods=["GET"]),
        Route("/unsubscribe/{token}", unsubscribe.leave, methods=["POST"]),
        Route("/view/{token}", mails.view),
        Route("/item/{token}.ics", items.event_file),
        Route("/item/{token}", items.item),
        Route("/sample", mails.sample),
        Route("/health", lambda _: PlainTextResponse("ok\n")),
    ]

    def not_found(_: Request, __: Exception) -> Response:
        return message(app, "not_found", status=404)

    def bad_token(_: Request, __: Exception) -> Response:
        """A link that is cut short, or not ours."""
        return message(app, "bad_link", status=404)

    handlers: dict[Any, Callable[[Request, Exception], Any]] = {
        404: not_found,
        TokenError: bad_token,
        Exception: failed,
    }
    return Starlette(
        routes=routes,
        exception_handlers=handlers,
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=with_headers)],
    )
