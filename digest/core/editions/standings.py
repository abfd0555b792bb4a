"""How campaigns stand, in one word for each: what is prepared waits for an approval, or for its time alone."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from digest.app import App
from digest.core.editions.approval import agreeing, missing_approvals
from digest.model import CampaignStatus
from digest.store import campaigns
from digest.store.campaigns import Campaign, Outline

AGREED = "agreed"
"""Prepared, and approved by as many as must: it goes at its time."""

READY = "ready"
"""Prepared, and it goes at its time without anybody's approval, unless somebody holds it back."""


def standings(app: App, found: Collection[Campaign | Outline]) -> Mapping[str, str]:
    """By name: the status, or one of the words above."""
    words = {one.name: one.status.value for one in found}
    waiting = [one.id for one in found if one.status is CampaignStatus.PREPARED]
    if waiting:
        with app.store.read() as connection:
            whole = campaigns.with_ids(connection, waiting)
            words |= {one.name: _word(app, connection, one) for one in whole}
    return words


def _word(app: App, connection: Connection, campaign: Campaign) -> str:
    digest = next((one for one in app.config.digests if one.name == campaign.digest), None)
    if campaign.status is not CampaignStatus.PREPARED or digest is None:
        return campaign.status.value
    if missing_approvals(app, connection, campaign):
        return CampaignStatus.PREPARED.value
    if digest.approval == "required" or agreeing(app, connection, campaign):
        return AGREED
    goes = digest.approval == "none" or campaign.send_at is not None
    return READY if goes else CampaignStatus.PREPARED.value
