"""Revision: an edition composed again, before anybody has it, with what was edited."""

from datetime import datetime

from sqlalchemy import Connection

from digest.app import App
from digest.compose import edition_from_json
from digest.core.campaigns import moves
from digest.core.campaigns.frozen import freeze, remember
from digest.core.campaigns.moves import Move
from digest.model import ITSELF, By, Edition, Told
from digest.render import Compiled
from digest.store.campaigns import Campaign
from digest.store.organisers import activity

_NOTHING_LEFT = Told("nothing_left")


def take_over(
    app: App,
    connection: Connection,
    campaign: Campaign,
    again: Edition,
    mail: Compiled | None,
    *,
    by: By,
    now: datetime,
) -> tuple[Campaign, Told]:
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


def _what_changed(before: Edition, again: Edition) -> Told:
    if len(again.entries) != len(before.entries):
        return Told("composed_items", now=len(again.entries), before=len(before.entries))
    return Told("composed_edited")
