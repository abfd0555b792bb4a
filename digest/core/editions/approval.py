"""Approval: an edition that waits is let go, once as many have agreed to exactly that mail as its digest wants."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from digest.app import App
from digest.core.campaigns import moves
from digest.core.campaigns.lookup import campaign_named
from digest.core.campaigns.moves import Move
from digest.core.editions.audience import plan_again
from digest.core.editions.reviewers import standing
from digest.core.editions.revision import take_over
from digest.core.editions.versions import as_frozen, current, must_be, same
from digest.core.mail.links import render_edition
from digest.core.organisers.roles import let_by
from digest.core.people.lists import apply_lists_unattended
from digest.errors import ChangedError
from digest.model import By, CampaignStatus, Told, Via, verb
from digest.store import campaigns, outbox
from digest.store.campaigns import Campaign
from digest.store.organisers import activity, approvals

_Answer = TypeVar("_Answer")


def approve(
    app: App, name: str, *, by: By, now: datetime, shown: str | None = None, version: str | None = None
) -> Campaign:
    """Agree to a prepared or held campaign, which goes when its time has come and as many agree as must.

    What was edited since counts, and takes back what others had agreed to.

    Args:
        app: what to work with.
        name: the campaign's.
        by: who agrees.
        now: when.
        shown: the hash of the frozen mail that they were shown; whatever there is now unless given.
        version: what they saw, as `digest.core.editions.current` names it; likewise.

    Returns:
        The campaign as it is then: sending, still prepared, or cancelled where editors left nothing in it.

    Raises:
        ChangedError: when it is not what they were shown any more; nothing was agreed to.
        OutdatedError: when it is another version, with what was done since; nothing was done.
        UsageError: when there is none of that name, or it is not in a state for it.
        TemplateError: when what was edited cannot be rendered; the campaign stays as it was.
    """
    with app.store.read() as connection:
        campaign = campaign_named(connection, name)
    let_by(app, by, Move.APPROVE, campaign.list_names)

    def decide(connection: Connection, campaign: Campaign, told: str) -> Campaign | None:
        if campaign.status is CampaignStatus.CANCELLED and told:
            return campaign
        if shown is not None and shown != campaign.content_hash:
            return None
        return _agreed(app, connection, campaign, told, by=by, now=now)

    apply_lists_unattended(app, now, by=by)
    approved = _decided(app, campaign, decide, by=by, now=now, edited=True, version=version)
    if approved is None:
        raise ChangedError(Told("changed_since", name=name))
    return approved


def send_now(app: App, campaign: Campaign, *, by: By, now: datetime, edited: bool) -> tuple[Campaign, str, int]:
    """Agree to a prepared edition, which goes at once, whatever its time, where as many agree as must.

    Args:
        app: what to work with.
        campaign: prepared; one that another process let go or kept back since is left as it is.
        by: who agrees.
        now: when.
        edited: whether an editor may have changed something since it was frozen.

    Returns:
        The campaign as it is then, what was changed since, as a sentence, and how many more must agree.

    Raises:
        TemplateError: when what was edited cannot be rendered; the campaign stays as it was.
    """

    def decide(connection: Connection, campaign: Campaign, told: str) -> tuple[Campaign, str, int]:
        if campaign.status is not CampaignStatus.PREPARED:
            return campaign, told, 0
        missing = _agree(app, connection, campaign, by=by, now=now)
        move, reason = Move.RELEASE, Told.of("")
        if missing:
            ahead = _told_ahead(app, connection, campaign, missing)
            move, reason = Move.APPROVE_AHEAD, Told.joined((ahead, told))
        else:
            plan_again(connection, campaign, now)
        return moves.on_word(connection, campaign.name, move, by=by, now=now, reason=reason), told, missing

    return _decided(app, campaign, decide, by=by, now=now, edited=edited)


def _agreed(app: App, connection: Connection, campaign: Campaign, told: str, *, by: By, now: datetime) -> Campaign:
    """The campaign on the word of somebody, let go or still waiting, within the caller's transaction."""
    move, detail = Move.APPROVE, Told("by_hand", move=verb(Move.APPROVE))
    if moves.may_be(campaign, move):
        missing = _agree(app, connection, campaign, by=by, now=now)
        early = campaign.send_at is not None and now < campaign.send_at
        if missing or early:
            move = Move.APPROVE_AHEAD
            detail = _told_ahead(app, connection, campaign, missing)
        if missing and campaign.rendered and campaign.status is CampaignStatus.HELD and is_late(app, campaign, now):
            # Prepared, it would be skipped before anybody else can agree.
            activity.record(connection, at=now, by=by, verb=move.value, subject=campaign.name, detail=detail)
            return campaign
        if move is Move.APPROVE:
            plan_again(connection, campaign, now)
    reason = Told.joined((detail, told))
    return moves.on_word(connection, campaign.name, move, by=by, now=now, reason=reason)


def _agree(app: App, connection: Connection, campaign: Campaign, *, by: By, now: datetime) -> int:
    """Write down, within the caller's transaction, that somebody agrees; how many more must."""
    approvals.approve(connection, campaign.id, who=_who(by), content_hash=campaign.content_hash, now=now)
    return missing_approvals(app, connection, campaign)


def missing_approvals(app: App, connection: Connection, campaign: Campaign) -> int:
    """How many more must agree to what is frozen of a campaign now; nobody to what has begun to go."""
    digest = next((one for one in app.config.digests if one.name == campaign.digest), None)
    if digest is None or digest.approval != "required" or outbox.was_tried(connection, campaign):
        return 0
    agreed = agreeing(app, connection, campaign)
    return max(0, digest.approval_from - len(agreed))


def is_late(app: App, campaign: Campaign, now: datetime) -> bool:
    """Whether the schedule would record it as missed."""
    moment = campaign.send_at
    return moment is not None and now > moment + app.digest(campaign.digest).max_lateness


def release(app: App, campaign: Campaign, *, by: By, now: datetime, edited: bool) -> tuple[Campaign, str]:
    """Let a prepared edition go, whose approval nobody waits for, to whom it is for by now.

    Args:
        app: what to work with.
        campaign: prepared.
        by: who lets it go.
        now: when.
        edited: it was frozen and planned a while ago; since then it was perhaps edited, and people came and left.

    Returns:
        The campaign as it is then, and what was changed since, as a sentence; "" where nothing was. It is not let go
        where what it became wants an approval, or another process let it go or kept it back, and skipped where nobody
        is left to send it to.

    Raises:
        TemplateError: when what was edited cannot be rendered; the campaign stays as it was.
    """

    def decide(connection: Connection, campaign: Campaign, told: str) -> tuple[Campaign, str]:
        # Another process may have been faster: then it is as that one left it.
        if campaign.status is not CampaignStatus.PREPARED or missing_approvals(app, connection, campaign):
            return campaign, told
        move, reason = Move.RELEASE, Told.of("")
        if edited:
            plan_again(connection, campaign, now)
            if not outbox.has_pending(connection, campaign) and not outbox.was_tried(connection, campaign):
                move, reason = Move.SKIP, Told("nobody", lists=", ".join(campaign.list_names))
        return moves.moved(connection, campaign, move, by=by, now=now, reason=reason) or campaign, told

    return _decided(app, campaign, decide, by=by, now=now, edited=edited)


def _decided(
    app: App,
    campaign: Campaign,
    decide: Callable[[Connection, Campaign, str], _Answer],
    *,
    by: By,
    now: datetime,
    edited: bool,
    version: str | None = None,
) -> _Answer:
    """Take over what was edited, and decide on exactly that in the transaction which sees that nothing else was.

    Whoever decides gets the campaign as it is then, and what was changed, as a sentence.
    """
    while True:
        found = current(app, campaign) if edited else as_frozen(app, campaign)
        if version is not None:
            must_be(app, found, version)
        again = found.edition if found.revised else None
        mail = render_edition(app, again) if again is not None and again.entries else None
        with app.store.write() as connection:
            locked = campaigns.locked(connection, campaign.id)
            if locked is None or same(locked, campaign):
                told = ""
                if again is not None and not outbox.was_tried(connection, campaign):
                    campaign, told = take_over(app, connection, campaign, again, mail, by=by, now=now)
                return decide(connection, campaign, told)
        campaign, edited = locked, True


def _who(by: By) -> str:
    """The same for the same person, however they answer: an organiser's address, or the user of a command."""
    return by.name.casefold() if by.via is not Via.COMMAND and by.name else str(by)


def agreeing(app: App, connection: Connection, campaign: Campaign) -> tuple[str, ...]:
    """Whose word for exactly this mail counts now."""
    return standing(app, campaign, approvals.approved_by(connection, campaign.id, campaign.content_hash))


def _told_ahead(app: App, connection: Connection, campaign: Campaign, missing: int) -> Told:
    approved = Told("approved_by", names=", ".join(agreeing(app, connection, campaign)))
    return Told.joined((approved, _waits_for(app, campaign, missing)))


def _waits_for(app: App, campaign: Campaign, missing: int) -> Told:
    if missing or campaign.send_at is None:
        return Told("more_must", count=missing)
    return Told("goes_at", moment=campaign.send_at.astimezone(app.config.network.zone))
