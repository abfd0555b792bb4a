"""Approval: an edition that waits is let go, taken as it was edited until now."""

from datetime import datetime

from digest.app import App
from digest.core.campaigns import moves
from digest.core.campaigns.lookup import campaign_named
from digest.core.campaigns.moves import Move
from digest.core.editions.revision import freeze_again
from digest.model import By, CampaignStatus
from digest.store import campaigns
from digest.store.campaigns import Campaign


def approve(app: App, name: str, *, by: By, now: datetime) -> Campaign:
    """Let a prepared or held campaign go; what was edited since counts.

    Returns:
        The campaign as it is then: cancelled, where editors left nothing in it.

    Raises:
        UsageError: when there is none of that name, or it is not in a state for it.
        TemplateError: when what was edited cannot be rendered; the campaign stays as it was.
    """
    with app.store.read() as connection:
        waiting = campaign_named(connection, name)
    revised, told = freeze_again(app, waiting, by=by, now=now)
    if told and revised.status is CampaignStatus.CANCELLED:
        return revised
    reason = f"by hand ({Move.APPROVE})"
    with app.store.write() as connection:
        return moves.on_word(
            connection, name, Move.APPROVE, by=by, now=now, reason=f"{reason}; {told}" if told else reason
        )


def release(app: App, campaign: Campaign, *, by: By, now: datetime, edited: bool) -> tuple[Campaign, str]:
    """Let a prepared edition go, whose approval nobody waits for.

    Args:
        app: what to work with.
        campaign: prepared.
        by: who lets it go.
        now: when.
        edited: whether an editor may have changed something since it was frozen.

    Returns:
        The campaign as it is then, and what was changed since, as a sentence; "" where nothing was.
    """
    campaign, told = freeze_again(app, campaign, by=by, now=now) if edited else (campaign, "")
    with app.store.write() as connection:
        released = moves.moved(connection, campaign, Move.RELEASE, by=by, now=now)
        # Another process may have been faster: then it is as that one left it.
        return released or campaigns.by_id(connection, campaign.id) or campaign, told
