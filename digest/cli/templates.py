"""Commands about templates: list, copy."""

from typing import Annotated

import typer

from digest.cli.answers import print_json, print_table, say
from digest.cli.help import Commands
from digest.cli.session import Json, session

_Names = Annotated[list[str], typer.Argument(metavar="NAME...", help="Names, or patterns such as 'email/_partials/*'.")]


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    templates = typer.Typer(cls=Commands, help="The templates in effect, and copies to change.", no_args_is_help=True)
    templates.command("list")(list_templates)
    templates.command()(copy)
    cli.add_typer(templates, name="templates")


def list_templates(context: typer.Context, json: Json = False) -> None:
    """Show every template: what it is for, whose it is, and what to do about it."""
    from digest.render.own_templates import catalogue  # noqa: PLC0415

    listed = catalogue(session(context).config())
    if json:
        keys = ("name", "purpose", "path", "standing", "note")
        print_json([{key: getattr(one, key) for key in keys} for one in listed])
    else:
        print_table(("template", "", "what it is for", ""), [(t.name, t.standing, t.purpose, t.note) for t in listed])


def copy(
    context: typer.Context,
    names: _Names,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there already.")] = False,
    json: Json = False,
) -> None:
    """Copy shipped templates into the folder of [paths] templates, where they replace the shipped ones."""
    from digest.render.own_templates import copy_templates  # noqa: PLC0415

    copied = copy_templates(session(context).config(), names, force=force)
    if json:
        print_json({"copied": [str(path) for path in copied]})
        return
    for path in copied:
        say(path)
