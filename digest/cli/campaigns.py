"""Commands about a campaign that exists: hold, pause, resume, cancel, report, settle, retry."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest import model
from digest.cli.answers import confirm, note, print_json, print_table, warn_of_sources
from digest.cli.session import At, Json, Yes, run, session
from digest.core import campaigns, editions
from digest.documents import report_json, source_json
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.core.campaigns import Sent, Settled
    from digest.model import Report, SourceResult

CampaignName = Annotated[str, typer.Argument(metavar="CAMPAIGN")]
_SHOWN = 20  # addresses in doubt that are named


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    for command in (hold, pause, resume, cancel, report, settle, retry):
        cli.command()(command)


def hold(context: typer.Context, campaign: CampaignName, json: Json = False) -> None:
    """Keep a prepared edition back."""
    here = session(context)
    with here.app() as app:
        campaigns.hold(app, campaign, by=here.by, now=app.now)
        told = campaigns.report(app, campaign).report
    show_report(told, json=json)


def pause(context: typer.Context, campaign: CampaignName, json: Json = False) -> None:
    """Stop sending a campaign, also one that another process sends; `resume` goes on where it stopped."""
    here = session(context)
    with here.app() as app:
        campaigns.pause(app, campaign, by=here.by, now=app.now)
        told = campaigns.report(app, campaign).report
    show_report(told, json=json)


def resume(
    context: typer.Context,
    campaign: CampaignName,
    recompose: Annotated[
        bool, typer.Option("--recompose", help="Compose the edition anew for those who have not got it yet.")
    ] = False,
    at: At = None,
    json: Json = False,
) -> None:
    """Go on sending a paused campaign, as it was or composed anew from what sources and editors say now."""
    here = session(context)
    with here.app(at=at) as app:
        if not recompose:
            campaigns.resume(app, campaign, by=here.by, now=app.now)
            show_report(campaigns.report(app, campaign).report, json=json)
            return
        made = run(app, editions.recompose(app, campaign, app.now, by=here.by))
    warn_of_sources(here.sources)
    held = made.report.status is model.CampaignStatus.HELD
    waits = held or made.report.status is model.CampaignStatus.PREPARED
    way_on = f"look at it, then `digest approve {campaign}`" if waits else _goes_on(campaign)
    told = f"composed anew for the {made.pending} who have not got it yet; {way_on}"
    show_report(made.report, json=json, note_text=told, sources=[source_json(one) for one in here.sources])
    if held:
        raise typer.Exit(1)


def cancel(context: typer.Context, campaign: CampaignName, yes: Yes = False, json: Json = False) -> None:
    """Take back whatever of a campaign is not sent yet; who got it already keeps it."""
    here = session(context)
    with here.app() as app:
        before = campaigns.report(app, campaign).report
        got = sum(before.states[state] for state in model.DeliveryState.perhaps_received())
        left = before.states[model.DeliveryState.QUEUED] + before.states[model.DeliveryState.DEFERRED]
        have = f"{got} of {before.recipients} people have got it, or may have; " if got else "Nobody has got it yet; "
        confirm(lambda: f"{have}take it back from the {left} who have not?", yes=yes)
        campaigns.cancel(app, campaign, by=here.by, now=app.now)
        told = campaigns.report(app, campaign).report
    stays = f"{got} had got it, or may have; what it showed them stays shown" if got else ""
    show_report(told, json=json, note_text=stays)


def report(
    context: typer.Context,
    campaign: CampaignName,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write who got it, a row each; - for stdout.")
    ] = None,
    json: Json = False,
) -> None:
    """Tell how a campaign went: who accepted, who did not, and what their servers said."""
    from digest.cli.spreadsheet import STDOUT, write_csv  # noqa: PLC0415

    if csv == STDOUT and json:
        raise UsageError("--csv - and --json both want stdout; write the CSV to a file")
    with session(context).app() as app:
        told = campaigns.report(app, campaign)
        if csv is not None:
            written = write_csv(csv, campaigns.recipients(app, campaign), zone=app.config.network.zone)
            note(f"{written} rows written" + ("" if csv == STDOUT else f" to {csv}"))
    replies = [
        {
            "state": one.state.value,
            "stage": one.stage,
            "reason": one.reason,
            "code": one.code,
            "reply": one.reply,
            "people": one.people,
        }
        for one in told.replies
    ]
    domains, returned = [asdict(one) for one in told.domains], [asdict(one) for one in told.returns]
    relays = [asdict(one) for one in told.relays]
    if json:
        lists = {"domains": domains, "relays": relays, "replies": replies, "returns": returned}
        print_json(report_json(told.report) | lists)
        return
    if csv == STDOUT:
        return
    show_report(told.report, json=False)
    for rows in (domains, relays, replies, returned):
        if rows:
            print_table(list(rows[0]), [tuple(row.values()) for row in rows])


def settle(
    context: typer.Context,
    campaign: CampaignName,
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
    from digest.cli.logs import log_lines  # noqa: PLC0415

    if resend and leave:
        raise UsageError("--resend and --leave exclude each other")
    here = session(context)
    with here.app() as app:
        if resend:
            before = campaigns.report(app, campaign).report
            some = (
                "what the log does not show"
                if log
                else f"{before.in_doubt + before.states[model.DeliveryState.IN_FLIGHT]} deliveries"
            )
            confirm(lambda: f"Send {some} of {campaign} again? Who got it already gets it twice.", yes=yes)
        lines = log_lines(log) if log else None
        settled = campaigns.settle(app, campaign, app.now, by=here.by, log=lines, resend=resend, leave=leave)
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
    campaign: CampaignName,
    failed: Annotated[bool, typer.Option("--failed", help="What was rejected or given up.")] = False,
    deferred: Annotated[bool, typer.Option("--deferred", help="What is deferred, without waiting.")] = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Queue what failed again, save for suppressed addresses and people who left."""
    here = session(context)
    with here.app() as app:
        before = report_json(campaigns.report(app, campaign).report)
        chosen = {"rejected": failed, "deferred": deferred}
        if not any(chosen.values()):
            counts = f"--failed ({before['rejected']} rejected) or --deferred ({before['deferred']} deferred)"
            raise UsageError(f"Say what to try again: {counts}")
        what = " and ".join(f"{before[state]} {state}" for state, wanted in chosen.items() if wanted)
        confirm(lambda: f"Try {what} deliveries of {campaign} again?", yes=yes)
        settled = campaigns.retry(app, campaign, app.now, by=here.by, failed=failed, deferred=deferred)
    way_on = (
        _goes_on(campaign)
        if settled.report.status is model.CampaignStatus.SENDING
        else f"it is {settled.report.status}"
    )
    told = f"{settled.queued} queued again; {way_on}" if settled.queued else "nothing to try again"
    _show_settled(settled, json=json, note_text=told)


def show_report(report: "Report", *, json: bool, note_text: str = "", **more: Any) -> None:
    """A campaign's counts, what asks for a person, and why they are as they are."""
    if json:
        print_json(report_json(report) | {"note": note_text} | more)
        return
    document = report_json(report) | {"status": report.standing}
    rows = [(key, value) for key, value in document.items() if key not in {"skipped", "in_doubt"} and value != ""]
    rows += [(f"skipped: {reason}", people) for reason, people in report.skipped.items()]
    print_table(("", ""), rows)
    if note_text:
        note(note_text)
    tell_doubts(report)


def show_sent(sent: "Sent", sources: "Sequence[SourceResult]", *, json: bool) -> None:
    """The report, why nothing more is being sent, and the exit code."""
    warn_of_sources(sources)
    if json:
        extra = {"accepted_now": sent.accepted_now, "note": sent.note, "sources": [source_json(one) for one in sources]}
        print_json(report_json(sent.report) | extra)
    else:
        show_report(sent.report, json=False, note_text=sent.note)
    status, states = sent.report.status, sent.report.states
    waiting = status is model.CampaignStatus.SENDING and states[model.DeliveryState.QUEUED] and not sent.is_put_off
    everybody_refused = (
        states[model.DeliveryState.REJECTED] and states[model.DeliveryState.REJECTED] == sent.report.recipients
    )
    if waiting or everybody_refused or status is model.CampaignStatus.HELD:
        raise typer.Exit(1)


def besides(report: "Report") -> str:
    """What is to be told of a campaign besides whom it reached: counts of the rest, and the reason."""
    unsettled = (
        state
        for state in model.DeliveryState
        if state not in {model.DeliveryState.ACCEPTED, model.DeliveryState.SKIPPED}
    )
    counts = [f"{report.states[state]} {state.value}" for state in unsettled if report.states.get(state)]
    counts += [f"{people} {reason}" for reason, people in report.skipped.items()]
    return "; ".join(filter(None, (", ".join(counts), report.reason)))


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
