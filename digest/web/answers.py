"""What the web application answers with: a page, a message, or that something is wrong."""

from collections.abc import Awaitable, Callable

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Match

from digest.app import App
from digest.errors import TemplateError
from digest.web.middleware import SECURITY_HEADERS

log = structlog.get_logger("digest.web")


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


def failed(app: App) -> Callable[[Request, Exception], Awaitable[Response]]:
    """What fails is answered outside the middleware, and without a template, which may be what failed."""
    text = failed_text(app)  # said now, so that nothing is left to fail then

    async def answer(_: Request, __: Exception) -> Response:
        return PlainTextResponse(text, 500, headers=SECURITY_HEADERS)

    return answer


def failed_text(app: App) -> str:
    """What is answered where an answer failed."""
    return f"{app.renderer.phrases.say('failed_text')}\n"


async def not_allowed(request: Request, _: Exception) -> Response:
    """With what is allowed (RFC 9110 section 15.5.6), of all the routes of this path."""
    routes = [route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE]
    allowed = sorted({method for route in routes for method in route.methods or ()})
    return PlainTextResponse("Method Not Allowed\n", 405, headers={"Allow": ", ".join(allowed)})


async def cut_off(_: Request, __: Exception) -> Response:
    """Nobody is there to read it."""
    return Response(status_code=400)
