"""Leaving: a page with one button and gentler choices, one click (RFC 8058), and what may follow right after.

The address itself takes no form: whatever is posted to it unsubscribes. Each choice beside that has its own.
"""

from asyncio import Future
from collections.abc import Sequence
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from digest.app import App
from digest.core import mail, people
from digest.errors import UsageError
from digest.model import BY_LINK
from digest.tokens import Scope
from digest.web.answers import failed_text, message, page
from digest.web.one_click import ONE_CLICK, OneClickPosts
from digest.web.public.left import left_page
from digest.web.public.preferences import PreferencesPages
from digest.web.public.wishes import choices_of, form_of, gentler_change, local, wishes_of
from digest.web.together import Later, Together


class UnsubscribePages:
    """``/unsubscribe/TOKEN`` and what stands below it."""

    def __init__(self, app: App, preferences: PreferencesPages) -> None:
        self._app = app
        self._preferences = preferences
        later = Later(note=self._note, carry_out=partial(people.carry_out_leavings, app))
        self._leaving = Together(self._leave, later)  # a crowd that waits for SQLite's lock wakes too late
        self.one_click = OneClickPosts(self._begin_to_leave, answer=self._told, failed=failed_text(app))

    def ask(self, request: Request) -> Response:
        """Which lists the link is about, one button, and what would be less; or that the person has left them."""
        subscriber_id, list_ids = self._subscription(request)
        person = people.membership(self._app, subscriber_id, list_ids)
        own = people.own_mail(self._app, subscriber_id, self._app.now)
        if person is None or own is None:
            return message(self._app, "nothing_to_do")
        if person.has_left:
            return left_page(self._app, subscriber_id, list_ids)
        app = mail.in_language_of(self._app, subscriber_id)
        return page(
            app,
            "unsubscribe",
            lists=person.titles,
            address=person.address,
            gentler={
                "action": f"{local(self._app.link(Scope.UNSUBSCRIBE, subscriber_id, *list_ids))}/instead",
                "wishes": wishes_of(app, own.everything),
                "choices": choices_of(own),
            },
            preferences=local(people.preferences_link(self._app, subscriber_id)),
        )

    async def leave(self, request: Request) -> Response:
        """One click (RFC 8058 section 3.2): idempotent, no confirmation, no redirect."""
        body = await request.body()  # a request that is cut off, or has no end, changes nothing
        subscriber_id, list_ids = self._subscription(request)
        leaving = people.Leaving(subscriber_id=subscriber_id, list_ids=list_ids)
        if ONE_CLICK in body:  # a mail program, which shows no page
            await self._leaving.ask(leaving)
            return PlainTextResponse(self._told())
        await self._leaving.written(leaving)
        return await run_in_threadpool(left_page, self._app, subscriber_id, list_ids)

    async def instead(self, request: Request) -> Response:
        """Less mail rather than none: muted, paused, or another digest."""
        form = await form_of(request)
        return await run_in_threadpool(self._instead, request, form)

    async def take_back(self, request: Request) -> Response:
        """It was a mistake."""
        await request.body()
        return await run_in_threadpool(self._take_back, request)

    async def why(self, request: Request) -> Response:
        """A reason, for whoever keeps the lists."""
        form = await form_of(request)
        return await run_in_threadpool(self._why, request, form)

    async def finish(self) -> None:
        """Return once everybody who was answered has left."""
        await self._leaving.finish()

    def _begin_to_leave(self, token: str) -> "Future[None]":
        numbers = self._app.numbers_in(Scope.UNSUBSCRIBE, token)
        return self._leaving.ask(people.Leaving(subscriber_id=numbers[0], list_ids=numbers[1:]))

    def _told(self) -> str:
        """What a mail program is answered; hardly anybody sees it."""
        return f"{self._app.renderer.phrases.say('unsubscribed_title')}\n"

    def _leave(self, leaving: Sequence[people.Leaving]) -> None:
        people.unsubscribe_all(self._app, leaving, self._app.now, by=BY_LINK)

    def _note(self, leaving: Sequence[people.Leaving]) -> None:
        people.note_leavings(self._app, leaving, self._app.now)

    def _instead(self, request: Request, form: FormData) -> Response:
        subscriber_id, _ = self._subscription(request)
        own = people.own_mail(self._app, subscriber_id, self._app.now)
        if own is None:
            return message(self._app, "nothing_to_do")
        try:
            change = gentler_change(self._app, own, form)
        except UsageError:
            return self._preferences.show(subscriber_id, notice="preferences_unchanged", status=422)
        people.change_own(self._app, subscriber_id, [change], self._app.now, by=BY_LINK)
        return self._preferences.show(subscriber_id, notice="preferences_saved")

    def _take_back(self, request: Request) -> Response:
        subscriber_id, list_ids = self._subscription(request)
        people.take_back(self._app, subscriber_id, list_ids, self._app.now, by=BY_LINK)
        person = people.membership(self._app, subscriber_id, list_ids)
        if person is not None and person.has_left:
            return left_page(self._app, subscriber_id, list_ids)  # it is too late for that
        return self._preferences.show(subscriber_id, notice="taken_back")

    def _why(self, request: Request, form: FormData) -> Response:
        subscriber_id, list_ids = self._subscription(request)
        why = form.get("why")
        told = why if isinstance(why, str) else ""
        people.tell_why(self._app, subscriber_id, list_ids, told, self._app.now, by=BY_LINK)
        return left_page(self._app, subscriber_id, list_ids, told=True)

    def _subscription(self, request: Request) -> tuple[int, tuple[int, ...]]:
        numbers = self._app.numbers_in(Scope.UNSUBSCRIBE, request.path_params["token"])
        return numbers[0], numbers[1:]
