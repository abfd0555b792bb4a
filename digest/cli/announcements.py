"""The command about announcements: announce."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.answers import note, print_json, read_text, say, warn_of_sources, write_mail
from digest.cli.campaigns import show_sent
from digest.cli.drafts import ask_people, show_draft
from digest.cli.editions import Force, Test, show_test
from digest.cli.session import At, Json, Yes, parse_email, run, session
from digest.core import announcements
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.core.people.audience import Reach


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command()(announce)


def announce(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.md")],
    more: Annotated[list[str] | None, typer.Argument(metavar="[LIST...]", help="More lists.")] = None,
    to: Annotated[list[str] | None, typer.Option("--to", metavar="LIST", help="A list; may be repeated.")] = None,
    correcting: Annotated[
        str | None, typer.Option(metavar="CAMPAIGN", help="Instead of lists: those who got this faulty mail.")
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option("--except", metavar="LIST", help="Not to those on it; may be repeated.")
    ] = None,
    where: Annotated[
        str, typer.Option(metavar="CONDITION", help="Only to those who meet it: 'region = Fife and role != baker'.")
    ] = "",
    at: At = None,
    test: Test = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Only write it there as it would arrive; sends nothing.")
    ] = None,
    force: Force = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Send a one-off announcement; a person on several of the lists gets one mail."""
    names, left_out = _names(*(to or ()), *(more or ())), _names(*(without or ()))
    if correcting and (left_out or where):
        raise UsageError("--correcting goes to those who got the faulty mail; leave --except and --where out")
    if names and correcting:
        raise UsageError("--to and --correcting exclude each other: a correction goes to those who got the faulty mail")
    if test is not None and out is not None:
        raise UsageError("--test and --out exclude each other; run it twice")
    text, test, here = read_text(file), parse_email(test, "--test"), session(context)
    by = here.by if test is None and out is None else None
    with here.app(at=at) as app:
        now = app.now
        text = run(app, announcements.with_own_pictures(app, text, file, now))
        if correcting:
            drafting = announcements.correction(app, text, name=file.name, of=correcting, now=now, by=by)
        else:
            drafting = announcements.draft(
                app, text, name=file.name, list_names=names, without=left_out, where=where, now=now, by=by
            )
        notice = run(app, drafting)
        subject = notice.rendered.subject
        for line in announcements.told_of_pictures(notice):
            note(line)
        if not notice.audience.list_names and test is None and out is None and correcting is None:
            raise UsageError("Say who gets it: --to LIST (several: --to LIST --to LIST); or look at it: --out DIR")
        if out is not None:
            warn_of_sources(here.sources)
            paths = write_mail(app, out, notice.announcement.name, announcements.look_at(app, notice))
            _show_files(subject, paths, json=json)
            return
        if test is not None:
            warn_of_sources(here.sources)
            run(app, announcements.send_test(app, notice, test))
            show_test(subject, test, json=json)
            return
        whom = f"who received {correcting}" if correcting else f"on {', '.join(notice.audience.list_names)}"
        ask_people(app, lambda: _question(subject, announcements.reach(app, notice, now), whom), yes=yes)
        if notice.send_at is not None and notice.send_at > now:
            people = announcements.reach(app, notice, now).people
            keeping = announcements.keep_for_later(
                app, text, notice, name=file.name, by=here.by, now=now, typed=people, force=force
            )
            show_draft(app, run(app, keeping), json=json)
            note("The running service sends it then; `digest drafts` shows it, `digest drafts send` sends it at once.")
            return
        sent = run(app, announcements.announce(app, notice, now, by=here.by, force=force))
    show_sent(sent, here.sources, json=json)


def _names(*values: str) -> list[str]:
    return [name for value in values for name in value.split(",") if name]


def _question(subject: str, reach: "Reach", whom: str) -> tuple[str, int]:
    """Who gets it, who of the lists does not and why, and some of the people by name."""
    lines = []
    if reach.left_out:
        lines.append("Left out: " + ", ".join(f"{count} ({why})" for why, count in reach.left_out.items()))
    if reach.sample:
        lines.append("Among them: " + ", ".join(one.address for one in reach.sample))
    return "\n".join([*lines, f'Send "{subject}" to {reach.people} people {whom}?']), reach.people


def _show_files(subject: str, paths: Mapping[str, Path], *, json: bool) -> None:
    if json:
        print_json({"subject": subject, "files": {suffix: str(path) for suffix, path in paths.items()}})
        return
    for path in paths.values():
        say(path)
