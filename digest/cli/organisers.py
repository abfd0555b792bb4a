"""Commands about who runs the mail, where they are signed in, and who did what: organisers, activity."""

from typing import Annotated

import typer

from digest.cli.answers import note, print_json, print_table, say
from digest.cli.help import Commands
from digest.cli.session import Json, session
from digest.core import organisers
from digest.documents import activity_json, organiser_json
from digest.model import Organiser, Role

Email = Annotated[str, typer.Argument(metavar="EMAIL")]


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    about = "Who runs the mail and where they are signed in; a link to sign in by, and signing out."
    group = typer.Typer(cls=Commands, help=about, invoke_without_command=True)
    group.callback()(show)
    group.command()(link)
    group.command("sign-out")(sign_out)
    cli.add_typer(group, name="organisers")
    cli.command()(activity)


def show(context: typer.Context, json: Json = False) -> None:
    """Tell who runs the mail, and in how many browsers each is signed in."""
    if context.invoked_subcommand is not None:
        return
    with session(context).app() as app:
        now, zone = app.now, app.config.network.zone
        found = [(one, organisers.sessions_of(app, now, one)) for one in organisers.known(app.config)]
    if json:
        print_json({"organisers": [organiser_json(one, held, zone) for one, held in found]})
        return
    if not found:
        note("Nobody yet: add [[organisers]] to config.toml.")
    rows = [(one.email, one.name, one.role, ", ".join(one.lists) or _all(one), len(held)) for one, held in found]
    print_table(("email", "name", "role", "lists", "signed in"), rows)


def link(context: typer.Context, email: Email, json: Json = False) -> None:
    """Print a link by which an organiser signs in where no mail reaches them yet; it works once, for minutes."""
    here = session(context)
    with here.app() as app:
        url = organisers.sign_in_link(app, email, app.now, by=here.by)
        until = (app.now + organisers.VALID).astimezone(app.config.network.zone)
    if json:
        print_json({"email": email, "url": url, "expires_at": until.isoformat(timespec="seconds")})
        return
    say(url)
    note(f"It signs in whoever opens it first, until {until:%H:%M}.")


def sign_out(context: typer.Context, email: Email, json: Json = False) -> None:
    """End every session of an address, and let no link that was mailed to it be used."""
    here = session(context)
    with here.app() as app:
        ended = organisers.end_sessions(app, email, app.now, by=here.by)
    if json:
        print_json({"email": email, "ended": ended})
        return
    say(f"{email} is signed out" + (f" of {ended} browsers" if ended > 1 else "" if ended else " already"))


def _all(one: Organiser) -> str:
    return "none" if one.role is Role.ORGANISER else "all"


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
