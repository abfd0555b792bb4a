"""Move: a person's word on a campaign: approve, hold, pause, resume, cancel."""

from collections.abc import Mapping
from dataclasses import replace

from digest.app import App
from digest.errors import UsageError
from digest.model import CampaignStatus, PersonSkip
from digest.pipeline.known import campaign_named
from digest.store import campaigns, outbox
from digest.store.campaigns import Campaign

BY_HAND = "by hand"
"""How the reason begins when a person moved the campaign."""

_MOVES: Mapping[str, tuple[frozenset[CampaignStatus], CampaignStatus]] = {
    "approve": (frozenset({CampaignStatus.PREPARED, CampaignStatus.HELD}), CampaignStatus.SENDING),
    "hold": (frozenset({CampaignStatus.PREPARED}), CampaignStatus.HELD),
    "pause": (frozenset({CampaignStatus.SENDING}), CampaignStatus.PAUSED),
    "resume": (frozenset({CampaignStatus.PAUSED}), CampaignStatus.SENDING),
    "cancel": (
        frozenset({CampaignStatus.PREPARED, CampaignStatus.HELD, CampaignStatus.SENDING, CampaignStatus.PAUSED}),
        CampaignStatus.CANCELLED,
    ),
}


def move(app: App, name: str, verb: str) -> Campaign:
    """Approve, hold, pause, resume or cancel a campaign; what is approved is taken as edited until now.

    Raises:
        UsageError: when there is none of that name, or it is not in a state for it.
        TemplateError: when what was edited cannot be rendered; the campaign stays as it was.
    """
    allowed, target = _MOVES[verb]
    reason = f"{BY_HAND} ({verb})"
    with app.store.read() as connection:
        waiting = campaigns.by_name(connection, name) if verb == "approve" else None
    if waiting is not None:
        from digest.pipeline.refreezing import NOTHING_LEFT, freeze_again  # noqa: PLC0415  (a pause waits for no renderer)

        waiting, told = freeze_again(app, waiting)
        if told == NOTHING_LEFT:
            return waiting
        reason = f"{reason}; {told}" if told else reason
    with app.store.write() as connection:
        campaign = campaign_named(connection, name)
        if campaign.status not in allowed:
            states = " or ".join(sorted(allowed))
            raise UsageError(f"{name} is {campaign.status}; only what is {states} can be told to {verb}")
        if target is CampaignStatus.SENDING and campaign.rendered is None:
            way_out = f"mend that, then `digest prepare {campaign.digest}` composes it anew"
            raise UsageError(f"{name} has no mail yet: {campaign.reason}; {way_out}")
        campaigns.set_status(connection, campaign.id, target, reason)
        if target is CampaignStatus.CANCELLED:
            outbox.skip_pending(connection, reason=PersonSkip.CANCELLED, campaign=campaign)
    return replace(campaign, status=target)
