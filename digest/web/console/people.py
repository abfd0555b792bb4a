"""People looked for, somebody invited, and the lists: their numbers, and what the files would change."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from digest.app import App
from digest.config.values import parse_address
from digest.core import organisers, people
from digest.errors import ConfigError, DigestError, UsageError
from digest.model import Recipient, Role
from digest.web.console.page import Console, allowed

_FOUND = 50
_LENGTH = 200  # characters that are looked for
_SHOWN = 20  # people of each kind of change


class PeoplePages:
    """``/console/people`` and ``/console/people/lists``."""

    def __init__(self, app: App, console: Console) -> None:
        self._app, self._console = app, console

    def search(self, request: Request) -> Response:
        """Who has it in the address, the name or a field."""
        needle = request.query_params.get("q", "").strip()[:_LENGTH]
        reach = lists_in_reach(self._app, request)
        found = people.find_people(
            self._app, needle, limit=_FOUND + 1, list_names=reach, fields=fields_in_reach(self._app, request)
        )
        return self._console.page(
            request,
            "people",
            title=self._console.say("console_people"),
            needle=needle,
            found=found[:_FOUND],
            more=len(found) > _FOUND,
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
            raise UsageError(self._console.say("console_bad_address", why=str(error))) from None
        person = Recipient(address=address, name=str(form.get("name", "")).strip()[:_LENGTH])
        done = await invited(self._app, person, request, name)
        if not await run_in_threadpool(is_in_reach, self._app, request, address):
            return self._console.done("/console/people", done)
        number = await run_in_threadpool(people.number_of, self._app, address)
        return self._console.done(f"/console/people/{number}", done)

    def lists(self, request: Request) -> Response:
        """How many are on each list; to an admin also what the files would change."""
        sizes = people.list_sizes(self._app)
        reach = organisers.reach(self._app, request.state.organiser)
        rows = [(title_of(self._app, name), name, sizes.get(name, 0)) for name in reach]
        values: dict[str, Any] = {"rows": rows, "plans": None, "problems": (), "seal": "", "guarded": False}
        if request.state.organiser.role is Role.ADMIN:
            values |= self._planned()
        return self._console.page(request, "lists", title=self._console.say("console_lists"), **values)

    def apply(self, request: Request) -> Response:
        """Make the store say what the files say; only what was shown is done."""
        allowed(request, "apply lists")
        form = request.state.form
        listed = people.listed(self._app)
        plans = people.plan_lists(self._app, listed)
        if form.get("seal") != _seal(plans):
            return self._console.done("/console/people/lists", "lists_changed")
        if any(plan.removes_too_many for plan in plans) and form.get("confirmed") != "yes":
            raise DigestError(self._console.say("console_lists_guard"))
        people.apply_plans(self._app, plans, self._app.now, by=request.state.by, given=listed)
        return self._console.done("/console/people/lists", "lists_applied")

    def _planned(self) -> dict[str, Any]:
        try:
            plans = people.plan_lists(self._app)
        except ConfigError as error:
            return {"problems": [str(one) for one in error.problems]}
        shown = [_told(self._app, plan) for plan in plans if plan.changes]
        return {"plans": shown, "seal": _seal(plans), "guarded": any(plan.removes_too_many for plan in plans)}


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


def _seal(plans: Sequence[Any]) -> str:
    return sha256(people.plans_to_json(plans).encode()).hexdigest()


def _told(app: App, plan: Any) -> dict[str, Any]:
    return {
        "title": title_of(app, plan.name),
        "active": plan.active,
        "guarded": plan.removes_too_many,
        "kinds": [
            {
                "name": kind,
                "count": len(changed),
                "first": [_person(one) for one in changed[:_SHOWN]],
                "rest": max(0, len(changed) - _SHOWN),
            }
            for kind, changed in (("added", plan.added), ("removed", plan.removed), ("changed", plan.changed))
            if changed
        ],
        "kept_out": len(plan.kept_out),
    }


def _person(one: Any) -> str:
    person = getattr(one, "now", one)
    return f"{person.name} <{person.address}>" if person.name else str(person.address)
