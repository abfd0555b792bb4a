"""Commands about one person: subscriber, subscribe, unsubscribe, suppress."""

from typing import Annotated

import typer

from digest.cli.answers import confirm, note, print_json, print_table, say
from digest.cli.cells import inline
from digest.cli.session import Json, Yes, parse_email, session
from digest.core import people
from digest.documents import subscriber_json
from digest.errors import UsageError
from digest.model import Recipient

Email = Annotated[str, typer.Argument(metavar="EMAIL")]


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    for command in (subscriber, subscribe, unsubscribe, suppress):
        cli.command()(command)


def subscriber(context: typer.Context, email: Email, json: Json = False) -> None:
    """Show all that is held about a person; --json is what they get who ask for their data."""
    with session(context).app() as app:
        story = people.person_story(app, email)
        zone = app.config.network.zone
    if story is None:
        raise UsageError(f"Nothing is held about {email}")
    document = subscriber_json(story, zone)
    if json:
        print_json(document)
        return
    print_table(("", ""), [(key, told) for key, value in document.items() if (told := inline(value))])


def subscribe(
    context: typer.Context,
    email: Email,
    name: Annotated[str, typer.Option("--list", metavar="LIST", help="Which list.")],
    consent: Annotated[
        str | None, typer.Option(metavar="TEXT", help='How the person agreed, such as "paper form, 3 May".')
    ] = None,
    called: Annotated[str, typer.Option("--name", metavar="NAME", help="The person's name.")] = "",
    yes: Yes = False,
) -> None:
    """Put a person on a list who agreed to it; how is put down in the journal of consent."""
    address = _address(email)
    if consent is None:
        raise UsageError(
            "Say how the person agreed, such as --consent 'paper form, 3 May'; "
            "inviting somebody by mail to agree comes with the sign-up pages"
        )
    here = session(context)
    with here.app() as app:
        before = people.hindrance(app, address, name)
        if before.left is not None:
            left = f"{before.left.astimezone(app.config.network.zone):%Y-%m-%d}"
            confirm(lambda: f"{address} left {name} on {left}. Did they agree after that?", yes=yes)
        person = Recipient(address=address, name=called.strip())
        new = people.subscribe(app, person, app.now, by=here.by, name=name, consent=consent)
    say(f"{address} is on {name}" + ("" if new else " already; nothing was written"))


def unsubscribe(
    context: typer.Context,
    email: Email,
    name: Annotated[
        str | None, typer.Option("--list", metavar="LIST", help="Only this list; else all they were ever on.")
    ] = None,
) -> None:
    """Take a person off a list, or off all, as if they had left by themselves: no file brings them back."""
    here, address = session(context), _address(email)
    with here.app() as app:
        changed = people.leave(app, address, app.now, by=here.by, name=name)
    say(f"{address} has left {name or 'every list'}" + ("" if changed else " already"))


def suppress(
    context: typer.Context,
    email: Email,
    reason: Annotated[str, typer.Option(metavar="REASON", help="Why, in a few words.")] = "by hand",
    lift: Annotated[bool, typer.Option("--lift", help="Let it be mailed again, by lists they did not leave.")] = False,
    yes: Yes = False,
) -> None:
    """Mail an address no more, whatever list it is on; or, with --lift, again."""
    here, address = session(context), _address(email)
    with here.app() as app:
        if not lift:
            new = people.suppress(app, address, app.now, by=here.by, reason=reason)
            say(f"{address} is suppressed" + ("" if new else " already; the first reason stays"))
            return
        confirm(lambda: f"Mail {address} again?", yes=yes)
        left = people.lift(app, address, app.now, by=here.by)
    say(f"{address} is suppressed no more")
    if left:
        note(f"they left {', '.join(left)}, and come back to that by confirming, never by this")


def _address(text: str) -> str:
    return parse_email(text, "EMAIL") or text
