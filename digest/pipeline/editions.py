"""Editions: preview one, prepare one, send one. A period's edition exists once, whoever asks for it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy import Connection

from digest.app import App
from digest.compose import Due, Missed, appearances, due, edition_from_json, edition_to_json, period_of
from digest.config import DigestConfig
from digest.errors import ConfigError, DigestError, StoppedError, TemplateError, UsageError
from digest.model import CampaignStatus, Edition
from digest.pipeline.audience import apply_lists
from digest.pipeline.collecting import SourceResult, collect, items_now
from digest.pipeline.composing import composed
from digest.pipeline.mailing import Mail, render_edition
from digest.pipeline.moving import BY_HAND
from digest.pipeline.preflighting import errors_in
from digest.pipeline.refreezing import composed_again, freeze_again
from digest.pipeline.reviewing import reasons_to_hold
from digest.pipeline.sending import Sent, as_test, deliver, release, send_one
from digest.pipeline.stock import stock
from digest.render import Compiled, compiled_from_json, compiled_to_json
from digest.store import campaigns, outbox
from digest.store.campaigns import Campaign

log = structlog.get_logger("digest.editions")


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """An edition as it would arrive, and how it came about; nothing was stored for it."""

    edition: Edition
    rendered: Compiled
    html: str
    text: str
    eml: bytes
    sources: tuple[SourceResult, ...]
    campaign: Campaign | None  # the frozen edition this shows, where the period has one


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """A period's campaign, and what collecting for it came to (nothing when it existed already)."""

    campaign: Campaign
    sources: tuple[SourceResult, ...] = ()
    existed: bool = False


async def preview(
    app: App, digest: DigestConfig, now: datetime, *, as_email: str | None = None, muted: Collection[str] = ()
) -> Preview:
    """Show the edition of the period that `now` falls in: what would be composed, or the frozen one.

    While nobody can have the frozen one, it is shown with what was edited since, as it would go.

    Args:
        app: what to work with.
        digest: whose edition.
        now: which period, and what is over or closed.
        as_email: whose mail; nobody's in particular unless given.
        muted: categories that the reader wants nothing of.
    """
    period = period_of(digest, now, app.config.network.zone)
    with app.store.read() as connection:
        frozen = campaigns.find(connection, digest.name, period)
    sources: tuple[SourceResult, ...] = ()
    if frozen is not None and frozen.edition and frozen.rendered:
        again = composed_again(app, frozen)
        edition = again or edition_from_json(frozen.edition)
        rendered = render_edition(app, again) if again else compiled_from_json(frozen.rendered)
    else:
        frozen = None
        held, sources = await items_now(app, now)
        with app.store.read() as connection:
            shown = campaigns.shown_in(connection, digest.name)
        edition = composed(app, held, digest, shown=shown, period=period, now=now)
        rendered = render_edition(app, edition)
    mail = Mail.prepare(app, rendered, digest=digest.name)
    reader = mail.sample(as_email, muted=muted)
    return Preview(
        edition=edition,
        rendered=rendered,
        html=mail.html(reader),
        text=mail.text(reader),
        eml=mail.eml(reader),
        sources=sources,
        campaign=frozen,
    )


async def prepare(
    app: App, digest: DigestConfig, now: datetime, *, period: str | None = None, force: bool = False
) -> Prepared:
    """Make sure a period has its campaign: collected, composed, rendered, frozen and planned.

    An earlier record of "nothing new" does not stand in the way of a later attempt, and an edition that was held for
    what it says is composed again, so that what an editor mended is seen.

    Args:
        app: what to work with; its lists are taken as last applied.
        digest: whose edition.
        now: the instant to judge newness and closing dates by.
        period: the one that `now` falls in, unless given.
        force: errors that preflight finds in the mail do not hold it.

    Raises:
        DigestError: when nothing is new but a source failed, so that nobody can know; nothing is recorded.
    """
    period = period or period_of(digest, now, app.config.network.zone)
    with app.store.read() as connection:
        existing = campaigns.find(connection, digest.name, period)
        final = existing is not None and not _may_be_composed_again(connection, existing)
    if existing is not None and final:
        return Prepared(campaign=existing, existed=True)
    sources = await collect(app, now)
    with app.store.read() as connection:
        shown = campaigns.shown_in(connection, digest.name, leaving_out=existing)
    edition = composed(app, stock(app), digest, shown=shown, period=period, now=now, leaving_out=existing)
    failed = [result for result in sources if result.error]
    if not edition.entries and failed:
        errors = "\n".join(f"  {result.error}" for result in failed)
        raise DigestError(f"Nothing new was found, but not every source could be read; try again.\n{errors}")
    if edition.entries:
        reasons = reasons_to_hold(app, edition, sources, shown, now)
    else:
        reasons = tuple(result.complaint for result in sources if result.complaint)
    frozen = _freeze(app, digest, edition, now, skipped=existing, reasons=reasons, force=force)
    return Prepared(campaign=frozen, sources=sources)


async def prepare_due(app: App, now: datetime) -> tuple[Prepared, ...]:
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
        if not _is_open(app, digest, scheduled, now):
            continue
        try:
            _apply_lists_unattended(app, now)
            one = await prepare(app, digest, now, period=scheduled.period)
        except TemplateError as error:
            held = _record(app, digest, scheduled.period, now, status=CampaignStatus.HELD, reason=str(error))
            prepared += [Prepared(campaign=held)] if held else []
            continue
        except StoppedError:
            raise
        except DigestError as error:
            failures.append(f"{digest.name}: {error}")
            continue
        if digest.approval == "none" and one.campaign.status is CampaignStatus.PREPARED:
            one = replace(one, campaign=_release(app, one)[0])
        prepared.append(one)
    if failures:
        raise DigestError("\n".join(failures))
    return tuple(prepared)


async def send(app: App, digest: DigestConfig, now: datetime, *, force: bool = False) -> Sent:
    """Collect, prepare if need be, and deliver; run again, it goes on where it stopped.

    Sending by hand is an approval. A mail that preflight finds errors in is held nevertheless, unless forced.
    """
    apply_lists(app, now)
    prepared = await prepare(app, digest, now, force=force)
    campaign, told = prepared.campaign, ""
    if campaign.status is CampaignStatus.PREPARED:
        campaign, told = _release(app, prepared)
    sent = await deliver(app, campaign, now)
    return replace(sent, note="; ".join(filter(None, (told, sent.note))), sources=prepared.sources)


async def send_test(app: App, digest: DigestConfig, now: datetime, address: str) -> Preview:
    """Send the edition as it would be to one address; nothing is recorded.

    Raises:
        DigestError: when the server does not accept it.
    """
    shown = await preview(app, digest, now, as_email=address)
    await send_one(app, address, Mail.prepare(app, as_test(shown.rendered), digest=digest.name))
    return shown


def _release(app: App, prepared: Prepared) -> tuple[Campaign, str]:
    """Let an edition go, with what was edited since it was prepared; and what that changed, as a sentence."""
    campaign, told = freeze_again(app, prepared.campaign) if prepared.existed else (prepared.campaign, "")
    return (release(app, campaign) if campaign.status is CampaignStatus.PREPARED else campaign), told


def _apply_lists_unattended(app: App, now: datetime) -> None:
    """A mistyped line in a list's file must not cost everybody their digest: it goes to the lists as last applied."""
    try:
        apply_lists(app, now)
    except ConfigError as error:
        log.warning("list changes are not applied; the lists stay as they were", error=str(error))


def _may_be_composed_again(connection: Connection, campaign: Campaign) -> bool:
    if campaign.status is CampaignStatus.HELD:
        return not campaign.reason.startswith(BY_HAND) and not campaigns.was_tried(connection, campaign)
    return campaign.status is CampaignStatus.SKIPPED


def _is_open(app: App, digest: DigestConfig, scheduled: Due | Missed, now: datetime) -> bool:
    """Whether the period still waits for the scheduler; a missed one is put on record."""
    with app.store.read() as connection:
        existing = campaigns.find(connection, digest.name, scheduled.period)
        first = not campaigns.any_of(connection, digest.name)
    if isinstance(scheduled, Missed):
        # Before its first edition, a digest cannot have missed one.
        if existing is None and not first:
            _record_missed(app, digest, scheduled, now)
        return False
    if existing is None:
        return True
    return existing.status is CampaignStatus.PREPARED and digest.approval == "none"


def _record_missed(app: App, digest: DigestConfig, scheduled: Missed, now: datetime) -> None:
    moment = scheduled.moment.astimezone(app.config.network.zone)
    reason = f"was due at {moment:%Y-%m-%d %H:%M} and nothing ran within {digest.max_lateness} of it"
    _record(app, digest, scheduled.period, now, status=CampaignStatus.SKIPPED, reason=reason)


def _record(
    app: App, digest: DigestConfig, period: str, now: datetime, *, status: CampaignStatus, reason: str
) -> Campaign | None:
    """Put a period on record that has no mail; None when another process was faster."""
    with app.store.write() as connection:
        return campaigns.create(
            connection,
            name=f"{digest.name}-{period}",
            digest=digest.name,
            period=period,
            status=status,
            reason=reason,
            list_names=digest.lists,
            now=now,
        )


def _freeze(
    app: App,
    digest: DigestConfig,
    edition: Edition,
    now: datetime,
    *,
    skipped: Campaign | None,
    reasons: tuple[str, ...],
    force: bool,
) -> Campaign:
    """Everything that makes the edition this period's, in one transaction; held, or in doubt, for reasons."""
    empty = not edition.entries
    mail = None if empty else render_edition(app, edition)
    if mail is not None and not force:
        reasons = (*reasons, *errors_in(app, mail, edition, now))
    status = CampaignStatus.SKIPPED if empty else CampaignStatus.HELD if reasons else CampaignStatus.PREPARED
    with app.store.write() as connection:
        if skipped is not None:
            campaigns.forget_unsent(connection, skipped)
        created = campaigns.create(
            connection,
            name=f"{digest.name}-{edition.period}",
            digest=digest.name,
            period=edition.period,
            status=status,
            reason="; ".join(("nothing new", *reasons) if empty else reasons),
            list_names=digest.lists,
            now=now,
            edition=edition_to_json(edition),
            rendered=compiled_to_json(mail) if mail else None,
            config_hash=app.config.hash,
            template_hash=app.renderer.template_hash,
        )
        if created is not None:
            if not empty:
                outbox.plan(connection, created)
                if not outbox.has_pending(connection, created):
                    reason = f"nobody on {', '.join(digest.lists)} to send it to"
                    campaigns.set_status(connection, created.id, CampaignStatus.SKIPPED, reason)
                    return replace(created, status=CampaignStatus.SKIPPED, reason=reason)
                campaigns.record_appearances(connection, created.id, appearances(edition))
            return created
        # Another process was faster; its edition is the period's.
        existing = campaigns.find(connection, digest.name, edition.period)
    if existing is None:
        raise UsageError(f'The name "{digest.name}-{edition.period}" is taken by another campaign; rename the digest.')
    return existing
