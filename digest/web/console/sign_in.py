"""Signing in and out: a link by mail, one button behind it, and the browsers in which somebody is signed in."""

import asyncio
from datetime import timedelta
from secrets import token_urlsafe

from babel.dates import format_timedelta
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from digest.app import App
from digest.core import organisers
from digest.core.organisers import Redeemed, Refusal
from digest.web.allowance import Allowance
from digest.web.console.agents import agent_of
from digest.web.console.page import Console, is_https, session_cookie
from digest.web.visitors import network_of

_ADDRESS_LENGTH = 320  # characters
_LETTERS_AT_ONCE = 4
_HOUR = timedelta(hours=1)


class SignInPages:
    """``/console/sign-in`` and what stands below it, ``/console/sign-out`` and ``/console/sessions``."""

    def __init__(self, app: App, console: Console) -> None:
        self._app, self._console = app, console
        self._asked, self._tried = Allowance(30, _HOUR), Allowance(60, _HOUR)
        self._letters = asyncio.Semaphore(_LETTERS_AT_ONCE)

    def ask(self, request: Request) -> Response:
        """For whose address a link is wanted."""
        page = _page_within(request.query_params.get("next", ""))
        if request.state.present is not None:
            return RedirectResponse(page or "/console", 303)
        title = self._console.say("console_sign_in")
        return self._console.page(request, "sign_in", title=title, next=page)

    async def mail(self, request: Request) -> Response:
        """The same answer for every address, given before anybody is looked up."""
        form, network = request.state.form, network_of(request, self._app.config.web.proxies)
        if not self._asked.takes(network, self._app.now):
            return await run_in_threadpool(self._too_many, request)
        browser = self._browser(request) or token_urlsafe(32)
        answer = await run_in_threadpool(self._mailed, request)
        self._keep(answer, self._browser_cookie, browser, organisers.VALID)
        address = str(form.get("email", "")).strip()[:_ADDRESS_LENGTH]
        page = _page_within(str(form.get("next", "")))
        answer.background = BackgroundTask(self._mail, address, browser, network, page)
        return answer

    def enter(self, request: Request) -> Response:
        """One button; opening the link changes nothing, and looks nothing up."""
        title = self._console.say("console_enter_title", network=self._app.config.network.name)
        return self._console.page(request, "enter", title=title)

    def redeem(self, request: Request) -> Response:
        """Sign in who has the link."""
        app, network = self._app, network_of(request, self._app.config.web.proxies)
        if not self._tried.takes(network, app.now):
            return self._too_many(request)
        agent = agent_of(request.headers.get("user-agent", ""))
        token, browser = request.path_params["token"], self._browser(request)
        match organisers.redeem(app, token, app.now, browser=browser, agent=agent, network=network):
            case Redeemed() as redeemed:
                answer = RedirectResponse(_page_within(redeemed.page) or "/console", 303)
                self._keep(answer, session_cookie(app), redeemed.cookie, redeemed.lasts)
                self._drop(answer, self._browser_cookie)
                return answer
            case Refusal.OTHER_BROWSER:
                return self._refused(request, "other_browser")
            case Refusal.OVER:
                return self._refused(request, "link_over")

    def leave(self, request: Request) -> Response:
        """Sign out of this browser."""
        present = request.state.present
        organisers.end_session(self._app, present.organiser, present.session.id, self._app.now, by=request.state.by)
        return self._left()

    def sessions(self, request: Request) -> Response:
        """Where somebody is signed in."""
        present = request.state.present
        own = organisers.sessions_of(self._app, self._app.now, present.organiser)
        title = self._console.say("console_sessions")
        return self._console.page(request, "sessions", title=title, sessions=own, this=present.session.id)

    def end(self, request: Request) -> Response:
        """Sign out of one browser."""
        present, session_id = request.state.present, request.path_params["session"]
        organisers.end_session(self._app, present.organiser, session_id, self._app.now, by=request.state.by)
        return (
            self._left()
            if session_id == present.session.id
            else self._console.done("/console/sessions", "session_ended")
        )

    def end_all(self, request: Request) -> Response:
        """Sign out of all browsers, and let no link that was mailed be used."""
        organisers.end_sessions(self._app, request.state.organiser.email, self._app.now, by=request.state.by)
        return self._left()

    def _mailed(self, request: Request) -> Response:
        title = self._console.say("console_mailed_title")
        locale = self._console.renderer.phrases.locale
        return self._console.page(
            request, "mailed", title=title, valid=format_timedelta(organisers.VALID, locale=locale)
        )

    def _refused(self, request: Request, name: str) -> Response:
        again = ("/console/sign-in", "console_ask_again")
        return self._console.told(request, name, status=410 if name == "link_over" else 403, action=again)

    def _too_many(self, request: Request) -> Response:
        return self._console.told(request, "too_many", status=429)

    def _left(self) -> Response:
        answer = self._console.done("/console/sign-in", "signed_out")
        self._drop(answer, session_cookie(self._app))
        return answer

    async def _mail(self, address: str, browser: str, network: str, page: str) -> None:
        async with self._letters:
            await organisers.mail_sign_in(
                self._app, address, self._app.now, browser=browser, network=network, page=page
            )

    @property
    def _browser_cookie(self) -> str:
        return "__Host-digest-browser" if is_https(self._app) else "digest-browser"

    def _browser(self, request: Request) -> str:
        """The cookie of a browser that has asked lately, so that an earlier link works beside a later one."""
        return request.cookies.get(self._browser_cookie, "")[:100]

    def _keep(self, answer: Response, name: str, value: str, lasts: timedelta) -> None:
        seconds = int(lasts.total_seconds())
        answer.set_cookie(name, value, max_age=seconds, path="/", secure=is_https(self._app), httponly=True)

    def _drop(self, answer: Response, name: str) -> None:
        answer.delete_cookie(name, path="/", secure=is_https(self._app), httponly=True)


def _page_within(address: str) -> str:
    """A page of the console to go on to; "" for anything that may lead elsewhere."""
    plain = address.isascii() and address.isprintable() and not set(address) & set("\\ ")
    within = address == "/console" or address.startswith(("/console/", "/console?"))
    return address if plain and within and not address.startswith("/console/sign") else ""
