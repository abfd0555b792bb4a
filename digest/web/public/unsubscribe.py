"""Leaving: a page with one button, and one click (RFC 8058)."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from digest.app import App
from digest.core import people
from digest.model import BY_LINK
from digest.tokens import Scope
from digest.web.answers import message, page


class UnsubscribePages:
    """``/unsubscribe/TOKEN``."""

    def __init__(self, app: App) -> None:
        self._app = app

    def ask(self, request: Request) -> Response:
        """Which lists the link is about, and one button; or that the person has left them already."""
        subscriber_id, list_ids = self._subscription(request)
        person = people.membership(self._app, subscriber_id, list_ids)
        if person is None:
            return message(self._app, "nothing_to_do")
        if person.has_left:
            return page(self._app, "unsubscribed", lists=person.titles)
        return page(self._app, "unsubscribe", lists=person.titles, address=person.address)

    async def leave(self, request: Request) -> Response:
        """One click (RFC 8058 section 3.2): idempotent, no confirmation, no redirect."""
        await request.body()  # a request that is cut off, or has no end, changes nothing
        return await run_in_threadpool(self._leave, request)

    def _leave(self, request: Request) -> Response:
        subscriber_id, list_ids = self._subscription(request)
        people.unsubscribe(self._app, subscriber_id, list_ids, self._app.now, by=BY_LINK)
        person = people.membership(self._app, subscriber_id, list_ids)
        return page(self._app, "unsubscribed", lists=person.titles if person else ())

    def _subscription(self, request: Request) -> tuple[int, tuple[int, ...]]:
        numbers = self._app.numbers_in(Scope.UNSUBSCRIBE, request.path_params["token"])
        return numbers[0], numbers[1:]
