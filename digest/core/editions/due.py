"""What is due: prepared and let go, or put on record as missed."""

from dataclasses import replace
from datetime import datetime

import structlog

from digest.app import App
from digest.compose import Due, Missed, due
from digest.config import DigestConfig
from digest.core.campaigns import moves
from digest.core.editions.approval import release
from digest.core.editions.preparation import PreparedEdition, prepare
from digest.core.people.lists import apply_lists
from digest.errors import ConfigError, DigestError, StoppedError, TemplateError
from digest.model import By, CampaignStatus
from digest.store import campaigns
from digest.store.campaigns import Campaign

log = structlog.get_logger("digest.editions")


async def prepare_due(app: App, now: datetime, *, by: By) -> tuple[PreparedEdition, ...]:
    """The scheduler's tick: prepare what is due and, where no approval is asked for, let it go.

    The period's row says that it was dealt with, so a double, late or missed tick is harmless. A period
    seen later than `max_lateness` allows is recorded as skipped, with the reason; one that a template cannot
    render is recorded as held, without a mail.

    Raises:
        DigestError: for the digests that could not be prepared, after the others were; the next tick tries again.
    """
    prepared, failures = [], []
    for digest in app.config.digests:
        scheduled = due(digest, now, app.config.network.zone)
        if not _is_open(app, digest, scheduled, now, by):
            continue
        try:
            _apply_lists_unattended(app, now, by)
            one = await prepare(app, digest, now, by=by, period=scheduled.period)
        except TemplateError as error:
            held = _record(app, digest, scheduled.period, now, by, status=CampaignStatus.HELD, reason=str(error))
            prepared += [PreparedEdition(campaign=held)] if held else []
            continue
        except StoppedError:
            raise
        except DigestError as error:
            failures.append(f"{digest.name}: {error}")
            continue
        if digest.approval == "none" and one.campaign.status is CampaignStatus.PREPARED:
            one = replace(one, campaign=release(app, one.campaign, by=by, now=now, edited=one.existed)[0])
        prepared.append(one)
    if failures:
        raise DigestError("\n".join(failures))
    return tuple(prepared)


def _apply_lists_unattended(app: App, now: datetime, by: By) -> None:
    """A mistyped line in a list's file must not cost everybody their digest: it goes to the lists as last applied."""
    try:
        apply_lists(app, now, by=by)
    except ConfigError as error:
        log.warning("list changes are not applied; the lists stay as they were", error=str(error))


def _is_open(app: App, digest: DigestConfig, scheduled: Due | Missed, now: datetime, by: By) -> bool:
    """Whether the period still waits for the scheduler; a missed one is put on record."""
    with app.store.read() as connection:
        existing = campaigns.find(connection, digest.name, scheduled.period)
        first = not campaigns.any_of(connection, digest.name)
    if isinstance(scheduled, Missed):
        # Before its first edition, a digest cannot have missed one.
        if existing is None and not first:
            _record_missed(app, digest, scheduled, now, by)
        return False
    if existing is None:
        return True
    return existing.status is CampaignStatus.PREPARED and digest.approval == "none"


def _record_missed(app: App, digest: DigestConfig, scheduled: Missed, now: datetime, by: By) -> None:
    moment = scheduled.moment.astimezone(app.config.network.zone)
    reason = f"was due at {moment:%Y-%m-%d %H:%M} and nothing ran within {digest.max_lateness} of it"
    _record(app, digest, scheduled.period, now, by, status=CampaignStatus.SKIPPED, reason=reason)


def _record(
    app: App, digest: DigestConfig, period: str, now: datetime, by: By, *, status: CampaignStatus, reason: str
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
        )
