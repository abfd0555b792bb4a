"""Commands about editions: preview, prepare, approve, send."""

from functools import cache
from pathlib import Path
from typing import Annotated

import typer

from digest.cli.answers import confirm, many, note, print_json, print_table, say, warn_of_sources, write_mail
from digest.cli.campaigns import CampaignName, show_report, show_sent
from digest.cli.cells import dates
from digest.cli.session import At, Json, Yes, parse_email, run, session
from digest.core import campaigns, editions, people
from digest.documents import edition_json, source_json
from digest.errors import UsageError

Force = Annotated[bool, typer.Option("--force", help="In spite of errors that `digest check --email` finds.")]
Language = Annotated[str | None, typer.Option(metavar="TAG", help="In this language of the network, whoever reads it.")]
Test = Annotated[str | None, typer.Option(metavar="EMAIL", help="Send only to this address; nothing is recorded.")]


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.command()(preview)
    cli.command()(prepare)
    cli.command()(approve)
    cli.command()(send)


def preview(
    context: typer.Context,
    digest: Annotated[str, typer.Argument(metavar="DIGEST")],
    at: At = None,
    as_email: Annotated[str | None, typer.Option("--as", metavar="EMAIL", help="As this person sees it.")] = None,
    mute: Annotated[
        list[str] | None,
        typer.Option(metavar="CATEGORY", help="As who muted it, or posts, events, vacancies; may be repeated."),
    ] = None,
    language: Language = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Where to write; else var/preview.")] = None,
    open_: Annotated[bool, typer.Option("--open", help="Open the HTML in a browser.")] = False,
    json: Json = False,
) -> None:
    """Write DIR/DIGEST.{html,txt,eml} as they would arrive; consumes nothing."""
    reader, here = parse_email(as_email, "--as"), session(context)
    with here.app(at=at) as app:
        wanted = editions.preview(
            app, app.digest(digest), app.now, as_email=reader, muted=mute or (), language=language
        )
        shown = run(app, wanted)
        folder = out or app.config.resolve(app.config.paths.var) / "preview"
        zone = app.config.network.zone
        paths = write_mail(app, folder, digest, shown)
    if reader is not None and not shown.reader_is_known:
        note(f"{reader} is on no list that was applied; this is how the mail would look to somebody new")
    if shown.has_nothing:
        note("They muted all that it has: no mail would go to them.")
    if json:
        print_json(
            {
                "digest": digest,
                "period": shown.edition.period,
                "subject": shown.subject,
                "muted": sorted(shown.muted),
                "nothing_wanted": shown.has_nothing,
                "frozen": shown.campaign is not None,
                "files": {suffix: str(path) for suffix, path in paths.items()},
                **edition_json(shown.edition, zone),
                "sources": [source_json(result) for result in here.sources],
            }
        )
    else:
        if not shown.edition.entries:
            note(f"Nothing new in {shown.edition.period}: no mail would be sent.")
        rows = [
            (entry.item.kind, group.category or "", entry.newness, entry.item.title, dates(entry, zone))
            for section in shown.edition.sections
            for group in section.groups
            for entry in group.entries
        ]
        print_table(("kind", "category", "why", "title", "when"), rows, title=shown.subject)
        for path in paths.values():
            say(path)
    warn_of_sources(here.sources)
    if open_:
        typer.launch(str(paths["html"]))


def prepare(
    context: typer.Context,
    digest: Annotated[str, typer.Argument(metavar="DIGEST")],
    at: At = None,
    json: Json = False,
) -> None:
    """Collect, compose and freeze the period's edition, and plan who gets it; sends nothing."""
    here = session(context)
    with here.app(at=at) as app:
        now = app.now
        people.apply_lists(app, now, by=here.by)
        prepared = run(app, editions.prepare(app, app.digest(digest), now, by=here.by))
        told = campaigns.report(app, prepared.campaign.name).report
    warn_of_sources(here.sources)
    show_report(told, json=json, note_text="prepared already" if prepared.existed else "")


def approve(context: typer.Context, campaign: CampaignName, json: Json = False) -> None:
    """Let a prepared or held edition go; `digest send` or the running service sends it."""
    here = session(context)
    with here.app() as app:
        editions.approve(app, campaign, by=here.by, now=app.now)
        told = campaigns.report(app, campaign).report
    show_report(told, json=json)


def send(
    context: typer.Context,
    digest: Annotated[str, typer.Argument(metavar="DIGEST-or-CAMPAIGN")],
    at: At = None,
    test: Test = None,
    language: Language = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would be sent to whom; sends nothing.")] = False,
    force: Force = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Collect, prepare if need be, and send; run again, it goes on where it stopped.

    Named by itself, a campaign goes on, whatever its period.
    """
    here = session(context)
    if language and not test:
        raise UsageError("--language goes with --test: what is sent for good goes to each in their own")
    with here.app(at=at) as app:
        if not (test or dry_run) and campaigns.is_campaign(app, digest):
            confirm(lambda: f"Go on sending {digest}?", yes=yes)
            show_sent(run(app, campaigns.go_on(app, digest, app.now, by=here.by)), here.sources, json=json)
            return
        chosen, now = app.digest(digest), app.now
        test = parse_email(test, "--test")
        if test is not None:
            shown = run(app, editions.send_test(app, chosen, now, test, language=language))
            show_test(shown.subject, test, json=json)
            return
        if dry_run:
            shown = run(app, editions.preview(app, chosen, now))
            audience = people.edition_audience(app, chosen, now)
            _show_dry_run(shown.rendered.subject, len(shown.edition.entries), audience, json=json)
            warn_of_sources(here.sources)
            return
        audience_of = cache(lambda: people.edition_audience(app, chosen, now))
        confirm(
            lambda: f"Send {chosen.title or digest} to {audience_of()} people?",
            yes=yes,
            number=lambda: many(audience_of(), app.config.limits.ask_above),
        )
        sent = run(app, editions.send(app, chosen, now, by=here.by, force=force))
    show_sent(sent, here.sources, json=json)


def show_test(subject: str, address: str, *, json: bool) -> None:
    """That a test was sent."""
    if json:
        print_json({"test": address, "subject": subject, "accepted": 1})
    else:
        say(f'Sent "{subject}" to {address}; nothing was recorded.')


def _show_dry_run(subject: str, entries: int, people: int, *, json: bool) -> None:
    if json:
        print_json({"dry_run": True, "subject": subject, "items": entries, "recipients": people if entries else 0})
    elif not entries:
        say("Nothing new: no mail would be sent.")
    else:
        say(f'Would send "{subject}" with {entries} items to {people} people; nothing was sent or recorded.')
