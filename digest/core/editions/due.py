"""What is due: drafted, let go when its time has come, or put on record as missed."""

from dataclasses import replace
from datetime import datetime

from digest.app import App
from digest.compose import Coming, Due, Missed, coming, due
from digest.config import DigestConfig
from digest.core.campaigns import moves
from digest.core.campaigns.moves import Move
from digest.core.editions.approval import missing_approvals, release
from digest.core.editions.preparation import PreparedEdition, prepare
from digest.core.editions.revision import freeze_again
from digest.core.people.lists import apply_lists_unattended
from digest.errors import DigestError, StoppedError, TemplateError
from digest.model import By, CampaignStatus
from digest.store import campaigns
from digest.store.campaigns import Campaign


async def prepare_due(app: App, now: datetime, *, by: By) -> tuple[PreparedEdition, ...]:
    """The scheduler's tick: prepare what is to be drafted or due, and let go what need not wait any longer.

    The period's row says that it was dealt with, so a double, late or missed tick is harmless. A period
    seen later than `max_lateness` allows is recorded as skipped, with the reason; one that a template cannot
    render is recorded as held, without a mail.

    Raises:
        DigestError: for the digests that could not be prepared, after the others were; the next tick tries again.
    """
    prepared, failures = [], []
    for digest in app.config.digests:
        try:
            prepared += await _prepare(app, digest, now, by)
            prepared += _settle_drafts(app, digest, now, by)
        except StoppedError:
            raise
        except DigestError as error:
            failures.append(f"{digest.name}: {error}")
    if failures:
        raise DigestError("\n".join(failures))
    return tuple(prepared)


async def _prepare(app: App, digest: DigestConfig, now: datetime, by: By) -> list[PreparedEdition]:
    zone = app.config.network.zone
    scheduled = due(digest, now, zone)
    ahead = coming(digest, now, zone)
    done = []
    if _is_open(app, digest, scheduled, now, by):
        done.append(await _prepare_one(app, digest, scheduled, now, by))
    if ahead is not None and _row(app, digest, ahead.period) is None:
        done.append(await _prepare_one(app, digest, ahead, now, by))
    return [one for one in done if one is not None]


async def _prepare_one(
    app: App, digest: DigestConfig, scheduled: Due | Missed | Coming, now: datetime, by: By
) -> PreparedEdition | None:
    period, moment = scheduled.period, scheduled.moment
    try:
        apply_lists_unattended(app, now, by=by)
        one = await prepare(app, digest, now, by=by, period=period, send_at=moment)
    except TemplateError as error:
        held = _record(app, digest, period, now, by, status=CampaignStatus.HELD, reason=str(error), send_at=moment)
        return PreparedEdition(campaign=held) if held else None
    if one.campaign.send_at is None and digest.approval == "none" and one.campaign.status is CampaignStatus.PREPARED:
        # Somebody prepared it by hand before it was due.
        one = replace(one, campaign=release(app, one.campaign, by=by, now=now, edited=one.existed)[0])
    elif not one.existed and moment <= now:
        one = replace(one, campaign=_let_go(app, digest, one.campaign, now, by, edited=False))
    return one


def _settle_drafts(app: App, digest: DigestConfig, now: datetime, by: By) -> list[PreparedEdition]:
    """What was drafted before, and whose time has come: it goes, waits for its approval, or is over."""
    with app.store.read() as connection:
        drafted = [one for one in campaigns.drafted(connection) if one.digest == digest.name]
    settled = []
    for one in drafted:
        if one.send_at is None or one.status is not CampaignStatus.PREPARED or now < one.send_at:
            continue
        if now > one.send_at + digest.max_lateness:
            after = _expire(app, digest, one, now, by)
        else:
            after = _let_go(app, digest, one, now, by, edited=True)
        if after.status is not one.status:
            settled.append(PreparedEdition(campaign=after, existed=True))
    return settled


def _let_go(app: App, digest: DigestConfig, campaign: Campaign, now: datetime, by: By, *, edited: bool) -> Campaign:
    """Release what nobody's word is waited for, or what was approved as it is now."""
    if campaign.status is not CampaignStatus.PREPARED:
        return campaign
    if digest.approval != "required":
        return release(app, campaign, by=by, now=now, edited=edited)[0]
    with app.store.read() as connection:
        if missing_approvals(app, connection, campaign):
            return campaign
    revised = freeze_again(app, campaign, by=by, now=now)[0]
    with app.store.read() as connection:
        # What was edited since the approval is approved anew.
        if revised.status is not CampaignStatus.PREPARED or missing_approvals(app, connection, revised):
            return revised
    return release(app, revised, by=by, now=now, edited=False)[0]


def _expire(app: App, digest: DigestConfig, campaign: Campaign, now: datetime, by: By) -> Campaign:
    moment = (campaign.send_at or now).astimezone(app.config.network.zone)
    nobody = "nobody let it go" if digest.approval == "required" else "nothing ran"
    reason = f"was due at {moment:%Y-%m-%d %H:%M} and {nobody} within {digest.max_lateness} of it"
    with app.store.write() as connection:
        return moves.moved(connection, campaign, Move.EXPIRE, by=by, now=now, reason=reason) or campaign


def _row(app: App, digest: DigestConfig, period: str) -> Campaign | None:
    with app.store.read() as connection:
        return campaigns.find(connection, digest.name, period)


def _is_open(app: App, digest: DigestConfig, scheduled: Due | Missed, now: datetime, by: By) -> bool:
    """Whether the period still waits for the scheduler; a missed one is put on record."""
    existing = _row(app, digest, scheduled.period)
    if isinstance(scheduled, Missed):
        with app.store.read() as connection:
            first = campaigns.first_of(connection, digest.name)
        # Before its first edition, a digest cannot have missed one.
        if existing is None and first is not None and first < scheduled.moment:
            _record_missed(app, digest, scheduled, now, by)
        return False
    if existing is None:
        return True
    if existing.status is CampaignStatus.SKIPPED:
        # There was nothing to draft; by now there may be something.
        return existing.send_at is not None and existing.created_at < scheduled.moment
    return existing.status is CampaignStatus.PREPARED and existing.send_at is None and digest.approval == "none"


def _record_missed(app: App, digest: DigestConfig, scheduled: Missed, now: datetime, by: By) -> None:
    moment = scheduled.moment.astimezone(app.config.network.zone)
    reason = f"was due at {moment:%Y-%m-%d %H:%M} and nothing ran within {digest.max_lateness} of it"
    _record(app, digest, scheduled.period, now, by, status=CampaignStatus.SKIPPED, reason=reason)


def _record(
    app: App,
    digest: DigestConfig,
    period: str,
    now: datetime,
    by: By,
    *,
    status: CampaignStatus,
    reason: str,
    send_at: datetime | None = None,
) -> Campaign | None:
    """Put a period on record that has no mail; None when another process was faster."""
    with app.store.write() as connection:
        return moves.begin(
            connection,
            name=f"{digest.name}-{period}",
            digest=digest.name,
            period=period,
            status=status,
            reason=reason,
            list_names=digest.lists,
            by=by,
            now=now,
            send_at=send_at,
        )
