"""A period's edition: prepared once, whoever asks for it, and sent."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from digest.app import App
from digest.compose import Due, due, edition_to_json, next_due, period_of
from digest.config import DigestConfig
from digest.core.campaigns import moves
from digest.core.campaigns import sending as campaign_sending
from digest.core.campaigns.frozen import remember
from digest.core.campaigns.moves import Move
from digest.core.campaigns.preflight import errors_in
from digest.core.campaigns.reports import Sent, as_it_stands
from digest.core.content.collection import collect
from digest.core.content.stock import stock
from digest.core.editions.approval import send_now
from digest.core.editions.composition import composed
from digest.core.editions.review import reasons_to_hold
from digest.core.mail.links import render_edition
from digest.core.people.lists import apply_lists
from digest.core.people.terms import terms_of
from digest.errors import DigestError, UsageError
from digest.model import AS_COMPOSED, By, CampaignStatus, Edition, Told
from digest.render import compiled_to_json
from digest.store import appearances, campaigns, outbox
from digest.store.campaigns import Campaign


@dataclass(frozen=True, kw_only=True, slots=True)
class PreparedEdition:
    """A period's campaign."""

    campaign: Campaign
    existed: bool = False  # before it was asked for


async def prepare(
    app: App,
    digest: DigestConfig,
    now: datetime,
    *,
    by: By,
    period: str | None = None,
    send_at: datetime | None = None,
    force: bool = False,
    at_once: bool = False,
) -> PreparedEdition:
    """Make sure a period has its campaign: collected, composed, rendered, frozen and planned.

    An earlier record of "nothing new" does not stand in the way of a later attempt, and an edition that was held for
    what it says is composed again, so that what an editor mended is seen.

    Args:
        app: what to work with; its lists are taken as last applied.
        digest: whose edition.
        now: the instant to judge newness and closing dates by.
        by: who asks for it.
        period: the one that `now` falls in, unless given.
        send_at: when the schedule sends it. Drafted before, it is judged as it will stand then. Unless given, one that
            is composed again keeps its own, and another that organisers look at gets its period's; neither where it
            would be too late by now.
        force: errors that preflight finds in the mail do not hold it.
        at_once: it does not wait for its period's moment.

    Raises:
        DigestError: when nothing is new but a source failed, so that nobody can know; nothing is recorded.
    """
    period = period or period_of(digest, now, app.config.network.zone)
    with app.store.read() as connection:
        existing = campaigns.find(connection, digest.name, period)
        final = existing is not None and not _may_be_composed_again(connection, existing)
    if existing is not None and final:
        return PreparedEdition(campaign=existing, existed=True)
    send_at = send_at or _kept_moment(digest, existing, now)
    if send_at is None and digest.approval != "none" and not at_once:
        send_at = _moment_of(app, digest, period, now)
    judged = max(now, send_at.astimezone(now.tzinfo)) if send_at else now
    results = await collect(app, now, by=by)
    held = stock(app, judged, leaving_out=existing)
    with app.store.read() as connection:
        shown = appearances.shown_in(connection, digest.name, lists=digest.lists, leaving_out=existing, of=held.items)
    edition = composed(app, held, digest, shown=shown, period=period, now=judged, leaving_out=existing)
    failed = [result for result in results if result.error]
    if not edition.entries and failed:
        errors = "\n".join(f"  {result.error}" for result in failed)
        raise DigestError(f"Nothing new was found, but not every source could be read; try again.\n{errors}")
    reasons: tuple[str, ...]
    if edition.entries:
        reasons = reasons_to_hold(app, edition, results, shown, now)
    else:
        reasons = tuple(result.complaint for result in results if result.complaint)
    frozen = _put_on_record(
        app, digest, edition, now, by=by, before=existing, reasons=reasons, send_at=send_at, force=force
    )
    return PreparedEdition(campaign=frozen)


async def send(app: App, digest: DigestConfig, now: datetime, *, by: By, force: bool = False) -> Sent:
    """Collect, prepare if need be, and deliver; run again, it goes on where it stopped.

    Sending by hand is an approval; where more must agree, it waits for them. A mail that preflight finds errors in is
    held nevertheless, unless forced.
    """
    apply_lists(app, now, by=by)
    prepared = await prepare(app, digest, now, by=by, force=force, at_once=True)
    campaign, told = prepared.campaign, ""
    if campaign.status is CampaignStatus.PREPARED:
        campaign, told, missing = send_now(app, campaign, by=by, now=now, edited=prepared.existed)
        if missing:
            note = f"{missing} more must approve it: `digest approve {campaign.name}`"
            return replace(as_it_stands(app, campaign), note=note)
    sent = await campaign_sending.send(app, campaign, now)
    return replace(sent, note="; ".join(filter(None, (told, sent.note))))


def _kept_moment(digest: DigestConfig, existing: Campaign | None, now: datetime) -> datetime | None:
    """When an edition was to go; None where it would be recorded as missed."""
    send_at = existing.send_at if existing else None
    return send_at if send_at and now <= send_at + digest.max_lateness else None


def _moment_of(app: App, digest: DigestConfig, period: str, now: datetime) -> datetime | None:
    """When a period's edition is due by the schedule; None where that is not near, or was missed."""
    zone = app.config.network.zone
    latest, coming = due(digest, now, zone), next_due(digest, now, zone)
    if isinstance(latest, Due) and latest.period == period:
        return latest.moment
    return coming if period_of(digest, coming, zone) == period else None


def _may_be_composed_again(connection: Connection, campaign: Campaign) -> bool:
    """What nobody has and no person keeps back: skipped, or held for what it said."""
    if campaign.status is CampaignStatus.HELD:
        return campaign.moved_by.is_itself and not outbox.was_tried(connection, campaign)
    return campaign.status is CampaignStatus.SKIPPED


def _put_on_record(
    app: App,
    digest: DigestConfig,
    edition: Edition,
    now: datetime,
    *,
    by: By,
    before: Campaign | None,
    reasons: tuple[str, ...],
    send_at: datetime | None,
    force: bool,
) -> Campaign:
    """Everything that makes the edition this period's, in one transaction; held, or in doubt, for reasons."""
    empty = not edition.entries
    mail = None if empty else render_edition(app, edition)
    if mail is not None and not force:
        reasons = (*reasons, *errors_in(app, mail, edition, edition.composed_at))
    status = CampaignStatus.SKIPPED if empty else CampaignStatus.HELD if reasons else CampaignStatus.PREPARED
    with app.store.write() as connection:
        if before is not None:
            locked = campaigns.locked(connection, before.id)
            if locked is not None and not _may_be_composed_again(connection, locked):
                return locked  # a person decided on it meanwhile
            before = locked or before  # with what an editor did to it meanwhile, which is taken over when it goes
            outbox.forget_unsent(connection, before)
        created = moves.begin(
            connection,
            name=f"{digest.name}-{edition.period}",
            digest=digest.name,
            period=edition.period,
            status=status,
            reason=Told.joined((Told("nothing_new"), *reasons) if empty else reasons),
            list_names=digest.lists,
            by=by,
            now=now,
            content=edition_to_json(edition),
            rendered=compiled_to_json(mail) if mail else None,
            config_hash=app.config.hash,
            template_hash=app.renderer.template_hash,
            terms=terms_of(app.config, digest, mail.offers() if mail else ()),
            public=digest.public,
            arrangement=before.arrangement if before else AS_COMPOSED,
            send_at=send_at,
        )
        if created is not None:
            return created if empty else _planned(connection, created, edition, by=by, now=now)
        # Another process was faster; its edition is the period's.
        existing = campaigns.find(connection, digest.name, edition.period)
    if existing is None:
        raise UsageError(f'The name "{digest.name}-{edition.period}" is taken by another campaign; rename the digest.')
    return existing


def _planned(connection: Connection, created: Campaign, edition: Edition, *, by: By, now: datetime) -> Campaign:
    """With its deliveries, and what it shows written down; skipped where it is for nobody."""
    outbox.plan_deliveries(connection, created, now)
    if not outbox.has_pending(connection, created):
        reason = Told("nobody", lists=", ".join(created.list_names))
        return moves.moved(connection, created, Move.SKIP, by=by, now=now, reason=reason) or created
    remember(connection, created, edition)
    return created
