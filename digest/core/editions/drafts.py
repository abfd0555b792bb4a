"""Drafts: an edition that waits is mailed to its organisers as it will be, with what they can answer above it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from digest.app import App
from digest.compose import edition_from_json
from digest.config import DigestConfig
from digest.core.campaigns import moves
from digest.core.editions.approval import approve, missing_approvals
from digest.core.editions.attempts import sparingly
from digest.core.editions.left_out import arrived as arrived_since
from digest.core.editions.reviewers import Answer, answer_link, may_approve, reviewers_of, standing
from digest.core.mail.letters import send_letter, send_one
from digest.core.mail.links import desk_link, in_language
from digest.core.mail.personal import Mail
from digest.errors import ChangedError, DeliveryError, DigestError, StoppedError, UsageError
from digest.model import By, CampaignStatus, Organiser, Recipient, Told
from digest.render import DraftBar, EditionWaits, compiled_from_json
from digest.store import campaigns, outbox
from digest.store.campaigns import Campaign
from digest.store.organisers import activity, approvals
from digest.store.organisers.approvals import Review
from digest.tokens import Scope

_AGAIN = timedelta(minutes=15)  # who rearranges an edition is not mailed every step

log = structlog.get_logger("digest.drafts")


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """An edition that one organiser was shown, and how it stands now."""

    name: str
    subject: str
    status: CampaignStatus
    due_at: datetime | None
    people: int  # who would get it
    missing: int  # who must approve it still
    changed: bool  # it is not what they were shown
    may_be_approved: bool
    may_be_held: bool


async def show_drafts(app: App, now: datetime, *, by: By) -> int:
    """Mail drafts to whoever reviews them: once each, anew when they changed, and a reminder; how many were mailed.

    Where no organiser's server takes it, a call after a while tries again. A process that dies in between may mail one
    twice.

    Raises:
        DigestError: for the drafts that nobody's server takes, after the others were mailed.
    """
    mailed, failures = 0, []
    with app.store.exclusive("drafts") as free:
        for campaign, digest in _waiting(app) if free else ():
            try:
                with sparingly(app, f"show {campaign.name}", now):
                    mailed += await _show_or_remind(app, campaign, digest, now, by)
            except StoppedError:
                raise
            except DigestError as error:
                failures.append(f"{campaign.name}: {error}")
    if failures:
        raise DigestError("\n".join(failures))
    return mailed


def draft_of(app: App, answer: Answer, now: datetime) -> Draft | None:
    """What a link of a draft is about, as it stands now; None where it is not kept."""
    with app.store.read() as connection:
        campaign = campaigns.by_id(connection, answer.campaign_id)
        if campaign is None or campaign.rendered is None:
            return None
        people = outbox.report_of(connection, campaign).recipients
        missing = missing_approvals(app, connection, campaign)
        tried = outbox.was_tried(connection, campaign)
    over = _is_over(app, campaign, now) or tried
    return Draft(
        name=campaign.name,
        subject=compiled_from_json(campaign.rendered).subject,
        status=campaign.status,
        due_at=campaign.send_at,
        people=people,
        missing=missing,
        changed=campaign.content_hash != answer.content_hash,
        may_be_approved=moves.may_be(campaign, moves.Move.APPROVE) and not over,
        may_be_held=moves.may_be(campaign, moves.Move.HOLD) and not over,
    )


def approve_draft(app: App, answer: Answer, now: datetime) -> Draft | None:
    """Approve exactly what was shown; nothing is done where it is another by now, or nothing is left to decide."""
    draft = draft_of(app, answer, now)
    if draft is None or draft.changed or not draft.may_be_approved:
        return draft
    return _answered(
        app, answer, now, lambda: approve(app, draft.name, by=answer.by, now=now, shown=answer.content_hash)
    )


def hold_draft(app: App, answer: Answer, now: datetime) -> Draft | None:
    """Hold an edition back, also where it is another by now; nothing is done where it has gone."""
    draft = draft_of(app, answer, now)
    if draft is None or not draft.may_be_held:
        return draft
    return _answered(app, answer, now, lambda: moves.hold(app, draft.name, by=answer.by, now=now))


def _answered(app: App, answer: Answer, now: datetime, act: Callable[[], Campaign]) -> Draft | None:
    try:
        act()
    except (ChangedError, UsageError) as error:  # somebody was faster
        log.info("a draft's answer came to nothing", campaign=answer.campaign_id, reason=str(error))
    return draft_of(app, answer, now)


def _waiting(app: App) -> list[tuple[Campaign, DigestConfig]]:
    """What organisers are to look at: prepared, or held for what it says."""
    digests = {one.name: one for one in app.config.digests if one.approval != "none"}
    with app.store.read() as connection:
        drafted = campaigns.drafted(connection)
    waits = [one for one in drafted if one.status is CampaignStatus.PREPARED or one.moved_by.is_itself]
    return [(one, digests[one.digest]) for one in waits if one.digest in digests and one.rendered]


async def _show_or_remind(app: App, campaign: Campaign, digest: DigestConfig, now: datetime, by: By) -> int:
    with app.store.read() as connection:
        review = approvals.review_of(connection, campaign.id)
        missing = missing_approvals(app, connection, campaign)
    if review is None or (review.content_hash != campaign.content_hash and _is_time(campaign, review, now)):
        return await _show(app, campaign, now, by, changed=review is not None)
    if missing and review.reminded_at is None and now >= _remind_at(digest, campaign, review):
        return await _remind(app, campaign, now, by)
    return 0


def _is_time(campaign: Campaign, review: Review, now: datetime) -> bool:
    """Whether what changed is to be shown: once it has settled, and at once where it is due."""
    return now - review.told_at >= _AGAIN or (campaign.send_at is not None and now >= campaign.send_at)


def _remind_at(digest: DigestConfig, campaign: Campaign, review: Review) -> datetime:
    """With a quarter of the time left until it is due; of what was shown only then, a quarter into being late."""
    left = (campaign.send_at or review.told_at) - review.told_at
    return review.told_at + (left * 3 / 4 if left > timedelta() else digest.max_lateness / 4)


def _is_over(app: App, campaign: Campaign, now: datetime) -> bool:
    digest = next((one for one in app.config.digests if one.name == campaign.digest), None)
    late = digest is not None and campaign.send_at is not None and now > campaign.send_at + digest.max_lateness
    return late or campaign.status not in {CampaignStatus.PREPARED, CampaignStatus.HELD}


async def _show(app: App, campaign: Campaign, now: datetime, by: By, *, changed: bool) -> int:
    with app.store.read() as connection:
        agreed = standing(app, campaign, approvals.approved_by(connection, campaign.id, campaign.content_hash))
        missing = missing_approvals(app, connection, campaign)
        people = outbox.report_of(connection, campaign).recipients
    arrived = len(await asyncio.to_thread(arrived_since, app, campaign, now)) if changed else 0
    digest = app.digest(campaign.digest)
    compiled = compiled_from_json(campaign.rendered or "")
    made = (app.config.network.language, *compiled.translations)
    names = {tag: name for tag, name in app.renderer.language_names().items() if tag in made}

    async def send(organiser: Organiser) -> None:
        approves, spoken = may_approve(organiser), app.in_language(organiser.language)
        wanted = app.config.spoken(organiser.language) or ""
        read = wanted if wanted in compiled.translations else app.config.network.language
        others = {tag: name for tag, name in names.items() if tag != read}
        holds = campaign.status is CampaignStatus.PREPARED
        bar = DraftBar(
            due_at=campaign.send_at or now,
            people=people,
            on_word=digest.approval == "required",
            missing=missing,
            approved_by=agreed,
            reasons=(campaign.reason,) if campaign.status is CampaignStatus.HELD and campaign.reason else (),
            changed=changed,
            arrived=arrived,
            approve_url=answer_link(app, Scope.APPROVE, campaign, organiser) if approves else None,
            hold_url=answer_link(app, Scope.HOLD, campaign, organiser) if holds else None,
            open_url=desk_link(app, campaign),
            languages=tuple((name, in_language(desk_link(app, campaign), tag)) for tag, name in others.items()),
        )
        mail = spoken.renderer.with_draft_bar(compiled.in_language(read), bar)
        prepared = await asyncio.to_thread(Mail.prepare, app, mail, digest=campaign.digest)
        await send_one(app, organiser.email, prepared)

    reached = await _to_each([*reviewers_of(app, campaign)], send)
    with app.store.write() as connection:
        approvals.record_told(connection, campaign.id, campaign.content_hash, now)
        detail = Told("to", names=", ".join(reached)) if reached else Told("to_nobody")
        activity.record(connection, at=now, by=by, verb="show draft", subject=campaign.name, detail=detail)
    if not reached:
        log.warning("nobody reviews this draft; see [[organisers]]", campaign=campaign.name)
    return len(reached)


async def _remind(app: App, campaign: Campaign, now: datetime, by: By) -> int:
    arrived = len(await asyncio.to_thread(arrived_since, app, campaign, now))
    with app.store.read() as connection:
        agreed = standing(app, campaign, approvals.approved_by(connection, campaign.id, campaign.content_hash))
        missing = missing_approvals(app, connection, campaign)

    async def send(organiser: Organiser) -> None:
        spoken = app.in_language(organiser.language)
        say = spoken.renderer.phrases.say
        reasons = [say("draft_on_word", missing), *([say("draft_arrived", arrived)] if arrived else [])]
        letter = EditionWaits(
            edition=edition_from_json(campaign.edition or ""),
            reasons=tuple(reasons),
            preview_url=desk_link(app, campaign),
            approve_url=answer_link(app, Scope.APPROVE, campaign, organiser),
            hold_url=answer_link(app, Scope.HOLD, campaign, organiser),
        )
        await send_letter(spoken, Recipient(address=organiser.email), letter, now)

    silent = [one for one in reviewers_of(app, campaign) if may_approve(one) and one.email.casefold() not in agreed]
    reached = await _to_each(silent, send)
    with app.store.write() as connection:
        approvals.record_reminded(connection, campaign.id, now)
        detail = Told("to", names=", ".join(reached))
        activity.record(connection, at=now, by=by, verb="remind", subject=campaign.name, detail=detail)
    return len(reached)


async def _to_each(organisers: list[Organiser], send: Callable[[Organiser], Awaitable[None]]) -> list[str]:
    """Send to each, whatever becomes of the others; whom it reached.

    Raises:
        DeliveryError: when it reached nobody.
    """
    reached, refused = [], []
    for one in organisers:
        try:
            await send(one)
        except DeliveryError as error:
            log.warning("an organiser could not be written to", error=type(error).__name__)
            refused.append(error)
        else:
            reached.append(one.email)
    if refused and not reached:
        raise refused[0]
    return reached
