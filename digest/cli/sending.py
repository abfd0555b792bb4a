"""Commands that send: prepare, send, announce."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.campaigns import show_report
from digest.cli.content import warn_of_failures
from digest.cli.documents import report_json, source_json
from digest.cli.session import (
    At,
    Json,
    Yes,
    confirm,
    parse_email,
    print_json,
    read_text,
    run,
    session,
    write_mail,
)
from digest.errors import UsageError
from digest.model import CampaignStatus, DeliveryState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.pipeline import Sent

_Force = Annotated[bool, typer.Option("--force", help="In spite of errors that `digest check --email` finds.")]
_Test = Annotated[str | None, typer.Option(metavar="EMAIL", help="Send only to this address; nothing is recorded.")]


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.command()(prepare)
    cli.command()(send)
    cli.command()(announce)


def prepare(
    context: typer.Context,
    digest: Annotated[str, typer.Argument(metavar="DIGEST")],
    at: At = None,
    json: Json = False,
) -> None:
    """Collect, compose and freeze the period's edition, and plan who gets it; sends nothing."""
    from digest import pipeline  # noqa: PLC0415

    with session(context).app(at=at) as app:
        now = app.now
        pipeline.apply_lists(app, now)
        prepared = run(app, pipeline.prepare(app, app.digest(digest), now))
        told = pipeline.report(app, prepared.campaign.name).report
    warn_of_failures(prepared.sources)
    show_report(told, json=json, note_text="prepared already" if prepared.existed else "")


def send(
    context: typer.Context,
    digest: Annotated[str, typer.Argument(metavar="DIGEST-or-CAMPAIGN")],
    at: At = None,
    test: _Test = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would be sent to whom; sends nothing.")] = False,
    force: _Force = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Collect, prepare if need be, and send; run again, it goes on where it stopped.

    Named by itself, a campaign goes on, whatever its period.
    """
    from digest import pipeline  # noqa: PLC0415

    with session(context).app(at=at) as app:
        if not (test or dry_run) and pipeline.is_campaign(app, digest):
            confirm(lambda: f"Go on sending {digest}?", yes=yes)
            _told(run(app, pipeline.go_on(app, digest, app.now)), json=json)
            return
        chosen, now = app.digest(digest), app.now
        test = parse_email(test, "--test")
        if test is not None:
            shown = run(app, pipeline.send_test(app, chosen, now, test))
            _told_test(shown.rendered.subject, test, json=json)
            return
        if dry_run:
            shown = run(app, pipeline.preview(app, chosen, now))
            _dry_run(shown.rendered.subject, len(shown.edition.entries), _audience(app, chosen.lists), json=json)
            warn_of_failures(shown.sources)
            return
        confirm(lambda: f"Send {chosen.title or digest} to {_audience(app, chosen.lists)} people?", yes=yes)
        sent = run(app, pipeline.send(app, chosen, now, force=force))
    _told(sent, json=json)


def announce(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.md")],
    more: Annotated[list[str] | None, typer.Argument(metavar="[LIST...]", help="More lists.")] = None,
    to: Annotated[list[str] | None, typer.Option("--to", metavar="LIST", help="A list; may be repeated.")] = None,
    correcting: Annotated[
        str | None, typer.Option(metavar="CAMPAIGN", help="Instead of lists: those who got this faulty mail.")
    ] = None,
    at: At = None,
    test: _Test = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Only write it there as it would arrive; sends nothing.")
    ] = None,
    force: _Force = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Send a one-off announcement; a person on several of the lists gets one mail."""
    from digest import pipeline  # noqa: PLC0415

    names = [name for value in (*(to or ()), *(more or ())) for name in value.split(",") if name]
    if names and correcting:
        raise UsageError("--to and --correcting exclude each other: a correction goes to those who got the faulty mail")
    if not names and test is None and out is None and correcting is None:
        raise UsageError("Say who gets it: --to LIST (several: --to LIST --to LIST); or look at it: --out DIR")
    if test is not None and out is not None:
        raise UsageError("--test and --out exclude each other; run it twice")
    text, test = read_text(file), parse_email(test, "--test")
    sends = test is None and out is None
    with session(context).app(at=at) as app:
        now = app.now
        if correcting:
            drafting = pipeline.correction(app, text, name=file.name, of=correcting, now=now, keep=sends)
        else:
            drafting = pipeline.draft(app, text, name=file.name, list_names=names, now=now, keep=sends)
        notice = run(app, drafting)
        warn_of_failures(notice.sources)
        if out is not None:
            paths = write_mail(out, notice.announcement.name, pipeline.look_at(app, notice))
            _told_files(notice.rendered.subject, paths, json=json)
            return
        if test is not None:
            run(app, pipeline.announce_test(app, notice, test))
            _told_test(notice.rendered.subject, test, json=json)
            return
        whom = f"who received {correcting}" if correcting else f"on {', '.join(notice.list_names)}"
        subject = notice.rendered.subject
        confirm(lambda: f'Send "{subject}" to {pipeline.reach(app, notice)} people {whom}?', yes=yes)
        sent = run(app, pipeline.announce(app, notice, now, force=force))
    _told(sent, json=json)


def _told(sent: "Sent", *, json: bool) -> None:
    """The report, why nothing more is being sent, and the exit code."""
    warn_of_failures(sent.sources)
    if json:
        sources = [source_json(result) for result in sent.sources]
        extra = {"accepted_now": sent.accepted_now, "note": sent.note, "sources": sources}
        print_json(report_json(sent.report) | extra)
    else:
        show_report(sent.report, json=False, note_text=sent.note)
    status, states = sent.report.status, sent.report.states
    waiting = status is CampaignStatus.SENDING and states[DeliveryState.QUEUED]
    everybody_refused = states[DeliveryState.REJECTED] and states[DeliveryState.REJECTED] == sent.report.recipients
    if waiting or everybody_refused or status is CampaignStatus.HELD:
        raise typer.Exit(1)


def _told_test(subject: str, address: str, *, json: bool) -> None:
    if json:
        print_json({"test": address, "subject": subject, "accepted": 1})
    else:
        typer.echo(f'Sent "{subject}" to {address}; nothing was recorded.')


def _told_files(subject: str, paths: "Mapping[str, Path]", *, json: bool) -> None:
    if json:
        print_json({"subject": subject, "files": {suffix: str(path) for suffix, path in paths.items()}})
        return
    for path in paths.values():
        typer.echo(path)


def _dry_run(subject: str, entries: int, people: int, *, json: bool) -> None:
    if json:
        print_json({"dry_run": True, "subject": subject, "items": entries, "recipients": people if entries else 0})
    elif not entries:
        typer.echo("Nothing new: no mail would be sent.")
    else:
        typer.echo(f'Would send "{subject}" with {entries} items to {people} people; nothing was sent or recorded.')


def _audience(app: Any, list_names: "tuple[str, ...]") -> int:
    """How many people the lists hold together, as the configuration has them now."""
    from digest.pipeline import audience_size  # noqa: PLC0415

    return audience_size(app, list_names)
