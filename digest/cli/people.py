"""Commands about lists: plan, apply, show."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.answers import confirm, note, print_json, print_table, read_text, say
from digest.cli.help import Commands
from digest.cli.session import Json, Yes, session
from digest.core import people
from digest.errors import UsageError
from digest.resources import write_private

if TYPE_CHECKING:
    from digest.config.subscribers import Listed
    from digest.model import Recipient
    from digest.store.people import Change, KeptOut, ListPlan, Member

_All = Annotated[bool, typer.Option("--all", help="Everybody, not only the first twenty of each kind.")]
CHANGES = 3
"""Exit code of `lists plan --exit-code` where there is something to apply."""
_SHOWN = 20  # people of each kind of change


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    lists = typer.Typer(cls=Commands, help="The configuration's lists against the database.", no_args_is_help=True)
    lists.command()(plan)
    lists.command()(apply)
    lists.command()(show)
    cli.add_typer(lists, name="lists")


def plan(
    context: typer.Context,
    everybody: _All = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it there, for `lists apply FILE` to apply just this.")
    ] = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help=f"Exit with {CHANGES} where there is something to apply.")
    ] = False,
    json: Json = False,
) -> None:
    """Show what `apply` would change; writes nothing."""
    with session(context).app() as app:
        listed = people.listed(app)
        plans = people.plan_lists(app, listed)
    _warn(listed)
    if out is not None:
        _write(out, people.plans_to_json(plans))
    _show_plans(plans, everybody=everybody, json=json)
    if exit_code and any(one.changes for one in plans):
        raise typer.Exit(CHANGES)


def apply(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="A plan that `lists plan --out` wrote.")] = None,
    everybody: _All = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Make the database say what the configuration says; who has left stays away, and only what is shown is done."""
    here = session(context)
    shown = None if file is None else people.plans_from_json(read_text(file), name=str(file))
    with here.app() as app:
        listed = people.listed(app)
        plans = people.plan_lists(app, listed) if shown is None else shown
        _warn(listed)
        if not (yes or sys.stdin.isatty()):
            people.guard(plans)
        if any(one.changes for one in plans):
            confirm(lambda: "\n".join([*map(_totals, plans), "Apply this?"]), yes=yes)
        people.apply_plans(app, plans, app.now, by=here.by, given=listed)
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
        columns = ("email", "name", "status", "suppressed", "origin", "since")
        print_table(columns, [[row[column] for column in columns] for row in rows])


def _member(member: "Member") -> dict[str, Any]:
    return {
        "email": member.recipient.address,
        "name": member.recipient.name,
        "status": member.status.value,
        "suppressed": member.suppressed,
        "origin": member.origin.value,
        "fields": dict(member.recipient.fields),
    }


def _warn(listed: "Sequence[Listed]") -> None:
    for source in listed:
        for problem in (*source.repeated, *source.astray):
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
            ("~", [change.now for change in one.changed], [", ".join(_told(change)) for change in one.changed]),
            ("!", [out.person for out in one.kept_out], [f"kept out: {_why(out)}" for out in one.kept_out]),
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
    counts = f"{len(plan.added)} added, {len(plan.removed)} removed, {len(plan.changed)} changed"
    return f"{plan.name}: {counts}, {len(plan.kept_out)} kept out; {plan.active} active before"


def _told(change: "Change") -> Iterator[str]:
    """What of a person is told otherwise."""
    if change.was.name != change.now.name:
        yield f"now {change.now.name}"
    if change.was.language != change.now.language:
        yield f"language: {change.was.language or 'none'} is now {change.now.language or 'none'}"
    for name in sorted({*change.was.fields, *change.now.fields}):
        was, now = change.was.fields.get(name, ""), change.now.fields.get(name, "")
        if was != now:
            yield f"{name}: {was or 'nothing'} is now {now or 'nothing'}"


def _why(out: "KeptOut") -> str:
    return f"{out.why} ({out.detail})" if out.detail else out.why.value


def _plan_json(plan: "ListPlan") -> dict[str, Any]:
    return {
        "name": plan.name,
        "active": plan.active,
        "added": [person.address for person in plan.added],
        "removed": [person.address for person in plan.removed],
        "changed": [
            {
                "email": change.now.address,
                **{
                    key: {"name": person.name, "fields": dict(person.fields), **_language(person)}
                    for key, person in (("was", change.was), ("now", change.now))
                },
            }
            for change in plan.changed
        ],
        "kept_out": [{"email": out.person.address, "reason": out.why, "detail": out.detail} for out in plan.kept_out],
        "changes": plan.changes,
        "removes_too_many": plan.removes_too_many,
    }


def _language(person: "Recipient") -> dict[str, str]:
    return {"language": person.language} if person.language else {}


def _write(path: Path, text: str) -> None:
    try:
        write_private(path, text)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
