"""The commands about announcements that are kept as drafts: write them down, look at them, let them go."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.answers import confirm, many, note, print_json, print_table, read_text, say
from digest.cli.campaigns import show_sent
from digest.cli.editions import Force, show_test
from digest.cli.help import Commands
from digest.cli.session import At, Json, Yes, parse_at, parse_email, run, session
from digest.core import announcements
from digest.documents import draft_json
from digest.errors import UsageError
from digest.resources import write_private

if TYPE_CHECKING:
    from digest.app import App
    from digest.model import Draft

DraftId = Annotated[int, typer.Argument(metavar="ID", help="The draft's number.")]


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(cls=Commands, invoke_without_command=True, help="Show announcements that are being written.")
    group.callback()(drafts)
    for command in (show, change, export, schedule, unschedule, send, discard):
        group.command()(command)
    group.command("import")(import_)
    group.command("test")(send_test)
    cli.add_typer(group, name="drafts")


def drafts(context: typer.Context, json: Json = False) -> None:
    """Show announcements that are being written."""
    if context.invoked_subcommand:
        return
    with session(context).app() as app:
        found, zone = announcements.kept_drafts(app), app.config.network.zone
    if json:
        print_json({"drafts": [draft_json(one, zone) for one in found]})
        return
    rows = []
    for one in found:
        written = announcements.written_of(one)
        when = f"{one.send_at.astimezone(zone):%Y-%m-%d %H:%M}" if one.send_at else one.campaign or one.trouble
        rows.append((one.id, one.state, when, written.subject, ", ".join(written.to) or one.correcting))
    print_table(("id", "state", "", "subject", "to"), rows)


def show(context: typer.Context, draft: DraftId, json: Json = False) -> None:
    """Show a draft: who gets it, what is wrong with it, and its text."""
    with session(context).app() as app:
        kept, zone = announcements.kept_draft(app, draft), app.config.network.zone
        seen = run(app, announcements.look(app, kept, app.now))
    people = seen.reach.people if seen.reach else None
    findings = [f"{one.level}: {one.what}: {one.detail}" for one in seen.findings]
    if json:
        left_out = dict(seen.reach.left_out) if seen.reach else {}
        found = {"people": people, "left_out": left_out, "problems": list(seen.problems), "findings": findings}
        print_json(draft_json(kept, zone) | found)
        return
    document = draft_json(kept, zone) | {"people": people}
    print_table(("", ""), [(name, value) for name, value in document.items() if value and name != "text"])
    for line in (*seen.problems, *findings):
        note(line)
    say(kept.text)


def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.md")],
    correcting: Annotated[
        str | None, typer.Option(metavar="CAMPAIGN", help="For those who got this faulty mail.")
    ] = None,
    json: Json = False,
) -> None:
    """Keep a file as a draft."""
    text, here = read_text(file), session(context)
    with here.app() as app:
        text = run(app, announcements.with_own_pictures(app, text, file, app.now))
        made = announcements.create_draft(app, text, name=file.name, correcting=correcting, by=here.by, now=app.now)
        show_draft(app, made, json=json)


def change(
    context: typer.Context,
    draft: DraftId,
    file: Annotated[Path, typer.Argument(metavar="FILE.md")],
    version: Annotated[
        int | None, typer.Option(min=1, help="Only if it is still this one; the latest unless given.")
    ] = None,
    json: Json = False,
) -> None:
    """Put a file in the place of a draft's text."""
    text, here = read_text(file), session(context)
    with here.app() as app:
        text = run(app, announcements.with_own_pictures(app, text, file, app.now))
        seen = version or announcements.kept_draft(app, draft).version
        try:
            made = announcements.change_draft(app, draft, text, version=seen, by=here.by, now=app.now)
        except announcements.OutdatedError as error:
            note(f"It says now:\n{error.current.text}")
            raise
        show_draft(app, made, json=json)


def export(
    context: typer.Context,
    draft: DraftId,
    out: Annotated[Path | None, typer.Option(metavar="FILE.md", help="Where to write it; else stdout.")] = None,
) -> None:
    """Write a draft as the file that `digest announce` takes."""
    with session(context).app() as app:
        text = announcements.exported(announcements.kept_draft(app, draft))
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        write_private(out, text)
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}") from None


def send_test(
    context: typer.Context,
    draft: DraftId,
    email: Annotated[str, typer.Argument(metavar="EMAIL")],
    json: Json = False,
) -> None:
    """Send a draft to one address; nothing is recorded."""
    address = parse_email(email, "EMAIL") or email
    with session(context).app() as app:
        subject = run(app, announcements.send_draft_test(app, draft, address, app.now))
    show_test(subject, address, json=json)


def schedule(
    context: typer.Context,
    draft: DraftId,
    time: Annotated[
        str | None, typer.Argument(metavar="[TIME]", help="An ISO time; what stands at `at:` in it unless given.")
    ] = None,
    at: At = None,
    force: Force = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Have the running service send a draft at a time; said again, at that time instead."""
    here = session(context)
    with here.app(at=at) as app:
        kept, when = announcements.kept_draft(app, draft), parse_at(time, app.config, option="TIME")
        typed = _confirmed(app, kept, "Schedule", yes=yes)
        scheduling = announcements.schedule_draft(
            app, draft, when, version=kept.version, by=here.by, now=app.now, typed=typed, force=force
        )
        show_draft(app, run(app, scheduling), json=json)


def unschedule(context: typer.Context, draft: DraftId, json: Json = False) -> None:
    """Keep a scheduled draft back."""
    here = session(context)
    with here.app() as app:
        version = announcements.kept_draft(app, draft).version
        made = announcements.unschedule_draft(app, draft, version=version, by=here.by, now=app.now)
        show_draft(app, made, json=json)


def send(
    context: typer.Context,
    draft: DraftId,
    at: At = None,
    force: Force = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Send a draft now."""
    here = session(context)
    with here.app(at=at) as app:
        kept, now = announcements.kept_draft(app, draft), app.now
        typed = _confirmed(app, kept, "Send", yes=yes)
        sending = announcements.send_draft(
            app, draft, version=kept.version, by=here.by, now=now, typed=typed, force=force
        )
        sent = run(app, sending)
    show_sent(sent, here.sources, json=json)


def discard(context: typer.Context, draft: DraftId, yes: Yes = False, json: Json = False) -> None:
    """Throw a draft away."""
    here = session(context)
    with here.app() as app:
        kept = announcements.kept_draft(app, draft)
        confirm(lambda: f'Throw "{announcements.written_of(kept).subject}" away?', yes=yes)
        gone = announcements.discard_draft(app, draft, version=kept.version, by=here.by, now=app.now)
        document = draft_json(gone, app.config.network.zone)
    if json:
        print_json({"discarded": document})
    else:
        say(f"Draft {draft} is gone.")


def _confirmed(app: "App", kept: "Draft", verb: str, *, yes: bool) -> int | None:
    """The number of people, once whoever is there has confirmed it: by typing it, where there are many."""
    people = announcements.reach(app, run(app, announcements.notice_of(app, kept, app.now)), app.now).people
    subject = announcements.written_of(kept).subject
    ask_people(app, lambda: (f'{verb} "{subject}" to {people} people?', people), yes=yes)
    return people


def ask_people(app: "App", question: Callable[[], tuple[str, int]], *, yes: bool) -> None:
    """Ask before a mail goes: for a yes, and, where it goes to many, for their number.

    Args:
        app: its limits say what is many.
        question: what is asked, and how many get it; not looked at where nobody is asked.
        yes: nobody is.

    Raises:
        UsageError: when nobody is there to be asked, or another number is typed.
    """
    asked = cache(question)
    confirm(lambda: asked()[0], yes=yes, number=lambda: many(asked()[1], app.config.limits.ask_above))


def show_draft(app: "App", draft: "Draft", *, json: bool) -> None:
    """A draft without its text."""
    document: dict[str, Any] = draft_json(draft, app.config.network.zone)
    if json:
        print_json(document)
        return
    print_table(("", ""), [(name, value) for name, value in document.items() if value and name != "text"])
