"""What somebody gets, on one page: by the link of a mail, or by one that is asked for and mailed to the address.

What grants more than leaving and muting asks for a fresh link: see `digest.core.people.own_links`.
"""

import asyncio
from datetime import timedelta

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from digest.app import App
from digest.core import mail, people
from digest.core.people import Grant, Place
from digest.errors import UsageError
from digest.model import BY_LINK
from digest.tokens import Scope
from digest.web.allowance import Allowance
from digest.web.answers import message, page
from digest.web.languages import reading
from digest.web.public.left import left_page
from digest.web.public.wishes import changes, choices_of, form_of, languages_of, local, ticked, wishes_of
from digest.web.visitors import network_of

_ADDRESS_LENGTH = 320  # characters; RFC 5321 section 4.5.3.1 has fewer
_LETTERS_AT_ONCE = 4


class PreferencesPages:
    """``/preferences`` and ``/preferences/TOKEN``."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._allowance = Allowance(30, timedelta(hours=1))
        self._letters = asyncio.Semaphore(_LETTERS_AT_ONCE)

    def ask(self, request: Request) -> Response:
        """For whose address a link is wanted."""
        read = reading(self._app, request)
        answer = page(read.app, "preferences_ask", switch=read.switch(f"{self._app.config.web.base_url}/preferences"))
        answer.headers.update(read.headers)
        return answer

    async def mail(self, request: Request) -> Response:
        """The same answer for every address, given before anybody is looked up."""
        address = (await form_of(request)).get("email")
        network = network_of(request, self._app.config.web.proxies)
        said = reading(self._app, request).app
        answer = await run_in_threadpool(message, said, "preferences_mailed")
        if self._allowance.takes(network, self._app.now) and isinstance(address, str):
            answer.background = BackgroundTask(self._mail, address.strip()[:_ADDRESS_LENGTH], network)
        return answer

    def own(self, request: Request) -> Response:
        """All that somebody gets, and what they may change by the link they have."""
        grant = self._grant(request)
        return self.show(grant.subscriber_id, token=request.path_params["token"], fresh=grant.fresh)

    async def save(self, request: Request) -> Response:
        """Make it as the form says."""
        form = await form_of(request)
        return await run_in_threadpool(self._save, request, form)

    async def link(self, request: Request) -> Response:
        """Mail a fresh link to who has an older one."""
        await request.body()
        grant = await run_in_threadpool(self._grant, request)
        answer = await run_in_threadpool(message, self._app, "preferences_mailed")
        network = network_of(request, self._app.config.web.proxies)
        if self._allowance.takes(network, self._app.now):
            answer.background = BackgroundTask(self._mail_own, grant.subscriber_id, network)
        return answer

    async def lift(self, request: Request) -> Response:
        """Mail reaches them again: by a fresh link only, which shows it."""
        await request.body()
        return await run_in_threadpool(self._lift, request)

    async def leave(self, request: Request) -> Response:
        """Leave every list."""
        await request.body()
        return await run_in_threadpool(self._leave, request)

    def show(
        self,
        subscriber_id: int,
        *,
        token: str | None = None,
        fresh: bool = False,
        notice: str = "",
        left: tuple[int, ...] = (),
        status: int = 200,
    ) -> Response:
        """The page of somebody's preferences.

        Args:
            subscriber_id: whose.
            token: of the link that is in use; that of every mail unless given.
            fresh: whether it grants coming back.
            notice: the name of a phrase that tells what has just happened.
            left: lists that they have just left by this page.
            status: of the answer.
        """
        own = people.own_mail(self._app, subscriber_id, self._app.now)
        if own is None:
            return message(self._app, "nothing_to_do")
        app = mail.in_language_of(self._app, subscriber_id)
        link = people.preferences_link(app, subscriber_id)
        action = local(link) if token is None else f"{local(link).rpartition('/')[0]}/{token}"
        back = f"{local(self._app.link(Scope.UNSUBSCRIBE, subscriber_id, *left))}/back" if left else ""
        shown = [
            {"name": one.name, "title": one.title, "description": one.description, "on": one.place is Place.ON}
            for one in own.lists
        ]
        return page(
            app,
            "preferences",
            status=status,
            address=own.address,
            action=action,
            fresh=fresh,
            notice=app.renderer.phrases.say(notice) if notice else "",
            back=back,
            lists=shown,
            everything=wishes_of(app, own.everything),
            digests=[wishes_of(app, one) for one in own.digests],
            choices=choices_of(own),
            unmailed_since=app.renderer.day(own.unmailed_since) if own.unmailed_since else "",
            languages=languages_of(app, own),
        )

    def _save(self, request: Request, form: FormData) -> Response:
        grant, now, token = self._grant(request), self._app.now, request.path_params["token"]
        subscriber_id = grant.subscriber_id
        own = people.own_mail(self._app, subscriber_id, now)
        if own is None:
            return message(self._app, "nothing_to_do")
        try:
            asked = changes(self._app, own, form)
        except UsageError:
            return self.show(subscriber_id, token=token, fresh=grant.fresh, notice="preferences_unchanged", status=422)
        _, left = ticked(form, [one.name for one in own.lists if one.place is Place.ON])
        came, _ = ticked(form, [one.name for one in own.lists if one.place is not Place.ON])
        if asked:
            people.change_own(self._app, subscriber_id, asked, now, by=BY_LINK)
        left_ids = people.list_ids_of(self._app, subscriber_id, left)
        if left_ids:
            people.unsubscribe(self._app, subscriber_id, left_ids, now, by=BY_LINK)
        if came and grant.fresh:
            said = mail.in_language_of(self._app, subscriber_id).renderer.phrases
            wording = said.say("preferences_lists_text", network=self._app.config.network.name)
            how = people.Agreement(wording=wording, network=network_of(request, self._app.config.web.proxies))
            people.come_back(self._app, subscriber_id, came, now, by=BY_LINK, asked=how)
        return self.show(subscriber_id, token=token, fresh=grant.fresh, notice="preferences_saved", left=left_ids)

    def _lift(self, request: Request) -> Response:
        grant, token = self._grant(request), request.path_params["token"]
        if not grant.fresh:
            return self.show(grant.subscriber_id, token=token, notice="preferences_not_fresh", status=403)
        people.lift_own(self._app, grant.subscriber_id, self._app.now, by=BY_LINK)
        return self.show(grant.subscriber_id, token=token, fresh=True, notice="preferences_lifted")

    def _leave(self, request: Request) -> Response:
        subscriber_id = self._grant(request).subscriber_id
        list_ids = people.list_ids_of(self._app, subscriber_id)
        people.unsubscribe(self._app, subscriber_id, list_ids, self._app.now, by=BY_LINK)
        return left_page(self._app, subscriber_id, list_ids)

    def _grant(self, request: Request) -> Grant:
        return people.read_link(self._app, request.path_params["token"], self._app.now)

    async def _mail(self, address: str, network: str) -> None:
        async with self._letters:
            await people.mail_link(self._app, address, self._app.now, network=network)

    async def _mail_own(self, subscriber_id: int, network: str) -> None:
        async with self._letters:
            await people.mail_own_link(self._app, subscriber_id, self._app.now, network=network)
