"""Commands about one person: subscriber, subscribe, unsubscribe, suppress, preferences, forget, resend."""

from typing import TYPE_CHECKING, Annotated

import typer

from digest import model
from digest.cli.answers import confirm, note, print_json, print_table, say
from digest.cli.campaigns import CampaignName
from digest.cli.cells import inline
from digest.cli.session import At, Json, Yes, parse_at, parse_email, run, session
from digest.core import campaigns, people
from digest.documents import preferences_json, subscriber_json
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.app import App
    from digest.model import Recipient

Email = Annotated[str, typer.Argument(metavar="EMAIL")]


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    for command in (subscriber, subscribe, unsubscribe, suppress, preferences, forget, resend):
        cli.command()(command)


def subscriber(context: typer.Context, email: Email, json: Json = False) -> None:
    """Show all that is held about a person; --json is what they get who ask for their data."""
    with session(context).app() as app:
        story = people.person_story(app, email, app.now)
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
        str | None,
        typer.Option(metavar="TEXT", help='How they agreed, such as "paper form, 3 May"; it is kept.'),
    ] = None,
    called: Annotated[str, typer.Option("--name", metavar="NAME", help="The person's name.")] = "",
    yes: Yes = False,
) -> None:
    """Invite a person to a list: they are on it once they confirm. With --consent put them on it, as they agreed."""
    address = _address(email)
    if consent is None:
        _invite(context, model.Recipient(address=address, name=called.strip()), name, yes=yes)
        return
    here = session(context)
    with here.app() as app:
        _confirm_return(app, address, name, "Did they agree after that?", yes=yes)
        person = model.Recipient(address=address, name=called.strip())
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


def preferences(
    context: typer.Context,
    email: Email,
    mute: Annotated[
        list[str] | None, typer.Option(metavar="CATEGORY", help="Nothing of it, or of posts, events, vacancies.")
    ] = None,
    unmute: Annotated[list[str] | None, typer.Option(metavar="CATEGORY", help="That again.")] = None,
    pause_until: Annotated[str | None, typer.Option(metavar="DATE", help="No mail before then.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="End a pause.")] = False,
    digest: Annotated[
        str | None, typer.Option(metavar="DIGEST", help="This one of those that stand for each other (`instead_of`).")
    ] = None,
    only: Annotated[
        str | None, typer.Option(metavar="DIGEST", help="What is muted or paused: this digest alone; else all mail.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="TAG", help="Of headings, dates and buttons: one of the network's, as cy.")
    ] = None,
    at: At = None,
    json: Json = False,
) -> None:
    """Show what a person wants less of, or set it for them."""
    here, address = session(context), _address(email)
    if pause_until and resume:
        raise UsageError("--pause-until and --resume exclude each other")
    with here.app(at=at) as app:
        zone = app.config.network.zone
        until = parse_at(pause_until, app.config, option="--pause-until")
        change = people.Change(
            mute=mute or (),
            unmute=unmute or (),
            pause_until=until,
            resume=resume,
            choose=digest,
            digest=only,
            language=language,
        )
        if change == people.Change(mute=(), unmute=(), digest=only):
            held = people.preferences(app, address)
        else:
            held = people.change_preferences(app, address, change, app.now, by=here.by)
        chosen = people.chosen_language(app, address)
    document = preferences_json(held, zone)
    if json:
        print_json({"address": address, "preferences": document, **({"language": chosen} if chosen else {})})
        return
    rows = [(scope, key, inline(value)) for scope, one in document.items() for key, value in one.items()]
    rows += [("all mail", "language", chosen)] if chosen else []
    if not rows:
        note(f"{address} wants all that they are listed for")
        return
    print_table(("of", "", ""), rows)


def forget(context: typer.Context, email: Email, yes: Yes = False, json: Json = False) -> None:
    """Erase all that is held about a person; a keyed hash stays, so that no file brings them back."""
    here, address = session(context), _address(email)
    with here.app() as app:
        confirm(lambda: f"Erase all that is held about {address}? It cannot be taken back.", yes=yes)
        done = people.forget(app, address, app.now, by=here.by)
    if json:
        print_json(
            {"known": done.was_known, "files": done.files, "shredded": done.shredded, "listed": list(done.listed)}
        )
    else:
        held = "is forgotten" if done.was_known else "was not known, and stays unmailed from now on"
        say(f"The address {held}; {done.files} files that named it are deleted")
    if not done.shredded:
        note("another process uses the store, whose file may still hold what was erased: run the command again later")
    for name in done.listed:
        note(f'the configuration of the list "{name}" still names it: take it out there')


def resend(context: typer.Context, campaign: CampaignName, email: Email) -> None:
    """Send the very mail of a campaign once more to one person whom it was for."""
    here, address = session(context), _address(email)
    with here.app() as app:
        reply = run(app, campaigns.resend(app, campaign, address, app.now, by=here.by))
    say(f"{campaign} went to {address} once more: {reply}")


def _invite(context: typer.Context, person: "Recipient", name: str, *, yes: bool) -> None:
    here = session(context)
    with here.app() as app:
        _confirm_return(app, person.address, name, "Invite them all the same?", yes=yes)
        number = people.invite(app, person, app.now, by=here.by, name=name)
        if number is None:
            say(f"{person.address} is on {name} already; nothing was sent")
            return
        sent = run(app, people.send_letters(app, app.now, only=number))
    say(f"{person.address} is invited to {name}, and is on it once they confirm")
    if not sent:
        note("the mail was not taken yet; `digest run` tries it again")


def _confirm_return(app: "App", address: str, name: str, question: str, *, yes: bool) -> None:
    """Ask before somebody is brought back who left or asked to be forgotten."""
    before = people.hindrance(app, address, name)
    if before.left is not None:
        left = f"{before.left.astimezone(app.config.network.zone):%Y-%m-%d}"
        confirm(lambda: f"{address} left {name} on {left}. {question}", yes=yes)
    if before.forgotten:
        confirm(lambda: f"{address} asked to be forgotten. {question}", yes=yes)


def _address(text: str) -> str:
    return parse_email(text, "EMAIL") or text
