"""Moves: where a campaign may go from where it is; nothing else sets its status.

Each move is one transaction with whatever belongs to it, and is written down in the activity with who made it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from digest.app import App
from digest.core.campaigns.desk import may_with
from digest.core.campaigns.lookup import campaign_named
from digest.errors import UsageError
from digest.model import (
    AS_COMPOSED,
    ITSELF,
    NO_TERMS,
    Arrangement,
    By,
    CampaignStatus,
    Organiser,
    PersonSkip,
    Terms,
    Told,
    verb,
)
from digest.store import campaigns, news, outbox
from digest.store.campaigns import Campaign
from digest.store.organisers import activity, approvals


class Move(StrEnum):
    """What can be done with a campaign, by the word that the activity has for it."""

    RELEASE = "release"  # its deliveries may be claimed: nobody's word is waited for
    APPROVE = "approve"  # likewise, on a person's word
    APPROVE_AHEAD = "approve ahead"  # likewise, but its time has not come, or somebody else has to agree
    EXPIRE = "expire"  # nobody let it go in time
    HOLD = "hold"  # a person keeps it back before it begins; who approved it has to anew
    STOP = "stop"  # it cannot be rendered, the server refuses it, too much of it comes back: kept back, in the middle
    PAUSE = "pause"
    RESUME = "resume"
    RECOMPOSE = "recompose"  # it goes on with another mail
    RECOMPOSE_AHEAD = (
        "recompose ahead"  # it waits with another mail: nobody has it, and its time or an approval is to come
    )
    HOLD_RECOMPOSED = "hold the recomposed"  # that one asks for a person's eye
    FINISH = "finish"  # nothing is left to claim
    REOPEN = "reopen"  # something is to be sent again, or to more people
    SKIP = "skip"  # there is nobody to send it to
    CANCEL = "cancel"


_OVER = Told.of(PersonSkip.OVER.value, "person_over")
_WAITING = frozenset({CampaignStatus.PREPARED, CampaignStatus.HELD})
_STOPPED = frozenset({CampaignStatus.PAUSED, CampaignStatus.HELD})
_MOVES: Mapping[Move, tuple[frozenset[CampaignStatus], CampaignStatus]] = {
    Move.RELEASE: (frozenset({CampaignStatus.PREPARED}), CampaignStatus.SENDING),
    Move.APPROVE: (_WAITING, CampaignStatus.SENDING),
    Move.APPROVE_AHEAD: (_WAITING, CampaignStatus.PREPARED),
    Move.EXPIRE: (frozenset({CampaignStatus.PREPARED}), CampaignStatus.SKIPPED),
    Move.HOLD: (frozenset({CampaignStatus.PREPARED}), CampaignStatus.HELD),
    Move.STOP: (frozenset({CampaignStatus.SENDING}), CampaignStatus.HELD),
    Move.PAUSE: (frozenset({CampaignStatus.SENDING}), CampaignStatus.PAUSED),
    Move.RESUME: (frozenset({CampaignStatus.PAUSED}), CampaignStatus.SENDING),
    Move.RECOMPOSE: (_STOPPED, CampaignStatus.SENDING),
    Move.RECOMPOSE_AHEAD: (_STOPPED, CampaignStatus.PREPARED),
    Move.HOLD_RECOMPOSED: (_STOPPED, CampaignStatus.HELD),
    Move.FINISH: (frozenset({CampaignStatus.SENDING}), CampaignStatus.SENT),
    Move.REOPEN: (frozenset({CampaignStatus.SENT}), CampaignStatus.SENDING),
    Move.SKIP: (_WAITING, CampaignStatus.SKIPPED),
    Move.CANCEL: (_WAITING | {CampaignStatus.SENDING, CampaignStatus.PAUSED}, CampaignStatus.CANCELLED),
}


def hold(app: App, name: str, *, by: By, now: datetime, organiser: Organiser | None = None) -> Campaign:
    """Keep a prepared edition back; a person lets it go.

    Raises:
        UsageError: when there is none of that name, or it is not in a state for it.
        NotAllowedError: when who is signed in has nothing to do with its lists.
    """
    return _by_hand(app, name, Move.HOLD, by=by, now=now, organiser=organiser)


def pause(app: App, name: str, *, by: By, now: datetime, organiser: Organiser | None = None) -> Campaign:
    """Stop sending a campaign, whoever sends it; raises as `hold`."""
    return _by_hand(app, name, Move.PAUSE, by=by, now=now, organiser=organiser)


def resume(app: App, name: str, *, by: By, now: datetime, organiser: Organiser | None = None) -> Campaign:
    """Go on with a paused campaign where it stopped; raises as `hold`."""
    return _by_hand(app, name, Move.RESUME, by=by, now=now, organiser=organiser)


def cancel(app: App, name: str, *, by: By, now: datetime, organiser: Organiser | None = None) -> Campaign:
    """Take back whatever of a campaign is not claimed yet; what anybody got stays shown. Raises as `hold`."""
    return _by_hand(app, name, Move.CANCEL, by=by, now=now, organiser=organiser)


def begin(
    connection: Connection,
    *,
    name: str,
    digest: str,
    period: str,
    status: CampaignStatus,
    list_names: Sequence[str],
    by: By,
    now: datetime,
    reason: str = "",
    content: str | None = None,
    rendered: str | None = None,
    config_hash: str | None = None,
    template_hash: str | None = None,
    without_lists: Sequence[str] = (),
    condition: str = "",
    terms: Terms = NO_TERMS,
    public: bool = False,
    arrangement: Arrangement = AS_COMPOSED,
    send_at: datetime | None = None,
) -> Campaign | None:
    """Put a campaign on record as it stands from the first; None when its digest already has one for the period.

    Args:
        connection: of a transaction that may write.
        name: unique among all campaigns.
        digest: whose, or `ANNOUNCEMENT`.
        period: which of its editions, or what identifies the announcement.
        status: where it stands.
        list_names: whom it is for.
        by: who asks for it. What is held or skipped from the first is so for what it says, and by nobody's word.
        now: when.
        reason: why it is held or skipped.
        content: the edition or announcement as JSON.
        rendered: its mail as JSON.
        config_hash: of the configuration that it was made by.
        template_hash: of the templates that it was made by.
        without_lists: whose people are left out.
        condition: over people's fields; who does not meet it is left out.
        terms: what it asks of people's preferences.
        public: whether everybody may read it, once somebody has it.
        arrangement: what an editor did to it before it was composed again.
        send_at: it waits until then, where the schedule drafted it.
    """
    created = campaigns.create(
        connection,
        name=name,
        digest=digest,
        period=period,
        status=status,
        by=by if status in {CampaignStatus.PREPARED, CampaignStatus.SENDING} else ITSELF,
        list_names=list_names,
        now=now,
        reason=reason,
        edition=content,
        rendered=rendered,
        config_hash=config_hash,
        template_hash=template_hash,
        without_lists=without_lists,
        condition=condition,
        terms=terms,
        public=public,
        arrangement=arrangement,
        send_at=send_at,
    )
    if created is not None:
        stands = Told.of(status.value, f"console_status_{status}")
        detail = Told("stands", status=stands, why=reason) if reason else stands
        activity.record(connection, at=now, by=by, verb="prepare", subject=name, detail=detail)
    return created


def may_be(campaign: Campaign, move: Move) -> bool:
    """Whether the campaign is in a state for it."""
    return campaign.status in _MOVES[move][0]


def moved(
    connection: Connection, campaign: Campaign, move: Move, *, by: By, now: datetime, reason: str = ""
) -> Campaign | None:
    """Make a move, within the caller's transaction.

    Returns:
        The campaign as it is then; None where it is in no state for it any more, and stays as it is.
    """
    allowed, target = _MOVES[move]
    if not campaigns.set_status(connection, campaign.id, target, allowed=allowed, by=by, reason=reason):
        return None
    if move in {Move.CANCEL, Move.EXPIRE}:
        outbox.skip_all(connection, campaign, PersonSkip.CANCELLED)
    if target is CampaignStatus.SENDING:
        outbox.call(connection, now, campaign_id=campaign.id)
    news.tell(connection, news.CAMPAIGN)
    if move is Move.HOLD:
        approvals.withdraw(connection, campaign.id)
    activity.record(connection, at=now, by=by, verb=move.value, subject=campaign.name, detail=reason)
    told = reason if isinstance(reason, Told) else Told.of(reason)
    return replace(campaign, status=target, reason=told, moved_by=by)


def on_word(
    connection: Connection, name: str, move: Move, *, by: By, now: datetime, reason: str = "by hand"
) -> Campaign:
    """Make a move that a person asked for, within the caller's transaction.

    Raises:
        UsageError: when there is none of that name, or it is not in a state for it, with what it would have to be.
    """
    campaign = campaign_named(connection, name)
    lets_go = _MOVES[move][1] in {CampaignStatus.SENDING, CampaignStatus.PREPARED}
    if lets_go and may_be(campaign, move) and campaign.rendered is None:
        way_out = f"mend that, then `digest prepare {campaign.digest}` composes it anew"
        raise UsageError(f"{name} has no mail yet: {campaign.reason}; {way_out}")
    done = moved(connection, campaign, move, by=by, now=now, reason=reason)
    if done is None:
        states = sorted(_MOVES[move][0])
        told = f"{name} is {campaign.status}; only what is {' or '.join(states)} can be told to {move}"
        facts = {"status": _status(campaign.status), "states": Told.joined(map(_status, states), ", ")}
        raise UsageError(Told.of(told, "reason_not_to_be_moved", {"name": name, "move": verb(move.value), **facts}))
    return done


def finish(app: App, campaign: Campaign, now: datetime) -> None:
    """Close a campaign of which nothing is left to claim, and take back what was given back since a cancelling."""
    with app.store.write() as connection:
        locked = campaigns.locked(connection, campaign.id)  # or somebody is queued again meanwhile, and never mailed
        status = locked and locked.status
        if status is CampaignStatus.CANCELLED:
            outbox.skip_all(connection, campaign, PersonSkip.CANCELLED)
        if status is not CampaignStatus.SENDING or outbox.has_open(connection, campaign):
            return
        report = outbox.report_of(connection, campaign)
        if PersonSkip.OVER in report.skipped and not report.recipients:
            moved(connection, campaign, Move.CANCEL, by=ITSELF, now=now, reason=_OVER)
        else:
            moved(connection, campaign, Move.FINISH, by=ITSELF, now=now)


def _by_hand(app: App, name: str, move: Move, *, by: By, now: datetime, organiser: Organiser | None) -> Campaign:
    with app.store.write() as connection:
        if organiser is not None:
            may_with(organiser, move.value, campaign_named(connection, name))
        return on_word(connection, name, move, by=by, now=now, reason=Told("by_hand", move=verb(move)))


def _status(status: CampaignStatus) -> Told:
    return Told.of(status.value, f"console_status_{status}")
