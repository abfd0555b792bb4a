"""Doubts: what became of the deliveries that nobody knows of, and another attempt for those that failed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from digest.app import App
from digest.core.campaigns import moves
from digest.core.campaigns.desk import may_with
from digest.core.campaigns.lookup import to_oneself
from digest.core.campaigns.moves import Move
from digest.deliver import message_id, wire_domain
from digest.errors import UsageError
from digest.model import By, CampaignStatus, Organiser, Report, Told
from digest.returns.address import copy_id
from digest.returns.relay_log import Taken, read_relay_log
from digest.store import campaigns, outbox
from digest.store.campaigns import Campaign
from digest.store.organisers import activity
from digest.store.outbox.doubts import Doubt

_TO_GO_ON = (CampaignStatus.SENT, CampaignStatus.SENDING, CampaignStatus.PAUSED, CampaignStatus.HELD)


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """What settling came to, and what is still in doubt."""

    report: Report
    doubts: tuple[str, ...]  # addresses
    accepted: int = 0  # the relay's log proves it
    came_back: int = 0  # of these: the relay could not deliver them
    queued: int = 0
    left: int = 0


def settle(
    app: App,
    name: str,
    now: datetime,
    *,
    by: By,
    log: Iterable[bytes] | None = None,
    resend: bool = False,
    leave: bool = False,
    organiser: Organiser | None = None,
) -> Settled:
    """Settle what is unknown: by the relay's log first, then what it does not prove by sending again or leaving it.

    Without any of these it only tells. A mail that is missing in the log stays in doubt: a log may have been rotated.

    Args:
        app: what to work with.
        name: the campaign's.
        now: when what the log proves counts as finished.
        by: who asks for it.
        log: lines of a Postfix log, the oldest first.
        resend: queue the rest again, for those who may still be mailed.
        leave: close the rest as they are.
        organiser: who is signed in.

    Raises:
        UsageError: when there is none of that name, or nothing of it may be sent again.
        DigestError: when another process is sending it.
    """
    with to_oneself(app, name) as campaign:
        may_with(organiser, "settle", campaign)
        if resend:
            _must_go_on(campaign)
        with app.store.read() as connection:
            doubts = outbox.in_doubt(connection, campaign)
        proofs = _proofs(app, campaign, doubts, log) if log is not None and doubts else {}
        with app.store.write() as connection:
            outbox.accept(connection, {one: str(taken) for one, taken in proofs.items()}, now)
            queued = outbox.queue_doubts(connection, campaign, now) if resend else 0
            left = outbox.leave(connection, campaign) if leave else 0
            if proofs or queued or left:
                told = Told("settled", accepted=len(proofs), queued=queued, left=left)
                activity.record(connection, at=now, by=by, verb="settle", subject=campaign.name, detail=told)
            return Settled(
                report=outbox.report_of(connection, _going_on(connection, campaign, queued, by=by, now=now)),
                doubts=tuple(doubt.address for doubt in outbox.in_doubt(connection, campaign)),
                accepted=len(proofs),
                came_back=sum(taken.came_back for taken in proofs.values()),
                queued=queued,
                left=left,
            )


def retry(
    app: App,
    name: str,
    now: datetime,
    *,
    by: By,
    failed: bool,
    deferred: bool,
    organiser: Organiser | None = None,
) -> Settled:
    """Queue again what was rejected or given up, and have what is deferred tried without waiting.

    Raises:
        UsageError: when there is none of that name, or nothing of it may be sent again.
        DigestError: when another process is sending it.
    """
    with to_oneself(app, name) as campaign:
        may_with(organiser, "retry", campaign)
        _must_go_on(campaign)
        with app.store.write() as connection:
            queued = outbox.queue_rejected(connection, campaign, now) if failed else 0
            queued += outbox.queue_deferred(connection, campaign) if deferred else 0
            if queued:
                told = Told("queued_again", count=queued)
                activity.record(connection, at=now, by=by, verb="retry", subject=campaign.name, detail=told)
            current = _going_on(connection, campaign, queued, by=by, now=now)
            return Settled(report=outbox.report_of(connection, current), doubts=(), queued=queued)


def _proofs(app: App, campaign: Campaign, doubts: Sequence[Doubt], log: Iterable[bytes]) -> dict[int, Taken]:
    """What the log knows, by delivery."""
    domain = wire_domain(app.config.sender.email)
    ids = {
        copy_id(app.secret, domain, campaign_id=campaign.id, subscriber_id=doubt.subscriber_id): doubt.id
        for doubt in doubts
    }
    # What went before Message-IDs were signed has the former ones.
    ids |= {message_id(campaign.name, doubt.subscriber_id, domain): doubt.id for doubt in doubts}
    return {ids[one]: taken for one, taken in read_relay_log(log, ids).items()}


def _must_go_on(campaign: Campaign) -> None:
    if campaign.status not in _TO_GO_ON:
        raise UsageError(f"{campaign.name} is {campaign.status}; nothing of it is sent again")


def _going_on(connection: Connection, campaign: Campaign, queued: int, *, by: By, now: datetime) -> Campaign:
    """A campaign that was done has something to send again; a paused or held one waits as before."""
    if queued:
        moves.moved(connection, campaign, Move.REOPEN, by=by, now=now)
    return campaigns.by_id(connection, campaign.id) or campaign
