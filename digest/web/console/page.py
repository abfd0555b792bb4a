"""How a page of the console is made: the frame, what was just done, and what a browser may do with it."""

from collections.abc import Callable
from secrets import token_urlsafe
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from digest.app import App
from digest.core import organisers
from digest.core.people.lists import ListFileError, ListGuardError
from digest.errors import DigestError
from digest.model import Organiser, Role, Told
from digest.render import Renderer
from digest.render.console import static_files
from digest.render.phrases import PHRASES
from digest.web.console.tongue import spoken

_NAVIGATION = (  # what, where, the key after "g", and the least role; shown where there is such a route
    ("overview", "/console", "h", Role.EDITOR),
    ("editions", "/console/editions", "e", Role.EDITOR),
    ("announcements", "/console/announcements", "n", Role.ORGANISER),
    ("campaigns", "/console/campaigns", "c", Role.EDITOR),
    ("people", "/console/people", "p", Role.ORGANISER),
    ("items", "/console/items", "i", Role.EDITOR),
    ("sources", "/console/sources", "s", Role.EDITOR),
    ("activity", "/console/activity", "a", Role.EDITOR),
    ("mailbox", "/console/mailbox", "m", Role.ADMIN),
)

SANDBOXED = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src https: http: data:; font-src https: data:; "
    "frame-ancestors 'self'"
)
"""What a mail's HTML may do in a frame of ours: show itself."""


def policy(request: Request) -> str:
    """The Content-Security-Policy of a page: our own scripts alone, and no style that is not ours."""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{_nonce(request)}'; img-src 'self' data:; "
        "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def session_cookie(app: App) -> str:
    """The name of the cookie of a session: behind https one that only this very host can have set (RFC 6265bis)."""
    return "__Host-digest" if is_https(app) else "digest-console"


def is_https(app: App) -> bool:
    """Whether browsers reach us by https."""
    return app.config.web.base_url.startswith("https://")


class Console:
    """What every page of the console is made with."""

    def __init__(self, app: App) -> None:
        self.app = app

    @property
    def renderer(self) -> Renderer:
        """What says everything in the language of who is at the console."""
        return spoken(self.app).renderer

    @property
    def say(self) -> Callable[..., str]:
        """The phrase of a name, filled in."""
        return self.renderer.phrases.say

    def page(self, request: Request, template: str, *, title: str, status: int = 200, **values: Any) -> Response:
        """A page of ``templates/web/console/TEMPLATE.html.j2``.

        Args:
            request: what is answered.
            template: its name.
            title: of the page, as read.
            status: of the answer.
            values: what the template is given beside the frame's own: organiser, navigation, done, now, nonce, path.
        """
        organiser: Organiser | None = getattr(request.state, "organiser", None)
        frame = {
            "title": title,
            "organiser": organiser,
            "navigation": self._navigation(request, organiser),
            "done": self._done(request),
            "now": self.app.now,
            "nonce": _nonce(request),
            "path": request.url.path,
        }
        return HTMLResponse(self.renderer.console.page(template, {**frame, **values}), status_code=status)

    def part(self, request: Request, template: str, **values: Any) -> Response:
        """A piece of a page, for a script of ours to put in the place of an older one."""
        frame = {"organiser": request.state.organiser, "now": self.app.now}
        return HTMLResponse(self.renderer.console.page(template, {**frame, **values}))

    def done(self, path: str, what: str = "", *, at: str = "", **query: str) -> Response:
        """What follows a form: to a page (303), which tells what was done.

        Args:
            path: of a page of ours.
            what: the phrase "done_WHAT" is told there.
            at: by its id, what of the page is to be seen.
            query: what else stands in its address.
        """
        told = ({"done": what} if what else {}) | query
        place = f"#{quote(at, safe='')}" if at else ""
        return RedirectResponse(f"{path}?{urlencode(told)}{place}" if told else f"{path}{place}", 303)

    def told(self, request: Request, name: str, *, status: int, action: tuple[str, str] | None = None) -> Response:
        """A page of a title and a sentence, by the name of both in the catalogs; `action`: a link and its phrase."""
        title, text = self.say(f"console_{name}_title"), self.say(f"console_{name}_text")
        link = None if action is None else {"href": action[0], "words": self.say(action[1])}
        return self.page(request, "told", title=title, status=status, text=text, action=link)

    def problem(self, request: Request, text: str, *, status: int = 422) -> Response:
        """Why something could not be done."""
        title = self.say("console_problem_title")
        return self.page(request, "told", title=title, status=status, text=text, action=None)

    def why(self, request: Request, error: DigestError) -> str:
        """An error for who is signed in: what stands in lists' files is told to admins alone."""
        organiser: Organiser | None = getattr(request.state, "organiser", None)
        is_admin = organiser is not None and organiser.role is Role.ADMIN
        if isinstance(error, ListFileError | ListGuardError) and not is_admin:
            return self.say("console_list_needs_mending")
        return Told.by(error)

    def nowhere(self, request: Request) -> Response:
        """An address of the console that leads to no page."""
        return self.told(request, "not_found", status=404)

    def static(self, request: Request) -> Response:
        """A style sheet or module; kept by the browser for good where it is asked for by its hash."""
        found = static_files().get(request.path_params["name"])
        if found is None:
            return Response(status_code=404)
        body, media_type, tag = found
        exact = request.query_params.get("v") == tag
        kept = "public, max-age=31536000, immutable" if exact else "no-cache"
        return Response(body, media_type=media_type, headers={"Cache-Control": kept, "ETag": f'"{tag}"'})

    def _navigation(self, request: Request, organiser: Organiser | None) -> list[dict[str, Any]]:
        if organiser is None:
            return []
        routes = {getattr(route, "path", "") for route in request.app.routes}
        here = request.url.path
        return [
            {
                "href": href,
                "words": self.say(f"console_{name}"),
                "key": key,
                "here": here == href or (href != "/console" and here.startswith(f"{href}/")),
            }
            for name, href, key, role in _NAVIGATION
            if href in routes and organiser.role.includes(role)
        ]

    def _done(self, request: Request) -> str:
        """What was just done, of the fixed phrases for that; nothing that stands in an address is ever shown."""
        name = f"done_{request.query_params.get('done', '')}"
        return self.say(name) if isinstance(PHRASES.get(name), str) and "{" not in PHRASES[name] else ""


def sandboxed(html: str) -> Response:
    """A mail's HTML as the inside of a frame, which runs nothing, sends nothing and leads nowhere by itself."""
    return HTMLResponse(html, headers={"Content-Security-Policy": SANDBOXED})


def sandboxed_text(text: str | bytes) -> Response:
    """Plain text as the inside of a frame."""
    return PlainTextResponse(text, headers={"Content-Security-Policy": SANDBOXED})


def allowed(request: Request, verb: str, *list_names: str) -> None:
    """Let pass who is signed in, if they may; as `digest.core.organisers.may`."""
    organisers.may(request.state.organiser, verb, list_names)


def _nonce(request: Request) -> str:
    if not hasattr(request.state, "nonce"):
        request.state.nonce = token_urlsafe(16)
    return str(request.state.nonce)
