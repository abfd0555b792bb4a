"""What is due: drafted, let go when its time has come, or put on record as missed."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial

from digest.app import App
from digest.compose import Coming, Due, Missed, coming, due, next_due, period_of
from digest.config import DigestConfig
from digest.core.campaigns import moves
from digest.core.campaigns.moves import Move
from digest.core.editions.approval import missing_approvals, release
from digest.core.editions.attempts import sparingly
from digest.core.editions.preparation import PreparedEdition, prepare
from digest.core.people.lists import apply_lists_unattended
from digest.errors import DigestError, StoppedError, TemplateError
from digest.model import AS_COMPOSED, ITSELF, By, CampaignStatus, Told
from digest.store import campaigns, outbox
from digest.store.campaigns import Campaign


async def prepare_due(app: App, now: datetime, *, by: By) -> tuple[PreparedEdition, ...]:
    """The scheduler's tick: prepare what is to be drafted or due, and let go what need not wait any longer.

    The period's row says that it was dealt with, so a double, late or missed tick is harmless. A period
    seen later than `max_lateness` allows is recorded as skipped, with the reason; one that a template cannot
    render is held, with the reason.

    Raises:
        DigestError: for what could not be prepared or let go, after all else was; the next tick tries again, and
            drafts ahead of their time after a while.
    """
    prepared: list[PreparedEdition] = []
    failures: dict[str, None] = {}  # each said once, in order
    for digest in app.config.digests:
        for step in _steps(app, digest, now, by):
            try:
                one = await step()
            except StoppedError:
                raise
            except DigestError as error:
                failures[f"{digest.name}: {error}"] = None
            else:
                prepared += [one] if one is not None else []
    if failures:
        raise DigestError("\n".join(failures))
    return tuple(prepared)


async def draft_next(app: App, digest: DigestConfig, now: datetime, *, by: By) -> PreparedEdition:
    """Draft the edition of now, as the schedule would have; where that has gone, the next one, ahead of its time.

    Raises as `prepare`.
    """
    zone = app.config.network.zone
    row = _row(app, digest, period_of(digest, now, zone))
    if row is None or row.status not in _GONE:
        return await prepare(app, digest, now, by=by)
    moment = next_due(digest, now, zone)
    return await prepare(app, digest, now, by=by, period=period_of(digest, moment, zone), send_at=moment)


_GONE = (CampaignStatus.SENDING, CampaignStatus.PAUSED, CampaignStatus.SENT, CampaignStatus.CANCELLED)


def _steps(
    app: App, digest: DigestConfig, now: datetime, by: By
) -> Iterator[Callable[[], Awaitable[PreparedEdition | None]]]:
    """What a tick does for a digest; none of it stands in the way of the others."""
    yield partial(_prepare_scheduled, app, digest, now, by)
    yield partial(_draft_ahead, app, digest, now, by)
    with app.store.read() as connection:
        drafted = [one for one in campaigns.drafted(connection) if one.digest == digest.name]
    for one in drafted:
        yield partial(_settle_draft, app, digest, one, now, by)


async def _prepare_scheduled(app: App, digest: DigestConfig, now: datetime, by: By) -> PreparedEdition | None:
    scheduled = due(digest, now, app.config.network.zone)
    if not _is_open(app, digest, scheduled, now, by):
        return None
    return await _prepare_one(app, digest, scheduled, now, by)


async def _draft_ahead(app: App, digest: DigestConfig, now: datetime, by: By) -> PreparedEdition | None:
    ahead = coming(digest, now, app.config.network.zone)
    if ahead is None or _row(app, digest, ahead.period) is not None:
        return None
    with sparingly(app, f"draft {digest.name} {ahead.period}", now):  # it collects every source
        return await _prepare_one(app, digest, ahead, now, by)


async def _prepare_one(
    app: App, digest: DigestConfig, scheduled: Due | Missed | Coming, now: datetime, by: By
) -> PreparedEdition | None:
    period, moment = scheduled.period, scheduled.moment
    try:
        apply_lists_unattended(app, now, by=by)
        one = await prepare(app, digest, now, by=by, period=period, send_at=moment)
    except TemplateError as error:
        held = _record(app, digest, period, now, by, status=CampaignStatus.HELD, reason=Told.by(error), send_at=moment)
        return PreparedEdition(campaign=held) if held else None
    by_hand = one.campaign.send_at is None and digest.approval == "none"  # before it was due
    if by_hand or (not one.existed and moment <= now):
        one = replace(one, campaign=_let_go(app, one.campaign, now, by, drafted=one.existed))
    return one


async def _settle_draft(app: App, digest: DigestConfig, one: Campaign, now: datetime, by: By) -> PreparedEdition | None:
    """What was drafted before, and whose time has come: it goes, waits for its approval, or is over."""
    if one.send_at is None or one.status is not CampaignStatus.PREPARED or now < one.send_at:
        return None
    late = now > one.send_at + digest.max_lateness
    after = _expire(app, digest, one, now, by) if late else _let_go(app, one, now, by, drafted=True)
    return PreparedEdition(campaign=after, existed=True) if after.status is not one.status else None


def _let_go(app: App, campaign: Campaign, now: datetime, by: By, *, drafted: bool) -> Campaign:
    """Release what nobody's word is waited for, or what was approved as it is now, to whom it is for by now.

    Args:
        app: what to work with.
        campaign: as it was read.
        now: when.
        by: who lets it go.
        drafted: it was frozen and planned a while ago; since then it was perhaps edited, and people came and left.
    """
    with app.store.read() as connection:
        if campaign.status is not CampaignStatus.PREPARED or missing_approvals(app, connection, campaign):
            return campaign
    try:
        if drafted:
            apply_lists_unattended(app, now, by=by)
        return release(app, campaign, by=by, now=now, edited=drafted)[0]
    except TemplateError as error:
        with app.store.write() as connection:
            held = moves.moved(connection, campaign, Move.HOLD, by=ITSELF, now=now, reason=Told.by(error))
        return held or campaign


def _expire(app: App, digest: DigestConfig, campaign: Campaign, now: datetime, by: By) -> Campaign:
    moment = (campaign.send_at or now).astimezone(app.config.network.zone)
    why = "missed_unapproved" if digest.approval == "required" else "missed"
    reason = Told(why, moment=moment, lateness=digest.max_lateness)
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
    reason = Told("missed", moment=moment, lateness=digest.max_lateness)
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
    """Put a period on record that has no mail, also where it was skipped; None when another process was faster."""
    with app.store.write() as connection:
        before = campaigns.find(connection, digest.name, period)
        if before is not None and before.status is CampaignStatus.SKIPPED:
            outbox.forget_unsent(connection, before)
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
            arrangement=before.arrangement if before else AS_COMPOSED,
        )
