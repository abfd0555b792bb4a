"""Commands about lists: plan, apply, show."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.session import Json, Yes, note, print_json, print_table, session
from digest.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.config.subscribers import Listed
    from digest.store.people import ListPlan, Member


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    lists = typer.Typer(help="The configuration's lists against the database.", no_args_is_help=True)
    lists.command()(plan)
    lists.command()(apply)
    lists.command()(show)
    cli.add_typer(lists, name="lists")


def plan(context: typer.Context, json: Json = False) -> None:
    """Show what `apply` would change; writes nothing."""
    from digest import pipeline  # noqa: PLC0415
    from digest.config.subscribers import read_lists  # noqa: PLC0415

    with session(context).app() as app:
        listed = read_lists(app.config)
        plans = pipeline.plan_lists(app, listed)
    _show_plans(plans, listed, json=json)


def apply(context: typer.Context, yes: Yes = False, json: Json = False) -> None:
    """Make the database say what the configuration says; who has left stays away."""
    from digest import pipeline  # noqa: PLC0415
    from digest.config.subscribers import read_lists  # noqa: PLC0415

    with session(context).app() as app:
        listed = read_lists(app.config)
        plans = pipeline.apply_lists(app, app.now, confirmed=yes)
    _show_plans(plans, listed, json=json, applied=True)


def show(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[LIST]")] = None,
    json: Json = False,
) -> None:
    """Show who is on a list, or all lists with their numbers."""
    from digest.store import people  # noqa: PLC0415

    with session(context).app() as app, app.store.read() as connection:
        counts = people.count_active(connection)
        members = list(people.members(connection, name)) if name else []
        zone = app.config.network.zone
    if name is None:
        if json:
            print_json([{"name": listed, "active": count} for listed, count in counts.items()])
        else:
            print_table(("list", "active"), list(counts.items()))
        return
    if name not in counts:
        known = ", ".join(counts) or "none yet"
        raise UsageError(f'No list "{name}" has been applied; known: {known}; `digest lists apply` applies the others')
    rows = [_member(member) | {"since": member.since.astimezone(zone).isoformat()} for member in members]
    if json:
        print_json({"name": name, "active": counts[name], "subscribers": rows})
    else:
        print_table(("email", "name", "status", "suppressed", "since"), [tuple(row.values()) for row in rows])


def _member(member: "Member") -> dict[str, Any]:
    return {
        "email": member.recipient.address,
        "name": member.recipient.name,
        "status": member.status.value,
        "suppressed": member.suppressed,
    }


def _show_plans(plans: "Sequence[ListPlan]", listed: "Sequence[Listed]", *, json: bool, applied: bool = False) -> None:
    for source in listed:
        for problem in source.repeated:
            note(f"warning: {problem}")
    if json:
        print_json({"lists": [_plan_json(one) for one in plans]})
        return
    rows = []
    for one in plans:
        rows += [(one.name, "+", person.address, person.name) for person in one.added]
        rows += [(one.name, "-", person.address, person.name) for person in one.removed]
        rows += [(one.name, "~", person.address, f"now {person.name}") for person in one.renamed]
        rows += [(one.name, "!", person.address, f"kept out: {why}") for person, why in one.kept_out]
    if rows:
        print_table(("list", "", "address", ""), rows)
    for one in plans:
        asks = one.removes_too_many and not applied
        too_many = "; more than the guard allows, `digest lists apply --yes` confirms" if asks else ""
        changes = f"{len(one.added)} added, {len(one.removed)} removed, {len(one.renamed)} renamed"
        typer.echo(f"{one.name}: {changes}, {len(one.kept_out)} kept out{too_many}")


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
