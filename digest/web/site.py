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
from digest.web.hooks import LARGEST, HookPosts, hook_posts
from digest.web.middleware import SecurityHeaders, WholeRequest
from digest.web.public.items import ItemPages
from digest.web.public.mails import MailPages
from digest.web.public.unsubscribe import UnsubscribePages

_FORM_BYTES = 4096  # "List-Unsubscribe=One-Click" as a form (RFC 8058 section 3.2) has some hundred at most


def create_web(app: App, hooks: HookPosts | None = None) -> Starlette:
    """The web application; each request is one short transaction in a worker thread.

    Args:
        app: what is shown and changed.
        hooks: what takes providers' posts; one that asks Amazon itself unless given.
    """
    hooks = hooks or hook_posts(app)
    unsubscribe, mails, items = UnsubscribePages(app), MailPages(app), ItemPages(app)
    routes = [
        Route("/unsubscribe/{token}", unsubscribe.ask),
        Route("/unsubscribe/{token}", unsubscribe.leave, methods=["POST"]),
        Route("/view/{token}", mails.view),
        Route("/item/{token}.ics", items.event_file),
        Route("/item/{token}", items.item),
        Route("/sample", mails.sample),
        Route("/hooks/{provider}/{secret}", hooks.take, methods=["POST"], max_body_size=LARGEST),
        Route("/health", health),
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
