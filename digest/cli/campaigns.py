"""Commands about a campaign that exists: approve, pause, resume, cancel, report, settle, retry."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.content import warn_of_failures
from digest.cli.documents import report_json, source_json
from digest.cli.session import At, Json, Yes, confirm, note, print_json, print_table, run, session
from digest.errors import UsageError
from digest.model import CampaignStatus, DeliveryState

if TYPE_CHECKING:
    from digest.model import Report
    from digest.pipeline import Settled

_Campaign = Annotated[str, typer.Argument(metavar="CAMPAIGN")]
_SHOWN = 20  # addresses in doubt that are named


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    for verb, help_text in _MOVES.items():
        cli.command(verb, help=help_text)(_mover(verb))
    cli.command()(resume)
    cli.command()(report)
    cli.command()(settle)
    cli.command()(retry)


_MOVES = {
    "approve": "Let a prepared or held edition go; `digest send` or the running service sends it.",
    "hold": "Keep a prepared edition back.",
    "pause": "Stop sending a campaign, also one that another process sends; `resume` goes on where it stopped.",
    "cancel": "Take back whatever of a campaign is not sent yet.",
}


def _mover(verb: str) -> Callable[..., None]:
    def command(context: typer.Context, campaign: _Campaign, json: Json = False) -> None:
        from digest import pipeline  # noqa: PLC0415

        with session(context).app() as app:
            pipeline.move(app, campaign, verb)
            told = pipeline.report(app, campaign).report
        show_report(told, json=json)

    return command


def resume(
    context: typer.Context,
    campaign: _Campaign,
    recompose: Annotated[
        bool, typer.Option("--recompose", help="Compose the edition anew for those who have not got it yet.")
    ] = False,
    at: At = None,
    json: Json = False,
) -> None:
    """Go on sending a paused campaign, as it was or composed anew from what sources and editors say now."""
    from digest import pipeline  # noqa: PLC0415

    with session(context).app(at=at) as app:
        if not recompose:
            pipeline.move(app, campaign, "resume")
            show_report(pipeline.report(app, campaign).report, json=json)
            return
        made = run(app, pipeline.recompose(app, campaign, app.now))
    warn_of_failures(made.sources)
    held = made.report.status is CampaignStatus.HELD
    way_on = f"look at it, then `digest approve {campaign}`" if held else _goes_on(campaign)
    told = f"composed anew for the {made.pending} who have not got it yet; {way_on}"
    show_report(made.report, json=json, note_text=told, sources=[source_json(one) for one in made.sources])
    if held:
        raise typer.Exit(1)


def report(
    context: typer.Context,
    campaign: _Campaign,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write who got it, a row each; - for stdout.")
    ] = None,
    json: Json = False,
) -> None:
    """Tell how a campaign went: who accepted, who did not, and what their servers said."""
    from digest import pipeline  # noqa: PLC0415
    from digest.cli.spreadsheet import STDOUT, write_csv  # noqa: PLC0415
    from digest.deliver.reasons import plain_reason  # noqa: PLC0415

    if csv == STDOUT and json:
        raise UsageError("--csv - and --json both want stdout; write the CSV to a file")
    with session(context).app() as app:
        told = pipeline.report(app, campaign)
        if csv is not None:
            written = write_csv(csv, pipeline.recipients(app, campaign), zone=app.config.network.zone)
            note(f"{written} rows written" + ("" if csv == STDOUT else f" to {csv}"))
    replies = [
        {
            "state": one.state.value,
            "stage": one.stage,
            "reason": plain_reason(one.state, code=one.code, reply=one.reply),
            "code": one.code,
            "reply": one.reply,
            "people": one.people,
        }
        for one in told.replies
    ]
    if json:
        print_json(report_json(told.report) | {"domains": [asdict(one) for one in told.domains], "replies": replies})
        return
    if csv == STDOUT:
        return
    show_report(told.report, json=False)
    for rows in ([asdict(one) for one in told.domains], replies):
        if rows:
            print_table(list(rows[0]), [tuple(row.values()) for row in rows])


def settle(
    context: typer.Context,
    campaign: _Campaign,
    log: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="A Postfix log, plain or gzipped; - for stdin; may be repeated."),
    ] = None,
    resend: Annotated[
        bool, typer.Option("--resend", help="Queue what is in doubt again; they may get it twice.")
    ] = False,
    leave: Annotated[bool, typer.Option("--leave", help="Leave what is in doubt as it is, and ask no more.")] = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Settle deliveries that perhaps arrived: by the relay's log, by sending again, or by leaving them."""
    from digest import pipeline  # noqa: PLC0415
    from digest.cli.logs import log_lines  # noqa: PLC0415

    if resend and leave:
        raise UsageError("--resend and --leave exclude each other")
    with session(context).app() as app:
        if resend:
            before = pipeline.report(app, campaign).report
            some = (
                "what the log does not show"
                if log
                else f"{before.in_doubt + before.states[DeliveryState.IN_FLIGHT]} deliveries"
            )
            confirm(lambda: f"Send {some} of {campaign} again? Who got it already gets it twice.", yes=yes)
        lines = log_lines(log) if log else None
        settled = pipeline.settle(app, campaign, app.now, log=lines, resend=resend, leave=leave)
    told = [
        f"{settled.accepted} accepted, as the log shows" if log else "",
        f"{settled.came_back} of them came back to the relay" if settled.came_back else "",
        f"{settled.queued} queued again; {_goes_on(campaign)}" if resend else "",
        f"{settled.left} left as they are" if leave else "",
        f"{len(settled.doubts)} who left or are suppressed stay in doubt" if resend and settled.doubts else "",
    ]
    note_text = "; ".join(part for part in told if part) or ("" if settled.doubts else "nothing is in doubt")
    _show_settled(settled, json=json, note_text=note_text)


def retry(
    context: typer.Context,
    campaign: _Campaign,
    failed: Annotated[bool, typer.Option("--failed", help="What was rejected or given up.")] = False,
    deferred: Annotated[bool, typer.Option("--deferred", help="What is deferred, without waiting.")] = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Queue what failed again, save for suppressed addresses and people who left."""
    from digest import pipeline  # noqa: PLC0415

    with session(context).app() as app:
        before = report_json(pipeline.report(app, campaign).report)
        chosen = {"rejected": failed, "deferred": deferred}
        if not any(chosen.values()):
            counts = f"--failed ({before['rejected']} rejected) or --deferred ({before['deferred']} deferred)"
            raise UsageError(f"Say what to try again: {counts}")
        what = " and ".join(f"{before[state]} {state}" for state, wanted in chosen.items() if wanted)
        confirm(lambda: f"Try {what} deliveries of {campaign} again?", yes=yes)
        settled = pipeline.retry(app, campaign, failed=failed, deferred=deferred)
    way_on = _goes_on(campaign) if settled.report.status is CampaignStatus.SENDING else f"it is {settled.report.status}"
    told = f"{settled.queued} queued again; {way_on}" if settled.queued else "nothing to try again"
    _show_settled(settled, json=json, note_text=told)


def show_report(report: "Report", *, json: bool, note_text: str = "", **more: Any) -> None:
    """A campaign's counts, what asks for a person, and why they are as they are."""
    if json:
        print_json(report_json(report) | {"note": note_text} | more)
        return
    document = report_json(report)
    rows = [(key, value) for key, value in document.items() if key not in {"skipped", "in_doubt"} and value != ""]
    rows += [(f"skipped: {reason}", people) for reason, people in report.skipped.items()]
    print_table(("", ""), rows)
    if note_text:
        note(note_text)
    tell_doubts(report)


def tell_doubts(report: "Report") -> None:
    """What nobody knows of, and the way to settle it."""
    if report.in_doubt:
        note(f"{report.campaign}: {report.in_doubt} in doubt, perhaps delivered; `digest settle {report.campaign}`")


def _show_settled(settled: "Settled", *, json: bool, note_text: str) -> None:
    if json:
        counts = {"accepted": settled.accepted, "came_back": settled.came_back, "queued": settled.queued}
        show_report(
            settled.report,
            json=True,
            note_text=note_text,
            settled=counts | {"left": settled.left},
            addresses=settled.doubts[:_SHOWN],
        )
        return
    show_report(settled.report, json=False, note_text=note_text)
    if settled.doubts:
        print_table(("in doubt",), [(address,) for address in settled.doubts[:_SHOWN]])
        if len(settled.doubts) > _SHOWN:
            note(
                f"and {len(settled.doubts) - _SHOWN} more; `digest report {settled.report.campaign} --csv FILE` has all"
            )
        note("ways out: --log FILE (the relay's Postfix log), --resend (they may get it twice), --leave")


def _goes_on(campaign: str) -> str:
    return f"`digest send {campaign}` or the running service sends it"
