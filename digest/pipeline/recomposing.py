"""Recompose: a campaign that was stopped in the middle goes on with another edition, for those who have none yet."""

from dataclasses import dataclass
from datetime import datetime

from digest.app import App
from digest.compose import appearances, edition_to_json
from digest.errors import UsageError
from digest.model import CampaignStatus, Report
from digest.pipeline.collecting import SourceResult, collect
from digest.pipeline.composing import composed
from digest.pipeline.known import campaign_named, to_oneself
from digest.pipeline.mailing import render_edition
from digest.pipeline.preflighting import errors_in
from digest.pipeline.reviewing import reasons_to_hold
from digest.pipeline.stock import stock
from digest.render import compiled_to_json
from digest.store import campaigns, outbox, settling
from digest.store.campaigns import ANNOUNCEMENT, Campaign

_STOPPED = (CampaignStatus.PAUSED, CampaignStatus.HELD)


@dataclass(frozen=True, kw_only=True, slots=True)
class Recomposed:
    """A campaign that goes on with another edition, or is held for what that one says."""

    report: Report
    pending: int  # who gets it
    sources: tuple[SourceResult, ...]


async def recompose(app: App, name: str, now: datetime) -> Recomposed:
    """Collect and compose a stopped edition anew, for the same period, and let it go on.

    Who got the earlier one keeps it; a correction can be sent to exactly them. Where the new one asks for a person's
    eye, or preflight finds errors in it, it is held with the reason.

    Raises:
        UsageError: when there is none of that name, or it cannot be composed anew, with the way out.
        DigestError: when another process is still sending it, or its digest is configured no more.
        TemplateError: when it cannot be rendered; nothing is changed.
    """
    with app.store.read() as connection:
        campaign = campaign_named(connection, name)
    _must_be_stopped(campaign)
    digest = app.digest(campaign.digest)
    sources = await collect(app, now)
    with to_oneself(app, name) as campaign:
        with app.store.read() as connection:
            if not outbox.has_pending(connection, campaign):
                way_out = f"write to those who have it with `digest announce FILE.md --correcting {name}`"
                raise UsageError(f"Nobody waits for {name} any more; {way_out}")
            shown = campaigns.shown_in(connection, digest.name, leaving_out=campaign)
        edition = composed(app, stock(app), digest, shown=shown, period=campaign.period, now=now, leaving_out=campaign)
        if not edition.entries:
            raise UsageError(f"Nothing would be left in {name}; take back what is not sent with `digest cancel {name}`")
        mail = render_edition(app, edition)
        reasons = (*reasons_to_hold(app, edition, sources, shown, now), *errors_in(app, mail, edition, now))
        with app.store.write() as connection:
            _must_be_stopped(campaign_named(connection, name))
            campaigns.replace_edition(
                connection,
                campaign.id,
                edition=edition_to_json(edition),
                rendered=compiled_to_json(mail),
                config_hash=app.config.hash,
                template_hash=app.renderer.template_hash,
                shown=appearances(edition),
            )
            pending = settling.begin_version(connection, campaign)
            status = CampaignStatus.HELD if reasons else CampaignStatus.SENDING
            campaigns.set_status(connection, campaign.id, status, "; ".join(reasons))
            return Recomposed(
                report=outbox.report(connection, campaign_named(connection, name)), pending=pending, sources=sources
            )


def _must_be_stopped(campaign: Campaign) -> None:
    if campaign.digest == ANNOUNCEMENT:
        way_out = f"`digest cancel {campaign.name}`, then announce the text as it should be"
        raise UsageError(f"{campaign.name} is an announcement, not composed of items; {way_out}")
    if campaign.status not in _STOPPED:
        way_out = f"; `digest pause {campaign.name}` first" if campaign.status is CampaignStatus.SENDING else ""
        raise UsageError(f"{campaign.name} is {campaign.status}; only what is paused or held is composed anew{way_out}")
