"""The command that reads what came back: returns, also called bounces."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.answers import note, print_json, print_table
from digest.cli.session import Json, session
from digest.core import campaigns, people
from digest.documents import return_json, taken_json
from digest.errors import ConfigError, DigestError, UsageError

if TYPE_CHECKING:
    from digest.core.people import Taken

_PIPE = "-"
_TRY_AGAIN = 75  # EX_TEMPFAIL of sysexits.h: the mail server keeps the message and pipes it again later
_SHOWN = 200  # of what is unmatched


def register(cli: typer.Typer) -> None:
    """Add the command by both its names."""
    cli.command()(returns)
    cli.command("bounces", hidden=True)(returns)


def returns(
    context: typer.Context,
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="FILE|DIR|-", help="A Maildir, mbox, message, folder of messages, or stdin."),
    ] = None,
    unmatched: Annotated[
        bool, typer.Option("--unmatched", help="List what could be matched with nobody's copy; read nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """Read what came back (the mailbox of [returns], or --from): bounces, complaints, automatic replies."""
    if unmatched:
        if source is not None:
            raise UsageError("--unmatched reads nothing: leave out --from")
        _list_unmatched(context, json=json)
        return
    try:
        taken = _read(context, source)
    except DigestError as error:
        if source != _PIPE:
            raise
        note(_told(error))
        raise typer.Exit(_TRY_AGAIN) from None
    if json:
        print_json(taken_json(taken))
        return
    if source == _PIPE:  # whatever an alias prints, a mail server may send to somebody
        return
    print_table(("", ""), [("read", taken.read), ("known already", taken.known), *taken.kinds.items()])
    for address in taken.suppressed:
        note(f"{address} is suppressed")
    for name in taken.held:
        note(f"{name} is held: too much of it came back; `digest report {name}` tells what")
    if taken.unmatched:
        note(
            f"{taken.unmatched} are about nobody's copy, as far as can be told; `digest returns --unmatched` lists them"
        )


def _read(context: typer.Context, source: str | None) -> "Taken":
    here = session(context)
    place = sys.stdin.buffer if source == _PIPE else None if source is None else Path(source)
    with here.app() as app:
        return campaigns.read_returns(app, place, app.now, by=here.by)


def _list_unmatched(context: typer.Context, *, json: bool) -> None:
    with session(context).app() as app:
        count, latest = people.unmatched(app, limit=_SHOWN)
        zone = app.config.network.zone
    rows = [return_json(one, zone) for one in latest]
    if json:
        print_json({"count": count, "returns": rows})
        return
    columns = ("at", "kind", "class", "status", "reported_address", "detail")
    if rows:
        print_table(columns, [tuple(row.get(name, "") for name in columns) for row in rows])
    note(f"{count} unmatched" + (f"; the latest {_SHOWN} are listed" if count > _SHOWN else ""))


def _told(error: DigestError) -> str:
    return "\n".join(map(str, error.problems)) if isinstance(error, ConfigError) else f"digest: {error}"
