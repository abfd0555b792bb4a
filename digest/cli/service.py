"""Commands that run or look after the service: demo, check, status, run, web."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from digest.cli.answers import confirm, note, print_json, print_table, read_text, say, warn_of_sources
from digest.cli.campaigns import besides, tell_doubts
from digest.cli.session import At, Json, LogForm, Yes, run, session
from digest.core import announcements, campaigns, health
from digest.documents import report_json
from digest.errors import UsageError, without_source

if TYPE_CHECKING:
    from datetime import datetime

    from digest.app import App
    from digest.core.campaigns import Seen, SeenRelay
    from digest.core.health import Check, Overview, Trouble


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.command()(demo)
    cli.command()(check)
    cli.command()(status)
    cli.command()(jobs)
    cli.command()(backup)
    cli.command()(restore)
    cli.command("run")(run_service)
    cli.command("web")(run_web)
    cli.command("worker")(run_worker)


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
    if email is not None:
        _check_email(context, email, at=at, json=json)
        return

    async def gather(app: "App") -> "list[Check]":
        return [one async for one in health.look_over(app, app.now)]

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

    text = read_text(Path(wanted)) if wanted.endswith(".md") else None
    here = session(context)
    with here.app(at=at) as app:
        if text is None:
            checked = run(app, health.check_edition(app, app.digest(wanted), app.now))
        else:
            text = run(app, announcements.with_own_pictures(app, text, Path(wanted), app.now))
            checked = run(app, health.check_announcement(app, text, app.now, name=Path(wanted).name))
    warn_of_sources(here.sources)
    errors = sum(one.level == "error" for one in checked.findings)
    if json:
        told = {"email": wanted, "subject": checked.subject, "nothing": checked.nothing}
        counts = {"errors": errors, "warnings": len(checked.findings) - errors}
        print_json(
            told
            | counts
            | {"findings": [{"level": one.level, "what": one.what, "detail": one.detail} for one in checked.findings]}
        )
    elif checked.nothing:
        note(f"No mail would be sent: {checked.nothing}.")
    else:
        rows: list[tuple[str, str, str]] = [(one.level, one.what, one.detail) for one in checked.findings]
        say(checked.subject)
        print_table(("", "", ""), rows or [("ok", "", "nothing found")])
    if errors:
        raise typer.Exit(1)


def status(context: typer.Context, at: At = None, json: Json = False) -> None:
    """Tell what runs and how it stands; exit 1 when something that was due did not happen."""
    with session(context).app(at=at) as app:
        overview, troubles = health.status(app, app.now), health.troubles(app, app.now)
        late = health.overdue(app, app.now)
        zone, workers = app.config.network.zone, campaigns.seen_workers(app)
        relays, queues = campaigns.seen_relays(app, app.now), health.queues(app)

    outdated = filter(None, (campaigns.outdated(workers), campaigns.otherwise_configured(app, workers)))
    document: dict[str, Any] = {
        "overdue": list(late),
        "drafts": list(overview.drafts),
        "troubles": [{"told": one.told, "mend": one.mend} for one in troubles],
        "warnings": [*overview.failing, *overview.lists_not_applied, *overview.came_back, *outdated],
        "sources": [
            {
                "source": state.name,
                "items": state.item_count,
                "last_success_at": _iso(state.last_success_at, zone),
                "last_error_at": _iso(state.last_error_at, zone),
                "unreadable": list(state.unreadable),
                "last_error": state.last_error and without_source(state.last_error, state.name),
            }
            for state in overview.sources.values()
        ],
        "lists": [{"name": name, "active": count} for name, count in overview.lists.items()],
        "digests": [{"name": name, "next_due": _iso(moment, zone)} for name, moment in overview.next_due.items()],
        "campaigns": [report_json(report) for report in overview.campaigns],
    }
    document["queued"] = overview.queued
    document["relays"] = [
        {
            "relay": one.name,
            "state": one.state,
            "seconds": round(one.until),
            "failure": one.failure,
            "rate": one.rate,
            "connections": one.connections,
            "today": one.today,
            "maximum": one.maximum,
        }
        for one in relays
    ]
    if app.store.shared:
        document["workers"] = [
            {
                "worker": one.name,
                "kind": one.kind,
                "version": one.version,
                "outdated": one.is_outdated,
                "config": one.config,
                "alive": one.is_alive,
                "started_at": _iso(one.started_at, zone),
                "seen_at": _iso(one.seen_at, zone),
                "connections": one.connections,
                "rate": round(one.rate, 1),
                "chunks": list(one.chunks),
            }
            for one in workers
        ]
        document["queues"] = [asdict(one) | {"oldest": round(one.oldest)} for one in queues]
    if json:
        print_json(document)
    else:
        _tell(overview, document["warnings"], troubles, late, zone)
        _show_workers(workers, zone)
        if workers:
            rows = [(one.queue, one.waiting, one.under_way, one.later, f"{one.oldest:.0f} s") for one in queues]
            print_table(("queue", "waiting", "under way", "later", "longest"), rows, title="queues")
        _show_relays(relays)
    if late:
        raise typer.Exit(1)


def _tell(
    overview: "Overview", warnings: Sequence[str], troubles: "Sequence[Trouble]", late: Sequence[str], zone: ZoneInfo
) -> None:
    for told in late:
        note(f"overdue: {told}")
    for told in warnings:
        if told not in {one.told for one in troubles}:
            note(f"warning: {told}")
    for one in troubles:
        note(f"needs you: {one.told}; `{one.mend}`")
    for told in overview.drafts:
        note(told)
    for campaign in overview.campaigns:
        tell_doubts(campaign)
    _show_status(overview, zone)


def _show_status(overview: "Overview", zone: ZoneInfo) -> None:
    def local(moment: "datetime | None") -> str:
        return f"{moment.astimezone(zone):%a %d %b %Y %H:%M}" if moment else ""

    sources = [(one.name, one.item_count, local(one.last_success_at)) for one in overview.sources.values()]
    sent = [
        (
            one.campaign,
            "approved" if one.campaign in overview.agreed else one.standing,
            f"{one.accepted} of {one.recipients}",
            besides(one),
        )
        for one in overview.campaigns
    ]
    for title, columns, rows in (
        ("sources", ("source", "items", "last read"), sources),
        ("lists", ("list", "active"), list(overview.lists.items())),
        ("digests", ("digest", "next due"), [(name, local(moment)) for name, moment in overview.next_due.items()]),
        ("campaigns", ("campaign", "status", "accepted", ""), sent),
    ):
        if rows:
            print_table(columns, rows, title=title)


def _show_workers(workers: "Sequence[Seen]", zone: ZoneInfo) -> None:
    if not workers:
        return
    rows = [
        (
            one.name,
            one.kind,
            one.version,
            f"{'' if one.is_alive else 'lost since '}{one.seen_at.astimezone(zone):%a %d %b %Y %H:%M}",
            one.connections,
            f"{one.rate:.0f}/s",
            ", ".join(one.chunks),
        )
        for one in workers
    ]
    print_table(("worker", "as", "version", "seen", "connections", "rate", "chunks"), rows, title="workers")


def _show_relays(relays: "Sequence[SeenRelay]") -> None:
    """Nothing of a server that is the only one, and well."""
    if len(relays) == 1 and relays[0].state == "ok" and not relays[0].today_told:
        return
    rows = [
        (
            one.name,
            f"{one.state} for {one.until:.0f} s" if one.until else one.state,
            f"{one.rate:g}/s" if one.rate else "",
            one.connections,
            one.today_told,
            one.failure,
        )
        for one in relays
    ]
    print_table(("relay", "state", "rate", "connections", "mails", ""), rows, title="relays")


def jobs(context: typer.Context, at: At = None, json: Json = False) -> None:
    """Tell what the running service does and when: each job's last and next run, each digest's next times."""
    from digest.resources import bundled  # noqa: PLC0415
    from digest.service.ticks import load_jobs  # noqa: PLC0415

    with session(context).app(at=at) as app:
        known = {one.job: one for one in health.runs(app)}
        digests, zone = health.next_times(app, app.now), app.config.network.zone
    told = []
    for job, _ in load_jobs(bundled("jobs")):
        run_ = known.get(job.id)
        told.append(
            {
                "job": job.id,
                "every": job.every.total_seconds(),
                "last_run_at": _iso(run_.started_at if run_ else None, zone),
                "last_success_at": _iso(run_.succeeded_at if run_ else None, zone),
                "next_run_at": _iso(run_.started_at + job.every if run_ else None, zone),
                "error": run_.error if run_ else "",
            }
        )
    times = [
        {"digest": one.digest, "drafted_at": _iso(one.drafted_at, zone), "due_at": _iso(one.due_at, zone)}
        for one in digests
    ]
    if json:
        print_json({"jobs": told, "digests": times})
        return
    print_table(
        ("job", "every", "last run", "last success", ""),
        [(one["job"], f"{one['every']:g} s", one["last_run_at"], one["last_success_at"], one["error"]) for one in told],
    )
    if times:
        print_table(("digest", "drafted", "due"), [tuple(one.values()) for one in times])
    if not known:
        note("the service has not run on this store yet: `digest run`")


def _iso(moment: "datetime | None", zone: ZoneInfo) -> str | None:
    return moment.astimezone(zone).isoformat(timespec="seconds") if moment else None


def backup(context: typer.Context, file: Annotated[Path, typer.Argument(metavar="FILE")]) -> None:
    """Write the store (SQLite) into one file, as it is at one instant, its pictures beside that; also while it runs."""
    with session(context).app() as app:
        pictures = health.back_up(app, file, app.now)
    say(f"Backed up to {file}.")
    if pictures.there:
        say(f"Its pictures, {pictures.there} files, are beside it in {health.PICTURES_BESIDE}: keep both together.")


def restore(
    context: typer.Context, file: Annotated[Path, typer.Argument(metavar="FILE")], yes: Yes = False, json: Json = False
) -> None:
    """Put a backup in the place of what the store holds; what may have gone since waits for you."""
    here = session(context)
    with here.app() as app:
        confirm(lambda: f"Replace all that {app.store.place} holds by {file}?", yes=yes)
        done = health.restore(app, file, app.now, by=here.by)
        zone = app.config.network.zone
    if json:
        taken_at = _iso(done.taken_at, zone)
        pictures = {"there": done.pictures.there, "missing": done.pictures.missing}
        told = {"restored": str(file), "taken_at": taken_at, "kept": str(done.kept), "stopped": list(done.stopped)}
        print_json(told | {"pictures": pictures})
        return
    say(f"Restored as of {_iso(done.taken_at, zone)}; what the store held before is kept in {done.kept}.")
    if done.pictures.missing:
        beside = file.parent / health.PICTURES_BESIDE
        lost = f"{done.pictures.missing} files of its pictures are neither here nor in {beside}"
        note(f"{lost}; bring that folder and restore again, or mails of then are shown without them.")
    note("Who left since then is not known any more: look into the old file before you send.")
    for name in done.stopped:
        look = f"drafts show {name.split()[1]}" if name.startswith("draft ") else f"report {name}"
        note(f"{name} does not go on by itself, since it may have gone: see `digest {look}`")


def run_service(
    context: typer.Context,
    logs: Annotated[
        LogForm | None, typer.Option(help="How logs are written; by [service] logs of config.toml unless given.")
    ] = None,
) -> None:
    """Run everything in one process: scheduler, sender and web, until SIGINT or SIGTERM; SIGHUP reloads config.toml."""
    from digest.cli.serving import serve_until_stopped  # noqa: PLC0415

    serve_until_stopped(session(context), logs=logs)


def run_web(context: typer.Context) -> None:
    """Answer the public pages, such as unsubscribe, web view and sign-up, and send the letters that these ask for."""
    from digest.resources import bundled  # noqa: PLC0415
    from digest.service.scheduler import running  # noqa: PLC0415
    from digest.service.ticks import load_jobs  # noqa: PLC0415
    from digest.web import serving  # noqa: PLC0415

    letters = tuple((job, tick) for job, tick in load_jobs(bundled("jobs")) if job.id == "letters")

    async def serve(app: "App") -> None:
        async with serving(app) as address, running(app, letters):
            note(f"pages at {address}; Ctrl-C stops")
            await app.stopping.wait()

    with session(context).app() as app:
        run(app, serve(app))


def run_worker(
    context: typer.Context,
    concurrency: Annotated[int, typer.Option(min=1, max=64, metavar="N", help="Chunks at a time.")] = 2,
    only_send: Annotated[
        bool, typer.Option("--only-send", help="Neither collect nor compose nor read returns for `digest run`.")
    ] = False,
    logs: Annotated[
        LogForm | None, typer.Option(help="How logs are written; by [service] logs of config.toml unless given.")
    ] = None,
) -> None:
    """Send campaigns together with other workers, on any machine, until SIGINT or SIGTERM; needs PostgreSQL.

    What `digest run` has to collect, to compose, to erase, and to read of what came back is done here as well.
    """
    config = session(context).config()
    if config.store.url.startswith("sqlite"):
        raise UsageError(
            'digest worker needs PostgreSQL, and config.toml has SQLite: give [store] url = "postgresql://..."'
        )
    if config.cluster is None:
        raise UsageError("digest worker needs a table [cluster] in config.toml, on every machine: see docs/scaling.md")
    from digest.resources import bundled  # noqa: PLC0415
    from digest.service.ticks import load_jobs  # noqa: PLC0415
    from digest.service.worker import work  # noqa: PLC0415

    jobs = () if only_send else load_jobs(bundled("jobs"))
    with session(context).app(config=config, logs=logs) as app:
        note(f"digest works, {concurrency} chunks at a time; Ctrl-C stops it after what is in flight")
        run(app, work(app, concurrency=concurrency, jobs=jobs))
