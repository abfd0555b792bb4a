"""Server-sent events (WHATWG HTML, 9.2): an event only says that a piece of a page is to be fetched again.

A stream costs a connection; what all of them watch is read together, in one statement about once a second. There are
only so many, and each ends by itself.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from time import monotonic

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from digest.app import App
from digest.core import campaigns, organisers
from digest.errors import NotAllowedError
from digest.web.console.page import session_cookie

_EVERY = 1.0  # seconds: how often is looked whether anything is another
_CHECKED = 15.0  # seconds: how often who watches is asked for again, and told that we are there
_TOLD = 5.0  # streams a second that are told of mere progress, since each of them then fetches a piece
_LONGEST = 600.0  # seconds; the browser then asks anew
_MOST = 64  # streams
_MOST_EACH = 8  # of one organiser


class _Stream(StreamingResponse):
    """Says when it is over, also where its client left before anything was sent."""

    def __init__(self, events: AsyncIterator[str], *, over: Callable[[], None]) -> None:
        super().__init__(events, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
        self._over = over

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._over()


class _Pulses:
    """How campaigns stand, asked for together by all who watch some."""

    def __init__(self, app: App) -> None:
        self.watched: Counter[int] = Counter()
        self._app, self._latest = app, dict[int, tuple[object, ...]]()
        self._asked = -_EVERY
        self._asking: asyncio.Task[None] | None = None

    async def of(self, campaign_id: int) -> tuple[object, ...]:
        """How one that is watched stands, as it was half a turn ago or later."""
        if monotonic() - self._asked >= _EVERY / 2:
            await self._ask()
        if campaign_id not in self._latest:  # nobody watched it when that was asked
            await self._ask()
        return self._latest.get(campaign_id, ())

    async def _ask(self) -> None:
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._look())
        await asyncio.shield(self._asking)  # it is everybody's: who leaves does not end it

    async def _look(self) -> None:
        wanted = [one for one, times in self.watched.items() if times]
        found = await run_in_threadpool(campaigns.pulses, self._app, wanted)
        self._latest = {one: found.get(one, ()) for one in wanted}
        self._asked = monotonic()


class Streams:
    """The event streams that are open."""

    def __init__(self, app: App, *, most: int = _MOST, most_each: int = _MOST_EACH) -> None:
        self._app, self._most, self._most_each = app, most, most_each
        self._open: Counter[str] = Counter()
        self._pulses = _Pulses(app)

    async def campaign(self, request: Request) -> Response:
        """A stream that tells whenever a campaign stands otherwise; 503 where there are too many."""
        organiser, name = request.state.organiser, request.path_params["name"]
        found = await run_in_threadpool(campaigns.campaign_for, self._app, name, organiser)
        if self._open.total() >= self._most or self._open[organiser.email] >= self._most_each:
            return PlainTextResponse("Too many streams\n", 503, headers={"Retry-After": "30"})
        self._open[organiser.email] += 1
        self._pulses.watched[found.id] += 1
        events = self._events(request.cookies.get(session_cookie(self._app), ""), name, found.id)
        return _Stream(events, over=lambda: self._over(organiser.email, found.id))

    def _over(self, email: str, campaign_id: int) -> None:
        self._open.subtract([email])
        self._pulses.watched.subtract([campaign_id])

    async def _events(self, cookie: str, name: str, campaign_id: int) -> AsyncIterator[str]:
        began = checked = told = monotonic()
        seen: tuple[object, ...] | None = None
        yield "retry: 3000\n\n"
        while monotonic() - began < _LONGEST:
            now = await self._pulses.of(campaign_id)
            rested = monotonic() - told >= self._open.total() / _TOLD
            if seen is None or now[:1] != seen[:1] or (now != seen and rested):  # a status is told at once
                seen, told = now, monotonic()
                yield "event: progress\ndata:\n\n"
            if self._app.stopping.is_set():
                return
            await asyncio.sleep(_EVERY)
            if monotonic() - checked >= _CHECKED:
                checked = monotonic()
                if not await run_in_threadpool(self._may_still, cookie, name):
                    return
                yield ":\n\n"

    def _may_still(self, cookie: str, name: str) -> bool:
        present = organisers.present(self._app, cookie, self._app.now)
        if present is None:
            return False
        try:
            campaigns.campaign_for(self._app, name, present.organiser)
        except NotAllowedError:
            return False
        return True
