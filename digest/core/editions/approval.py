"""Approval: an edition that waits is let go, taken as it was edited until now; or as somebody saw it, or not at all."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from digest.app import App
from digest.core.campaigns import moves
from digest.core.campaigns.lookup import campaign_named
from digest.core.campaigns.moves import Move
from digest.core.editions.revision import take_over
from digest.core.editions.versions import current, must_be, same
from digest.core.mail.links import render_edition
from digest.core.organisers.roles import let_by
from digest.model import By, CampaignStatus
from digest.store import campaigns
from digest.store.campaigns import Campaign

_Going = Callable[[Connection, Campaign, str], Campaign]


def approve(app: App, name: str, *, by: By, now: datetime, version: str | None = None) -> Campaign:
    """Let a prepared or held campaign go; what was edited since counts, unless a version is named.

    Args:
        app: what to work with.
        name: of the campaign.
        by: who approves it.
        now: when.
        version: what they saw, as `digest.core.editions.current` names it; another is not let go.

    Returns:
        The campaign as it is then: cancelled, where editors left nothing in it.

    Raises:
        UsageError: when there is none of that name, or it is not in a state for it.
        OutdatedError: when it was changed since that version.
        TemplateError: when what was edited cannot be rendered; the campaign stays as it was.
    """

    def go(connection: Connection, _: Campaign, told: str) -> Campaign:
        reason = f"by hand ({Move.APPROVE})"
        return moves.on_word(
            connection, name, Move.APPROVE, by=by, now=now, reason=f"{reason}; {told}" if told else reason
        )

    with app.store.read() as connection:
        waiting = campaign_named(connection, name)
    let_by(app, by, Move.APPROVE, waiting.list_names)
    return _taken_over(app, waiting, go, by=by, now=now, version=version)[0]


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

    def go(connection: Connection, waiting: Campaign, _: str) -> Campaign:
        # Another process may have been faster: then it is as that one left it.
        return moves.moved(connection, waiting, Move.RELEASE, by=by, now=now) or waiting

    if edited:
        return _taken_over(app, campaign, go, by=by, now=now)
    with app.store.write() as connection:
        return go(connection, campaigns.by_id(connection, campaign.id) or campaign, ""), ""


def _taken_over(
    app: App, campaign: Campaign, go: _Going, *, by: By, now: datetime, version: str | None = None
) -> tuple[Campaign, str]:
    """Let a campaign go as it reads now, in the transaction that sees that it still does."""
    while True:
        found = current(app, campaign)
        if version is not None:
            must_be(app, found, version)
        again = found.edition if found.revised else None
        mail = render_edition(app, again) if again is not None and again.entries else None
        with app.store.write() as connection:
            locked = campaigns.locked(connection, campaign.id)
            if locked is not None and not same(locked, campaign):
                campaign = locked
                continue
            told = ""
            if again is not None:
                campaign, told = take_over(app, connection, campaign, again, mail, by=by, now=now)
                if campaign.status is CampaignStatus.CANCELLED:
                    return campaign, told
            return go(connection, campaign, told), told
