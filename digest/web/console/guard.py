"""The only way into the console: who asks, from where, and whether they may.

Against requests that another site makes in an organiser's browser, by the headers that browsers add and no page can
change (docs/decisions/console.md): what changes something has to come from a page of ours.
"""

from collections.abc import Awaitable, Callable, Sequence
from inspect import iscoroutinefunction
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from digest.app import App
from digest.core import organisers
from digest.core.organisers import Present
from digest.errors import DigestError, NotAllowedError
from digest.model import Role
from digest.web.console.page import Console, policy, session_cookie
from digest.web.console.tongue import speak

_SAFE = ("GET", "HEAD", "OPTIONS")
_FORM_BYTES = 262_144
_FIELDS = 2_000  # of a form

Working = Callable[[Request], Response]
Awaiting = Callable[[Request], Awaitable[Response]]
Endpoint = Working | Awaiting
"""What answers a request; one that does not await runs in a worker thread."""


class _RowConvertor(IntegerConvertor):
    """The number of a row; what no store can hold is no address of ours."""

    regex = "[0-9]{1,18}"


register_url_convertor("row", _RowConvertor())


class ConsoleRoute(Route):
    """An address of the console, and the role it asks for; None: it is for who is not signed in yet.

    `upload` names the field of its form that may hold a file, which is found in `request.state.upload`.
    """

    def __init__(
        self,
        path: str,
        endpoint: Endpoint,
        *,
        methods: Sequence[str] = ("GET",),
        role: Role | None,
        max_body_size: int = _FORM_BYTES,
        upload: str = "",
    ) -> None:
        self.role = role

        async def answer(request: Request) -> Response:
            guard: Guard = request.app.state.guard
            return await guard.answer(request, endpoint, role, upload)

        name = getattr(endpoint, "__qualname__", path)
        super().__init__(path, answer, methods=list(methods), name=name, max_body_size=max_body_size)


class Guard:
    """Lets in, sends to the sign-in, or turns away."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._console = Console(app)

    async def answer(self, request: Request, endpoint: Endpoint, role: Role | None, upload: str = "") -> Response:
        """What an endpoint answers whom it is for.

        It finds `request.state.organiser`, `request.state.by`, and of a POST `request.state.form`.
        """
        speak(self._app, request)
        answer = await self._answer(request, endpoint, role, upload)
        answer.headers.setdefault("Content-Security-Policy", policy(request))
        answer.headers.setdefault("Referrer-Policy", "same-origin")  # with less, browsers hide where a form comes from
        answer.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        return answer

    async def _answer(self, request: Request, endpoint: Endpoint, role: Role | None, upload: str) -> Response:
        if request.method not in _SAFE and not is_ours(request, self._app.config.web.base_url):
            return await run_in_threadpool(self._console.told, request, "foreign", status=403)
        request.state.present = await run_in_threadpool(self._present, request)
        if request.method == "POST":
            # Nobody who may not use it has a file taken from them.
            may = upload and request.state.present and not self._is_beyond(request.state.present, role)
            async with request.form(max_fields=_FIELDS, max_files=1 if may else 0) as form:
                request.state.form = form
                given = form.get(upload) if may else None
                request.state.upload = await given.read() if isinstance(given, UploadFile) else b""
        speak(self._app, request, request.state.present and request.state.present.organiser)
        refused = await run_in_threadpool(self._refused, request, role)
        if refused is not None:
            return refused
        try:
            if iscoroutinefunction(endpoint):
                return await cast("Awaiting", endpoint)(request)
            return await run_in_threadpool(cast("Working", endpoint), request)
        except HTTPException as error:
            if error.status_code != 404:
                raise
        except NotAllowedError:
            pass
        except DigestError as error:
            return await run_in_threadpool(self._console.problem, request, self._console.why(request, error))
        return await run_in_threadpool(self._not_found, request)

    def _refused(self, request: Request, role: Role | None) -> Response | None:
        """What is answered to whom the endpoint is not for; None where it is."""
        found: Present | None = request.state.present
        if found is None:
            return None if role is None else self._to_sign_in(request)
        request.state.organiser, request.state.by = found.organiser, found.organiser.by
        return self._not_found(request) if self._is_beyond(found, role) else None

    def _is_beyond(self, found: Present, role: Role | None) -> bool:
        return role is not None and not found.organiser.role.includes(role)

    def _not_found(self, request: Request) -> Response:
        return self._console.told(request, "not_found", status=404)

    def _present(self, request: Request) -> Present | None:
        cookie = request.cookies.get(session_cookie(self._app), "")
        return organisers.present(self._app, cookie, self._app.now) if cookie else None

    def _to_sign_in(self, request: Request) -> Response:
        """To where one signs in; what was written in a form is handed back, to be sent once more."""
        if request.headers.get("sec-fetch-dest") == "empty":  # a script of ours, which shows no page
            return PlainTextResponse("Signed out\n", 401)
        if request.method not in _SAFE:
            title, fields = self._console.say("console_over_title"), getattr(request.state, "form", FormData())
            held = [(name, value) for name, value in fields.multi_items() if isinstance(value, str)]
            return self._console.page(request, "over", title=title, status=401, fields=held)
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        query = "" if wanted == "/console" else f"?{urlencode({'next': wanted})}"
        return RedirectResponse(f"/console/sign-in{query}", 303)


def is_ours(request: Request, base_url: str) -> bool:
    """Whether a request that changes something was made by a page of ours, or by the person directly.

    Browsers tell by ``Sec-Fetch-Site`` (W3C Fetch Metadata) where they are sure that nobody listens; elsewhere by
    ``Origin`` (RFC 6454), which is to be where the browser was sent, or what config.toml calls our address.
    """
    headers: Any = request.headers
    if (site := headers.get("sec-fetch-site")) is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin", "")
    ours = urlsplit(base_url)
    if origin == f"{ours.scheme}://{ours.netloc}":
        return True
    scheme, separator, host = origin.partition("://")
    schemes = ("https",) if ours.scheme == "https" else ("http", "https")
    return bool(separator) and scheme in schemes and bool(host) and host == headers.get("host")
