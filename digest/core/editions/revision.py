"""Revision: an edition composed again, before anybody has it, with what was edited."""

from datetime import datetime

from sqlalchemy import Connection

from digest.app import App
from digest.compose import edition_from_json
from digest.core.campaigns import moves
from digest.core.campaigns.frozen import freeze, remember
from digest.core.campaigns.moves import Move
from digest.core.editions.recomposition import composed_again
from digest.core.editions.versions import same
from digest.core.mail.links import render_edition
from digest.model import ITSELF, By, Edition
from digest.render import Compiled
from digest.store import campaigns, outbox
from digest.store.campaigns import Campaign
from digest.store.organisers import activity

_NOTHING_LEFT = "nothing is left in it"


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


def _what_changed(before: Edition, again: Edition) -> str:
    if len(again.entries) != len(before.entries):
        return f"composed again: {len(again.entries)} items instead of {len(before.entries)}"
    return "composed again with what was edited"
