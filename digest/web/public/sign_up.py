"""Signing up: a form that asks, and a link in a mail that confirms.

Every address gets the same answer after the same work; whom it belongs to is looked at when the letter is made.
"""

from datetime import timedelta

from babel.dates import format_timedelta
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from digest.app import App
from digest.core import people
from digest.model import BY_LINK
from digest.tokens import Scope
from digest.web.answers import message, page
from digest.web.public.proof_of_work import SCRIPT, WITH_OWN_SCRIPT, Work
from digest.web.public.sign_up_form import Typed, fresh_form
from digest.web.visitors import network_of

_FIELDS = 60  # of a form: more than a network has lists


class SignUpPages:
    """``/subscribe`` and ``/confirm/TOKEN``."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._work = Work(app) if app.config.web.altcha else None

    def form(self, _: Request) -> Response:
        """The lists that anybody may ask for, and where to ask."""
        return self._form() if people.open_lists(self._app) else message(self._app, "not_found", status=404)

    async def ask(self, request: Request) -> Response:
        """Take a wish down; nothing more happens until it is confirmed."""
        form = await request.form(max_fields=_FIELDS, max_files=0)
        return await run_in_threadpool(self._ask, request, form)

    def _ask(self, request: Request, form: FormData) -> Response:
        app, offered = self._app, people.open_lists(self._app)
        if not offered:
            return message(app, "not_found", status=404)
        typed = Typed.read(app, form).of_lists([one.name for one in offered])
        address = typed.address
        if address is None or not typed.lists:
            return self._form(problem="subscribe_bad_email" if address is None else "subscribe_no_list")
        return self._take(request, typed, address, form.get("altcha"))

    def _take(self, request: Request, typed: Typed, address: str, work: object) -> Response:
        app = self._app
        proof = self._work.proof(work) if self._work else None
        if not typed.is_fresh(app.now) or (self._work and proof is None):
            return self._again(typed)
        network = network_of(request, app.config.web.proxies)
        match people.ask(app, address, app.now, lists=typed.lists, name=typed.name, network=network, proof=proof):
            case people.Asked.USED:
                return self._again(typed)
            case people.Asked.TOO_MANY:
                return message(app, "too_many", status=429)
            case people.Asked.TAKEN:
                valid = format_timedelta(timedelta(days=7), locale=app.renderer.phrases.locale)
                return page(app, "subscribed", valid=valid, preferences=self._preferences())

    def question(self, request: Request) -> Response:
        """What is to be confirmed, and one button; opening it changes nothing."""
        return self._confirmation(people.confirmation(self._app, self._numbers(request), self._app.now))

    async def confirm(self, request: Request) -> Response:
        """Confirm: idempotent, and no redirect."""
        await request.body()  # a request that is cut off, or has no end, changes nothing
        return await run_in_threadpool(self._confirm, request)

    def _confirm(self, request: Request) -> Response:
        app = self._app
        network = network_of(request, app.config.web.proxies)
        return self._confirmation(people.confirm(app, self._numbers(request), app.now, by=BY_LINK, network=network))

    def _confirmation(self, told: people.Confirmation | None) -> Response:
        if told is None:
            return message(self._app, "confirm_expired", status=410)
        app = self._app.in_language(told.language)
        if not told.is_done:
            return page(app, "confirm", wording=told.wording)
        if not told.is_on:
            return message(app, "confirm_used")
        return page(app, "confirmed", lists=told.lists)

    def _again(self, typed: Typed) -> Response:
        return self._working(page(self._app, "subscribe_again", form=typed.sealed(self._app), work=self._challenge()))

    def _challenge(self) -> str:
        return self._work.challenge() if self._work else ""

    def _working(self, answer: Response) -> Response:
        """The page may run our own script, where a proof of work is asked for."""
        if self._work:
            answer.headers["Content-Security-Policy"] = WITH_OWN_SCRIPT
        return answer

    def script(self, _: Request) -> Response:
        """What does the work in the browser."""
        if not self._work:
            return message(self._app, "not_found", status=404)
        return Response(SCRIPT, media_type="text/javascript; charset=utf-8")

    def _numbers(self, request: Request) -> tuple[int, ...]:
        return self._app.numbers_in(Scope.CONFIRM, request.path_params["token"])

    def _form(self, *, problem: str | None = None) -> Response:
        lists = [(one.name, one.title or one.name, one.description) for one in people.open_lists(self._app)]
        answer = page(
            self._app,
            "subscribe",
            status=422 if problem else 200,
            lists=lists,
            form=fresh_form(self._app),
            problem=self._app.renderer.phrases.say(problem) if problem else "",
            preferences=self._preferences(),
            work=self._challenge(),
        )
        return self._working(answer)

    def _preferences(self) -> str:
        return f"{self._app.config.web.base_url}/preferences"
