"""Composed anew: a stopped edition goes on, with what was collected since, to those who have none yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from digest.app import App
from digest.core.campaigns import moves
from digest.core.campaigns.frozen import freeze, remember
from digest.core.campaigns.lookup import campaign_named, to_oneself
from digest.core.campaigns.moves import Move
from digest.core.campaigns.preflight import errors_in
from digest.core.content.collection import collect
from digest.core.content.stock import stock
from digest.core.editions.approval import is_late, missing_approvals
from digest.core.editions.composition import composed
from digest.core.editions.review import reasons_to_hold
from digest.core.mail.links import render_edition
from digest.errors import UsageError
from digest.model import ITSELF, By, CampaignStatus, Report, Told
from digest.store import appearances, outbox
from digest.store.campaigns import ANNOUNCEMENT, Campaign


@dataclass(frozen=True, kw_only=True, slots=True)
class Recomposed:
    """A campaign that goes on with another edition, or is held for what that one says."""

    report: Report
    pending: int  # who gets it


async def recompose(app: App, name: str, now: datetime, *, by: By) -> Recomposed:
    """Collect and compose a stopped edition anew, for the same period, and let it go on.

    Who got the earlier one keeps it; a correction can be sent to exactly them. Where the new one asks for a person's
    eye, or preflight finds errors in it, it is held with the reason. Where nobody had the earlier one, it waits for its
    moment, and for those who must approve it.

    Raises:
        UsageError: when there is none of that name, or it cannot be composed anew, with the way out.
        TakenError: when another process is still sending it.
        TemplateError: when it cannot be rendered; nothing is changed.
    """
    with app.store.read() as connection:
        campaign = campaign_named(connection, name)
    _must_be_stopped(campaign)
    digest = app.digest(campaign.digest)
    results = await collect(app, now, by=by)
    with to_oneself(app, name) as campaign:
        with app.store.read() as connection:
            if not outbox.has_pending(connection, campaign):
                way_out = f"write to those who have it with `digest announce FILE.md --correcting {name}`"
                raise UsageError(f"Nobody waits for {name} any more; {way_out}")
        held = stock(app, now, leaving_out=campaign)
        with app.store.read() as connection:
            shown = appearances.shown_in(
                connection, digest.name, lists=digest.lists, leaving_out=campaign, of=held.items
            )
        edition = composed(app, held, digest, shown=shown, period=campaign.period, now=now, leaving_out=campaign)
        if not edition.entries:
            raise UsageError(f"Nothing would be left in {name}; take back what is not sent with `digest cancel {name}`")
        mail = render_edition(app, edition)
        reasons = (*reasons_to_hold(app, edition, results, shown, now), *errors_in(app, mail, edition, now))
        with app.store.write() as connection:
            remember(connection, campaign, edition)
            frozen = freeze(app, connection, campaign, edition, mail)
            move, why = _goes_on(app, connection, frozen, reasons, now)
            mover = ITSELF if move is Move.HOLD_RECOMPOSED else by
            if moves.moved(connection, frozen, move, by=mover, now=now, reason=Told.joined(why)) is None:
                _must_be_stopped(campaign_named(connection, name))
            pending = outbox.begin_version(connection, campaign)
            return Recomposed(report=outbox.report_of(connection, campaign_named(connection, name)), pending=pending)


def _goes_on(
    app: App, connection: Connection, frozen: Campaign, reasons: Sequence[str], now: datetime
) -> tuple[Move, Sequence[str]]:
    """Where what was composed anew goes from here, and why; by nobody's word it goes before it was approved."""
    if reasons:
        return Move.HOLD_RECOMPOSED, reasons
    missing = missing_approvals(app, connection, frozen)
    told = (Told("more_must", count=missing),) if missing else ()
    if missing and is_late(app, frozen, now):
        return Move.HOLD_RECOMPOSED, told  # prepared, it would be skipped as missed
    early = frozen.send_at is not None and now < frozen.send_at and not outbox.was_tried(connection, frozen)
    if missing or (early and frozen.status is CampaignStatus.HELD):
        return Move.RECOMPOSE_AHEAD, told
    return Move.RECOMPOSE, ()


def _must_be_stopped(campaign: Campaign) -> None:
    if campaign.digest == ANNOUNCEMENT:
        way_out = f"`digest cancel {campaign.name}`, then announce the text as it should be"
        raise UsageError(f"{campaign.name} is an announcement, not composed of items; {way_out}")
    if not moves.may_be(campaign, Move.RECOMPOSE):
        way_out = f"; `digest pause {campaign.name}` first" if campaign.status is CampaignStatus.SENDING else ""
        raise UsageError(f"{campaign.name} is {campaign.status}; only what is paused or held is composed anew{way_out}")
