"""The command that takes people over from another program: import."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.answers import confirm, note, print_json, print_table, say
from digest.cli.session import Json, Yes, session
from digest.core import people
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.core.people import ImportPlan

_SHOWN = 20  # people of each kind


class _Tool(StrEnum):
    CSV = "csv"
    MAILCHIMP = "mailchimp"
    MAILMAN = "mailman"
    LISTMONK = "listmonk"
    BUTTONDOWN = "buttondown"
    SYMPA = "sympa"


class _Stood(StrEnum):
    SUBSCRIBED = "subscribed"
    UNCONFIRMED = "unconfirmed"
    LEFT = "left"
    BLOCKED = "blocked"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command("import")(import_people)


def import_people(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    to: Annotated[str, typer.Option("--list", metavar="LIST", help="The list they come to.")],
    tool: Annotated[_Tool, typer.Option("--from", help="What wrote the file.")] = _Tool.CSV,
    stood: Annotated[
        _Stood | None, typer.Option("--as", help="How everybody in it stood there, where the file does not tell.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell; nothing is changed.")] = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Take people over from another program; who left, bounced or complained there comes as such."""
    from digest.config.exports import Stood  # noqa: PLC0415

    try:
        content = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None
    here = session(context)
    with here.app() as app:
        told_as = Stood(stood.value) if stood else None
        found = people.read_people(app, content, tool=tool.value, place=str(file), list_name=to, stood=told_as)
        for problem in people.unknown_languages(app, found):
            note(f"warning: {problem}")
        plan = people.plan_import(app, found, list_name=to, tool=tool.value)
        if not dry_run:
            confirm(lambda: f"{_totals(plan)}\nImport this?", yes=yes)
            plan = people.import_people(app, found, app.now, list_name=to, tool=tool.value, by=here.by)
    if json:
        print_json(_plan_json(plan, dry_run=dry_run))
        return
    say(_totals(plan))
    kinds = [
        ("+", [(person, person.name) for person in plan.added]),
        ("-", [(person, f"left {plan.tool}") for person in plan.left]),
        ("!", [(person, f"suppressed: {reason} there") for person, reason in plan.suppressed]),
        ("!", [(person, f"kept out: {why}") for person, why in plan.kept_out]),
        ("?", [(person, "never confirmed there") for person in plan.unconfirmed]),
        (
            "~",
            [(one.now, f"language: {one.was.language or 'none'} is now {one.now.language}") for one in plan.languages],
        ),
    ]
    rows = [(sign, person.address, why) for sign, those in kinds for person, why in those[:_SHOWN]]
    if rows:
        print_table(("", "address", ""), rows)


def _totals(plan: "ImportPlan") -> str:
    told = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in plan.counts.items())
    languages = f"; {len(plan.languages)} told of in another language" if plan.languages else ""
    return f"{plan.name}: {told}{languages}"


def _plan_json(plan: "ImportPlan", *, dry_run: bool) -> dict[str, object]:
    return {
        "list": plan.name,
        "from": plan.tool,
        "dry_run": dry_run,
        "added": [person.address for person in plan.added],
        "left": [person.address for person in plan.left],
        "suppressed": [{"email": person.address, "reason": reason} for person, reason in plan.suppressed],
        "kept_out": [{"email": person.address, "reason": why} for person, why in plan.kept_out],
        "unchanged": len(plan.unchanged),
        "unconfirmed": [person.address for person in plan.unconfirmed],
        "languages": [{"email": one.now.address, "language": one.now.language} for one in plan.languages],
    }
