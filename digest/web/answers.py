"""What the web application answers with: a page, a message, and the headers that all of them carry."""

from collections.abc import Awaitable, Callable

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from digest.app import App
from digest.errors import TemplateError

log = structlog.get_logger("digest.web")

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src https: http: data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}
"""What every public answer carries: no script, nothing kept, nothing indexed, nothing told to other sites."""


def page(app: App, name: str, *, status: int = 200, **context: object) -> Response:
    """A page by the name of its template."""
    try:
        html = app.renderer.page(name, **context)
    except TemplateError as error:
        # A mistake in the network's own template keeps nobody from leaving.
        log.error("own template failed; the shipped one is shown", error=str(error))  # noqa: TRY400
        html = app.renderer.shipped.page(name, **context)
    return HTMLResponse(html, status_code=status)


def message(app: App, name: str, *, status: int = 200) -> Response:
    """A page of a title and a sentence, by the name of both in the catalogs."""
    say = app.renderer.phrases.say
    return page(app, "message", status=status, title=say(f"{name}_title"), text=say(f"{name}_text"))


async def failed(_: Request, __: Exception) -> Response:
    """What fails is answered outside the middleware, and without a template, which may be what failed."""
    return PlainTextResponse("Something went wrong here; please try again later.\n", 500, headers=HEADERS)


async def with_headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """The middleware that gives every answer its headers."""
    response = await call_next(request)
    response.headers.update(HEADERS)
    return response
