"""Commands that run or look after the service: demo, check, status, run, web."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.campaigns import tell_doubts
from digest.cli.content import warn_of_failures
from digest.cli.documents import report_json
from digest.cli.session import At, Json, note, print_json, print_table, read_text, run, session
from digest.errors import without_source

if TYPE_CHECKING:
    from digest.app import App
    from digest.pipeline.check import Check


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.command()(demo)
    cli.command()(check)
    cli.command()(status)
    cli.command("run")(run_service)
    cli.command("web")(run_web)


def demo(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where to work; an earlier demo there is replaced.")] = Path(
        "var/demo"
    ),
    serve: Annotated[bool, typer.Option("--serve", help="Stay up with the web pages.")] = False,
    json: Json = False,
) -> None:
    """Run the main job on the shipped sample network, into the embedded mailbox."""
    from digest.cli.demo import run_demo  # noqa: PLC0415

    run_demo(out, serve=serve, json=json)


def check(
    context: typer.Context,
    email: Annotated[
        str | None, typer.Option(metavar="DIGEST-or-FILE.md", help="Look at this digest's or announcement's mail.")
    ] = None,
    at: At = None,
    json: Json = False,
) -> None:
    """Look at config, store, lists, templates, sources, SMTP login and sender DNS; changes nothing."""
    from digest.pipeline.checking import look_over  # noqa: PLC0415

    if email is not None:
        _check_email(context, email, at=at, json=json)
        return

    async def gather(app: "App") -> "list[Check]":
        return [one async for one in look_over(app, app.now)]

    with session(context).app(at=at) as app:
        found = run(app, gather(app))
    rows = [("config", "ok", "valid"), *((one.what, one.level, one.detail) for one in found)]
    if json:
        print_json({"checks": [dict(zip(("what", "level", "detail"), row, strict=True)) for row in rows]})
    else:
        print_table(("", "", ""), rows)
    if any(level == "fail" for _, level, _ in rows):
        raise typer.Exit(1)


def _check_email(context: typer.Context, wanted: str, *, at: str | None, json: bool) -> None:
    from digest.pipeline.checking import check_announcement, check_edition  # noqa: PLC0415

    text = read_text(Path(wanted)) if wanted.endswith(".md") else None
    with session(context).app(at=at) as app:
        if text is None:
            checked = run(app, check_edition(app, app.digest(wanted), app.now))
        else:
            checked = run(app, check_announcement(app, text, app.now, name=Path(wanted).name))
    warn_of_failures(checked.sources)
    errors = sum(one.level == "error" for one in checked.findings)
    if json:
        told = {"email": wanted, "subject": checked.subject, "nothing": checked.nothing}
        counts = {"errors": errors, "warnings": len(checked.findings) - errors}
        print_json(told | counts | {"findings": [asdict(one) for one in checked.findings]})
    elif checked.nothing:
        note(f"No mail would be sent: {checked.nothing}.")
    else:
        rows: list[tuple[str, str, str]] = [(one.level, one.what, one.detail) for one in checked.findings]
        typer.echo(checked.subject)
        print_table(("", "", ""), rows or [("ok", "", "nothing found")])
    if errors:
        raise typer.Exit(1)


def status(context: typer.Context, at: At = None, json: Json = False) -> None:
    """Tell what runs and how it stands: sources, lists, next editions, latest campaigns."""
    from digest import pipeline  # noqa: PLC0415

    with session(context).app(at=at) as app:
        overview = pipeline.status(app, app.now)
        zone = app.config.network.zone

    def local(moment: Any) -> str | None:
        return moment.astimezone(zone).isoformat(timespec="seconds") if moment else None

    document: dict[str, list[dict[str, Any]]] = {
        "sources": [
            {
                "source": state.name,
                "items": state.item_count,
                "last_success_at": local(state.last_success_at),
                "last_error_at": local(state.last_error_at),
                "unreadable": list(state.unreadable),
                "last_error": state.last_error and without_source(state.last_error, state.name),
            }
            for state in overview.sources.values()
        ],
        "lists": [{"name": name, "active": count} for name, count in overview.lists.items()],
        "digests": [{"name": name, "next_due": local(moment)} for name, moment in overview.next_due.items()],
        "campaigns": [report_json(report) for report in overview.campaigns],
    }
    if json:
        print_json(document)
        return
    for told in overview.failing:
        note(f"warning: {told}")
    for campaign in overview.campaigns:
        tell_doubts(campaign)
    for title, rows in document.items():
        if rows:
            print_table(list(rows[0]), [[_cell(value) for value in row.values()] for row in rows], title=title)


def run_service(context: typer.Context) -> None:
    """Run everything in one process: scheduler, sender and web, until SIGINT or SIGTERM."""
    from digest.resources import bundled  # noqa: PLC0415
    from digest.scheduler import load_jobs, running  # noqa: PLC0415
    from digest.web import serving  # noqa: PLC0415

    async def serve(app: "App") -> None:
        async with serving(app) as address, running(app, load_jobs(bundled("jobs"))):
            note(f"digest runs; pages at {address}; Ctrl-C stops it after what is in flight")
            await app.stopping.wait()

    with session(context).app() as app:
        run(app, serve(app))


def run_web(context: typer.Context) -> None:
    """Answer the links in mails: unsubscribe, web view, items."""
    from digest.web import serving  # noqa: PLC0415

    async def serve(app: "App") -> None:
        async with serving(app) as address:
            note(f"pages at {address}; Ctrl-C stops")
            await app.stopping.wait()

    with session(context).app() as app:
        run(app, serve(app))


def _cell(value: object) -> object:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {inner}" for key, inner in value.items())
    return "\n".join(value) if isinstance(value, list) else value
