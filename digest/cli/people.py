"""Commands about lists: plan, apply, show."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.answers import confirm, note, print_json, print_table, say
from digest.cli.help import Commands
from digest.cli.session import Json, Yes, session
from digest.core import people

if TYPE_CHECKING:
    from digest.config.subscribers import Listed
    from digest.store.people.lists import ListPlan, Member

_All = Annotated[bool, typer.Option("--all", help="Everybody, not only the first twenty of each kind.")]
_SHOWN = 20  # people of each kind of change


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    lists = typer.Typer(cls=Commands, help="The configuration's lists against the database.", no_args_is_help=True)
    lists.command()(plan)
    lists.command()(apply)
    lists.command()(show)
    cli.add_typer(lists, name="lists")


def plan(context: typer.Context, everybody: _All = False, json: Json = False) -> None:
    """Show what `apply` would change; writes nothing."""
    with session(context).app() as app:
        listed = people.listed(app)
        plans = people.plan_lists(app, listed)
    _warn_of_repeated(listed)
    _show_plans(plans, everybody=everybody, json=json)


def apply(context: typer.Context, everybody: _All = False, yes: Yes = False, json: Json = False) -> None:
    """Make the database say what the configuration says; who has left stays away."""
    here = session(context)
    with here.app() as app:
        listed = people.listed(app)
        plans = people.plan_lists(app, listed)
        _warn_of_repeated(listed)
        if not (yes or sys.stdin.isatty()):
            people.guard(plans)
        if any(one.changes for one in plans):
            confirm(lambda: "\n".join([*map(_totals, plans), "Apply this?"]), yes=yes)
        plans = people.apply_lists(app, app.now, by=here.by, confirmed=True)
    _show_plans(plans, everybody=everybody, json=json, applied=True)


def show(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[LIST]")] = None,
    json: Json = False,
) -> None:
    """Show who is on a list, or all lists with their numbers."""
    with session(context).app() as app:
        zone = app.config.network.zone
        sizes = people.list_sizes(app)
        members = people.members(app, name) if name else ()
    if name is None:
        if json:
            print_json([{"name": listed, "active": count} for listed, count in sizes.items()])
        else:
            print_table(("list", "active"), list(sizes.items()))
        return
    rows = [_member(member) | {"since": member.since.astimezone(zone).isoformat()} for member in members]
    if json:
        print_json({"name": name, "active": sizes[name], "subscribers": rows})
    else:
        print_table(("email", "name", "status", "suppressed", "since"), [tuple(row.values()) for row in rows])


def _member(member: "Member") -> dict[str, Any]:
    return {
        "email": member.recipient.address,
        "name": member.recipient.name,
        "status": member.status.value,
        "suppressed": member.suppressed,
    }


def _warn_of_repeated(listed: "Sequence[Listed]") -> None:
    for source in listed:
        for problem in source.repeated:
            note(f"warning: {problem}")


def _show_plans(plans: "Sequence[ListPlan]", *, everybody: bool, json: bool, applied: bool = False) -> None:
    """The totals first, then who: of each kind of change the first few, or everybody."""
    if json:
        print_json({"lists": [_plan_json(one) for one in plans]})
        return
    for one in plans:
        asks = one.removes_too_many and not applied
        say(_totals(one) + ("; more than the guard allows, `digest lists apply` asks" if asks else ""))
    rows: list[tuple[str, ...]] = []
    for one in plans:
        for sign, people_, told in (
            ("+", one.added, [person.name for person in one.added]),
            ("-", one.removed, [person.name for person in one.removed]),
            ("~", one.renamed, [f"now {person.name}" for person in one.renamed]),
            ("!", [person for person, _ in one.kept_out], [f"kept out: {why}" for _, why in one.kept_out]),
        ):
            shown = len(people_) if everybody else _SHOWN
            rows += [
                (one.name, sign, person.address, what)
                for person, what in zip(people_[:shown], told[:shown], strict=True)
            ]
            if len(people_) > shown:
                rows.append((one.name, sign, f"and {len(people_) - shown:,} more", "--all shows them"))
    if rows:
        print_table(("list", "", "address", ""), rows)


def _totals(plan: "ListPlan") -> str:
    counts = f"{len(plan.added)} added, {len(plan.removed)} removed, {len(plan.renamed)} renamed"
    return f"{plan.name}: {counts}, {len(plan.kept_out)} kept out; {plan.active} active before"


def _plan_json(plan: "ListPlan") -> dict[str, Any]:
    return {
        "name": plan.name,
        "active": plan.active,
        "added": [person.address for person in plan.added],
        "removed": [person.address for person in plan.removed],
        "renamed": [person.address for person in plan.renamed],
        "kept_out": [{"email": person.address, "reason": why} for person, why in plan.kept_out],
        "removes_too_many": plan.removes_too_many,
    }
