"""People looked for, and somebody invited."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from digest.app import App
from digest.config.values import parse_address
from digest.core import organisers, people
from digest.errors import DigestError, UsageError
from digest.model import Recipient, Role, Told, said
from digest.web.console.page import Console, allowed
from digest.web.console.sorting import sorting_in

_FOUND = 50
_LENGTH = 200  # characters that are looked for
_KEYS: Mapping[str, Callable[[people.FoundPerson], Any]] = {
    "name": lambda one: (one.recipient.name.casefold() or "\U0010ffff", one.recipient.address),
    "address": lambda one: one.recipient.address.casefold(),
    "lists": lambda one: (one.lists, one.recipient.address),
    "newest": lambda one: one.id,
}


class PeoplePages:
    """``/console/people``, and inviting."""

    def __init__(self, app: App, console: Console) -> None:
        self._app, self._console = app, console

    def search(self, request: Request) -> Response:
        """Who has it in the address, the name or a field."""
        needle = request.query_params.get("q", "").strip()[:_LENGTH]
        reach = lists_in_reach(self._app, request)
        found = people.find_people(
            self._app, needle, limit=_FOUND + 1, list_names=reach, fields=fields_in_reach(self._app, request)
        )
        sorting = sorting_in(request, ("name", "address", "lists", "-newest"), first="-newest")
        return self._console.page(
            request,
            "people",
            title=self._console.say("console_people"),
            needle=needle,
            found=sorting.of(found[:_FOUND], _KEYS),
            sorting=sorting,
            more=len(found) > _FOUND,
            titles={one.name: one.title or one.name for one in self._app.config.lists},
            lists=[(name, title_of(self._app, name)) for name in organisers.reach(self._app, request.state.organiser)],
        )

    async def invite(self, request: Request) -> Response:
        """Ask somebody by mail whether they want to be on a list."""
        form = request.state.form
        name = str(form.get("list", ""))
        allowed(request, "invite", name)
        try:
            address = parse_address(str(form.get("email", "")))
        except ValueError as error:
            raise UsageError(Told("not_an_address", why=said(error))) from None
        person = Recipient(address=address, name=str(form.get("name", "")).strip()[:_LENGTH])
        done = await invited(self._app, person, request, name)
        if not await run_in_threadpool(is_in_reach, self._app, request, address):
            return self._console.done("/console/people", done)
        number = await run_in_threadpool(people.number_of, self._app, address)
        return self._console.done(f"/console/people/{number}", done)


def lists_in_reach(app: App, request: Request) -> Sequence[str] | None:
    """Whose people somebody may see: of their lists; None: everybody."""
    organiser = request.state.organiser
    return None if organiser.role is Role.ADMIN else organisers.reach(app, organiser)


def fields_in_reach(app: App, request: Request) -> Sequence[str] | None:
    """What somebody may see of people beside their address and name: what their lists keep; None: everything."""
    reach = lists_in_reach(app, request)
    if reach is None:
        return None
    return tuple(dict.fromkeys(field for one in app.config.lists if one.name in reach for field in one.fields))


def is_in_reach(app: App, request: Request, address: str) -> bool:
    """Whether somebody is known, and is or was on a list of who is signed in; an admin reaches everybody known."""
    if people.number_of(app, address) is None:
        return False
    reach, story = lists_in_reach(app, request), people.person_story(app, address, app.now)
    return reach is None or (story is not None and not set(reach).isdisjoint(story.lists))


def title_of(app: App, name: str) -> str:
    """A list as members read it."""
    return next((one.title or one.name for one in app.config.lists if one.name == name), name)


async def invited(app: App, person: Recipient, request: Request, name: str) -> str:
    """Invite somebody and try to mail it at once; what the page tells.

    What is held of somebody who is out of reach is nobody's to know: whether it goes is told alike of all of them.
    """

    def ask() -> int | None:
        return people.invite(app, person, app.now, by=request.state.by, name=name)

    tells = request.state.organiser.role is Role.ADMIN or await run_in_threadpool(
        is_in_reach, app, request, person.address
    )
    try:
        if request.state.form.get("meant") != "yes":
            before = await run_in_threadpool(_before, app, person.address, name)
            if before:
                return before if tells or before == "left_before" else "invited_unless"
        number = await run_in_threadpool(ask)
    except UsageError:
        raise
    except DigestError:
        if tells:
            raise
        return "invited_unless"
    if number is None:
        return "on_it_already"
    try:
        sent = await people.send_letters(app, app.now, only=number)
    except DigestError:
        sent = 0  # the job that sends such letters tries it again
    if not tells:
        return "invited_unless"
    return "invited" if sent else "invited_later"


def _before(app: App, address: str, name: str) -> str:
    """What has to be meant where somebody is invited: what the page tells; "" where nothing has."""
    hindrance = people.hindrance(app, address, name)
    if hindrance.left is not None:
        return "left_before"
    return "forgotten_before" if hindrance.forgotten else ""
