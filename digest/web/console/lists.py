"""The lists: their numbers, now and over half a year, and what the files would change."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from digest.app import App
from digest.core import organisers, people
from digest.core.people import Growth
from digest.documents import growth_json
from digest.errors import ConfigError, DigestError
from digest.model import Role
from digest.web.console.glance import Glance
from digest.web.console.list_plans import ListPlans
from digest.web.console.page import Console, allowed
from digest.web.console.people import title_of
from digest.web.console.sorting import sorting_in

_SHOWN = 20  # people of each kind of change
_KEYS: Mapping[str, Callable[[Growth], Any]] = {
    "now": lambda one: one.counts[-1],
    "before": lambda one: one.counts[0],
    "change": lambda one: one.counts[-1] - one.counts[0],
}
_WIDTH, _HEIGHT = 240, 64  # of a plot, in its own units


class ListPages:
    """``/console/people/lists``, and its numbers as JSON."""

    def __init__(self, app: App, console: Console, plans: ListPlans) -> None:
        self._app, self._console, self._plans = app, console, plans
        self._growth: Glance[tuple[Growth, ...]] = Glance()

    def show(self, request: Request) -> Response:
        """How many are and were on each list; to an admin also what the files would change."""
        sorting = sorting_in(request, ("name", "-now", "-before", "-change"), first="name")
        grown = self._grown(request)
        if "sort" in request.query_params:
            grown = sorting.of(grown, {**_KEYS, "name": lambda one: title_of(self._app, one.name).casefold()})
        values: dict[str, Any] = {"plans": None, "problems": (), "seal": "", "guarded": False}
        if request.state.organiser.role is Role.ADMIN:
            values |= self._planned()
        return self._console.page(
            request,
            "lists",
            title=self._console.say("console_lists"),
            sorting=sorting,
            rows=[{"title": title_of(self._app, one.name), **_plot(one)} for one in grown],
            weeks=[
                (monday, [one.counts[number] for one in grown])
                for number, monday in enumerate(people.weeks_of_growth(self._now()))
            ],
            **values,
        )

    def as_json(self, request: Request) -> Response:
        """The numbers, for a program."""
        return JSONResponse(growth_json(self._grown(request), people.weeks_of_growth(self._now())))

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

    def _now(self) -> datetime:
        return self._app.now.astimezone(UTC)

    def _grown(self, request: Request) -> Sequence[Growth]:
        """Of the lists of who is signed in; not counted again until something was done, or a minute is over."""
        app, now = self._app, self._now()
        every = [one.name for one in app.config.lists]
        grown = self._growth.of(organisers.activity_stamp(app), now, lambda: people.growth(app, now, names=every))
        reach = organisers.reach(app, request.state.organiser)
        return [one for one in grown if one.name in reach]

    def _planned(self) -> dict[str, Any]:
        try:
            plans = self._plans.now()
        except ConfigError as error:
            return {"problems": [one.told for one in error.problems]}
        shown = [_told(self._app, plan) for plan in plans if plan.changes]
        return {"plans": shown, "seal": _seal(plans), "guarded": any(plan.removes_too_many for plan in plans)}


def _plot(one: Growth) -> dict[str, Any]:
    """A line from week to week, above a base of nobody."""
    most, steps = max(one.counts), max(len(one.counts) - 1, 1)
    points = [
        (round(number * _WIDTH / steps, 1), round(_HEIGHT - count * (_HEIGHT - 4) / most, 1) if most else _HEIGHT)
        for number, count in enumerate(one.counts)
    ]
    line = " ".join(f"{x:g},{y:g}" for x, y in points)
    return {"name": one.name, "active": one.counts[-1], "before": one.counts[0], "most": most, "line": line}


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
