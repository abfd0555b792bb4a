"""The web application: every address it answers, in one table."""

from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from digest.app import App
from digest.errors import TokenError
from digest.web.answers import cut_off, failed, health, message, not_allowed
from digest.web.middleware import SecurityHeaders, WholeRequest
from digest.web.public.archive import ArchivePages
from digest.web.public.items import ItemPages
from digest.web.public.mails import MailPages
from digest.web.public.sign_up import SignUpPages
from digest.web.public.unsubscribe import UnsubscribePages

_FORM_BYTES = 4096  # "List-Unsubscribe=One-Click" as a form (RFC 8058 section 3.2) has some hundred at most


def create_web(app: App) -> Starlette:
    """The web application; each request is one short transaction in a worker thread."""
    unsubscribe, mails, items = UnsubscribePages(app), MailPages(app), ItemPages(app)
    sign_up = SignUpPages(app)
    routes = [
        Route("/unsubscribe/{token}", unsubscribe.ask),
        Route("/unsubscribe/{token}", unsubscribe.leave, methods=["POST"]),
        Route("/subscribe", sign_up.form),
        Route("/subscribe", sign_up.ask, methods=["POST"]),
        Route("/subscribe.js", sign_up.script),
        Route("/confirm/{token}", sign_up.question),
        Route("/confirm/{token}", sign_up.confirm, methods=["POST"]),
        Route("/view/{token}", mails.view),
        Route("/item/{token}.ics", items.event_file),
        Route("/item/{token}", items.item),
        Route("/sample", mails.sample),
        Route("/health", health),
    ]
    if app.config.web.archive:
        archive = ArchivePages(app)
        routes += [
            Route("/", archive.index),
            Route("/archive", archive.index),
            Route("/archive.atom", archive.atom),
            Route("/archive.json", archive.json_feed),
            Route("/archive/{name}", archive.campaign),
            Route("/calendar.ics", archive.calendar),
            Route("/calendar/{category}.ics", archive.calendar),
        ]

    def not_found(_: Request, __: Exception) -> Response:
        return message(app, "not_found", status=404)

    def bad_token(_: Request, __: Exception) -> Response:
        """A link that is cut short, or not ours."""
        return message(app, "bad_link", status=404)

    handlers: dict[Any, Callable[[Request, Exception], Any]] = {
        404: not_found,
        405: not_allowed,
        TokenError: bad_token,
        ClientDisconnect: cut_off,
        Exception: failed,
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
