"""The command about who did what: activity."""

from typing import Annotated

import typer

from digest.cli.answers import print_json, print_table
from digest.cli.session import Json, session
from digest.core import organisers
from digest.documents import activity_json


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command()(activity)


def activity(
    context: typer.Context,
    subject: Annotated[
        str | None, typer.Argument(metavar="[SUBJECT]", help="Only of this campaign, list, item or address.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest first.")] = 50,
    json: Json = False,
) -> None:
    """Tell who did what when, newest first."""
    with session(context).app() as app:
        found = organisers.latest_activity(app, limit=limit, subject=subject)
        zone = app.config.network.zone
    if json:
        print_json({"activity": [activity_json(one, zone) for one in found]})
        return
    rows = [
        (f"{one.at.astimezone(zone):%Y-%m-%d %H:%M}", str(one.by), one.verb, one.subject, one.detail) for one in found
    ]
    print_table(("at", "by", "verb", "subject", "detail"), rows)
