"""Revision: an edition composed again before anybody has it, or anew for those who have none yet."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from digest.app import App
from digest.compose import edition_from_json
from digest.core.campaigns import moves
from digest.core.campaigns.frozen import freeze, remember
from digest.core.campaigns.lookup import campaign_named, to_oneself
from digest.core.campaigns.moves import Move
from digest.core.campaigns.preflight import errors_in
from digest.core.content.collection import collect
from digest.core.content.stock import stock
from digest.core.editions.composition import composed
from digest.core.editions.recomposition import composed_again
from digest.core.editions.review import reasons_to_hold
from digest.core.editions.versions import same
from digest.core.mail.links import render_edition
from digest.errors import UsageError
from digest.model import ITSELF, By, CampaignStatus, Edition, Report
from digest.render import Compiled
from digest.store import appearances, campaigns, outbox
from digest.store.campaigns import ANNOUNCEMENT, Campaign
from digest.store.organisers import activity

_NOTHING_LEFT = "nothing is left in it"


@dataclass(frozen=True, kw_only=True, slots=True)
class Recomposed:
    """A campaign that goes on with another edition, or is held for what that one says."""

    report: Report
    pending: int  # who gets it


def take_over(
    app: App,
    connection: Connection,
    campaign: Campaign,
    again: Edition,
    mail: Compiled | None,
    *,
    by: By,
    now: datetime,
) -> tuple[Campaign, str]:
    """Put what a waiting edition became in its place, within the caller's transaction; without a mail it is cancelled.

    Returns:
        The campaign as it is then, and what changed, as a sentence.
    """
    if mail is None:
        cancelled = moves.moved(connection, campaign, Move.CANCEL, by=ITSELF, now=now, reason=_NOTHING_LEFT)
        return cancelled or campaign, _NOTHING_LEFT
    told = _what_changed(edition_from_json(campaign.edition or ""), again)
    remember(connection, campaign, again)
    activity.record(connection, at=now, by=by, verb="revise", subject=campaign.name, detail=told)
    return freeze(app, connection, campaign, again, mail), told


def freeze_again(app: App, campaign: Campaign, *, by: By, now: datetime) -> tuple[Campaign, str]:
    """Take over what was edited since a waiting edition was frozen; with nothing left in it, it is cancelled.

    Returns:
        The campaign as it is now, and what changed, as a sentence; "" where nothing did.

    Raises:
        TemplateError: when it cannot be rendered; it stays as it was.
    """
    while True:
        again = composed_again(app, campaign)
        if again is None:
            return campaign, ""
        mail = render_edition(app, again) if again.entries else None
        with app.store.write() as connection:
            locked = campaigns.locked(connection, campaign.id)
            if locked is None or not moves.may_be(locked, Move.APPROVE) or outbox.was_tried(connection, campaign):
                return locked or campaign, ""
            if same(locked, campaign):
                return take_over(app, connection, locked, again, mail, by=by, now=now)
        campaign = locked  # an editor was faster


async def recompose(app: App, name: str, now: datetime, *, by: By) -> Recomposed:
    """Collect and compose a stopped edition anew, for the same period, and let it go on.

    Who got the earlier one keeps it; a correction can be sent to exactly them. Where the new one asks for a person's
    eye, or preflight finds errors in it, it is held with the reason.

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
        move, mover = (Move.HOLD_RECOMPOSED, ITSELF) if reasons else (Move.RECOMPOSE, by)
        with app.store.write() as connection:
            if moves.moved(connection, campaign, move, by=mover, now=now, reason="; ".join(reasons)) is None:
                _must_be_stopped(campaign_named(connection, name))
            remember(connection, campaign, edition)
            freeze(app, connection, campaign, edition, mail)
            pending = outbox.begin_version(connection, campaign)
            return Recomposed(report=outbox.report_of(connection, campaign_named(connection, name)), pending=pending)


def _what_changed(before: Edition, again: Edition) -> str:
    if len(again.entries) != len(before.entries):
        return f"composed again: {len(again.entries)} items instead of {len(before.entries)}"
    return "composed again with what was edited"


def _must_be_stopped(campaign: Campaign) -> None:
    if campaign.digest == ANNOUNCEMENT:
        way_out = f"`digest cancel {campaign.name}`, then announce the text as it should be"
        raise UsageError(f"{campaign.name} is an announcement, not composed of items; {way_out}")
    if not moves.may_be(campaign, Move.RECOMPOSE):
        way_out = f"; `digest pause {campaign.name}` first" if campaign.status is CampaignStatus.SENDING else ""
        raise UsageError(f"{campaign.name} is {campaign.status}; only what is paused or held is composed anew{way_out}")
