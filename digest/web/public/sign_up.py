"""Signing up: a form that asks, and a link in a mail that confirms; in the visitor's language where there are several.

Every address gets the same answer after the same work; whom it belongs to is looked at when the letter is made.
"""

from dataclasses import replace
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
from digest.web.languages import Reading, reading
from digest.web.public.proof_of_work import SCRIPT, WITH_OWN_SCRIPT, Work
from digest.web.public.sign_up_form import Typed, fresh_form
from digest.web.visitors import network_of

_FIELDS = 60  # of a form: more than a network has lists


class SignUpPages:
    """``/subscribe`` and ``/confirm/TOKEN``."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._work = Work(app) if app.config.web.altcha else None

    def form(self, request: Request) -> Response:
        """The lists that anybody may ask for, and where to ask."""
        read = reading(self._app, request)
        return self._form(read) if people.open_lists(self._app) else message(read.app, "not_found", status=404)

    async def ask(self, request: Request) -> Response:
        """Take a wish down; nothing more happens until it is confirmed."""
        form = await request.form(max_fields=_FIELDS, max_files=0)
        return await run_in_threadpool(self._ask, request, form)

    def _ask(self, request: Request, form: FormData) -> Response:
        app, read, offered = self._app, reading(self._app, request), people.open_lists(self._app)
        if not offered:
            return message(read.app, "not_found", status=404)
        typed = Typed.read(app, form).of_lists([one.name for one in offered])
        address = typed.address
        if address is None or not typed.lists:
            return self._form(read, problem="subscribe_bad_email" if address is None else "subscribe_no_list")
        return self._take(request, read, typed, address, form.get("altcha"))

    def _take(self, request: Request, read: Reading, typed: Typed, address: str, work: object) -> Response:
        app = self._app
        proof = self._work.proof(work) if self._work else None
        if not typed.is_fresh(app.now) or (self._work and proof is None):
            return self._again(read, typed)
        network = network_of(request, app.config.web.proxies)
        asked = people.ask(
            app,
            address,
            app.now,
            lists=typed.lists,
            name=typed.name,
            network=network,
            language=read.wanted,
            proof=proof,
        )
        match asked:
            case people.Asked.USED:
                return self._again(read, typed)
            case people.Asked.TOO_MANY:
                return message(read.app, "too_many", status=429)
            case people.Asked.TAKEN:
                valid = format_timedelta(timedelta(days=7), locale=read.app.renderer.phrases.locale)
                return page(read.app, "subscribed", valid=valid, preferences=self._preferences(read))

    def question(self, request: Request) -> Response:
        """What is to be confirmed, and one button; opening it changes nothing."""
        read, numbers = reading(self._app, request), self._numbers(request)
        return self._confirmation(
            read, numbers, people.confirmation(self._app, numbers, self._app.now, language=read.named)
        )

    async def confirm(self, request: Request) -> Response:
        """Confirm: idempotent, and no redirect."""
        await request.body()  # a request that is cut off, or has no end, changes nothing
        return await run_in_threadpool(self._confirm, request)

    def _confirm(self, request: Request) -> Response:
        app, read, numbers = self._app, reading(self._app, request), self._numbers(request)
        network = network_of(request, app.config.web.proxies)
        told = people.confirm(app, numbers, app.now, by=BY_LINK, network=network, language=read.named)
        return self._confirmation(read, numbers, told)

    def _confirmation(self, read: Reading, numbers: tuple[int, ...], told: people.Confirmation | None) -> Response:
        """In the language that was asked in, or that the address names: the words are what is agreed to."""
        if told is None:
            return message(read.app, "confirm_expired", status=410)
        app = self._app.in_language(told.language)
        if not told.is_done:
            switch = replace(read, language=told.language).switch(app.link(Scope.CONFIRM, *numbers))
            return page(app, "confirm", wording=told.wording, switch=switch)
        if not told.is_on:
            return message(app, "confirm_used")
        return page(app, "confirmed", lists=told.lists)

    def _again(self, read: Reading, typed: Typed) -> Response:
        return self._working(page(read.app, "subscribe_again", form=typed.sealed(self._app), work=self._challenge()))

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

    def _form(self, read: Reading, *, problem: str | None = None) -> Response:
        lists = [(one.name, one.title or one.name, one.description) for one in people.open_lists(self._app)]
        answer = page(
            read.app,
            "subscribe",
            status=422 if problem else 200,
            lists=lists,
            form=fresh_form(self._app),
            problem=read.app.renderer.phrases.say(problem) if problem else "",
            preferences=self._preferences(read),
            work=self._challenge(),
            switch=read.switch(f"{self._app.config.web.base_url}/subscribe"),
        )
        answer.headers.update(read.headers)
        return self._working(answer)

    def _preferences(self, read: Reading) -> str:
        return read.link(f"{self._app.config.web.base_url}/preferences")
