"""Announce: a one-off mailing. The same announcement reaches a person once, however often it is sent."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from digest.app import App
from digest.compose import announcement_from_json, announcement_to_json
from digest.compose import appearances as shown_by
from digest.core.announcements.drafts import Notice
from digest.core.campaigns import moves
from digest.core.campaigns import sending as campaign_sending
from digest.core.campaigns.lookup import campaign_named
from digest.core.campaigns.moves import Move
from digest.core.campaigns.preflight import errors_in
from digest.core.campaigns.reports import Sent
from digest.core.mail.languages import read_on
from digest.core.mail.links import render_announcement
from digest.core.people.audience import Reach, reach_of
from digest.core.people.lists import apply_lists
from digest.core.people.terms import terms_of_announcement
from digest.errors import DigestError, UsageError
from digest.model import Audience, By, CampaignStatus, Terms, Told
from digest.render import compiled_from_json, compiled_to_json
from digest.store import appearances, campaigns, outbox
from digest.store.campaigns import ANNOUNCEMENT, Campaign
from digest.store.organisers import activity
from digest.store.people import ListPlan

_COMPARED = ("subject", "preheader", "text")
"""What of an announcement may be changed without making it another one."""


def reach(
    app: App, notice: Notice, now: datetime, *, pending: bool = True, plans: Sequence[ListPlan] | None = None
) -> Reach:
    """Who will get a notice that has not got it yet, as things stand; `pending` and `plans`: as `reach_of`."""
    with app.store.read() as connection:
        existing = campaigns.find(connection, ANNOUNCEMENT, notice.announcement.identity)
        if notice.correcting is not None:
            corrected = campaign_named(connection, notice.correcting)
            people = outbox.count_correctable(connection, corrected, now, besides=existing)
            return Reach(people=people, left_out={}, sample=())
    terms = _terms(app, notice)
    return reach_of(app, notice.audience, now, terms=terms, besides=existing, pending=pending, plans=plans)


def plan(
    app: App,
    notice: Notice,
    now: datetime,
    *,
    by: By,
    force: bool = False,
    lists_applied: bool = False,
    also: Callable[[Connection, Campaign], None] = lambda _, __: None,
) -> Campaign:
    """Freeze the announcement as a campaign and plan it.

    Where it is a campaign already, lists that are new to it are added: only people who have no delivery
    yet are planned. A correction goes to whomever the faulty mail reached meanwhile.

    Args:
        app: what to work with.
        notice: what is sent to whom.
        now: when.
        by: who sends it.
        force: in spite of errors that preflight finds.
        lists_applied: whoever asks has seen to the lists.
        also: what is written in the same transaction.

    Raises:
        DigestError: when preflight finds errors in it, naming them, unless forced; or there is nobody to send it to.
        UsageError: when it is a campaign already that leaves out others.
    """
    errors = () if force else errors_in(app, notice.rendered, notice.announcement, now)
    if not lists_applied:
        apply_lists(app, now, by=by)
    with app.store.write() as connection:
        campaign = _planned(app, connection, notice, now, by=by, errors=errors)
        also(connection, campaign)
    return campaign


def _planned(
    app: App, connection: Connection, notice: Notice, now: datetime, *, by: By, errors: Sequence[str]
) -> Campaign:
    existing = campaigns.find(connection, ANNOUNCEMENT, notice.announcement.identity)
    if existing is None:
        if errors:
            raise DigestError(Told("draft_mend", found=indented(errors)))
        return _begin(app, connection, notice, by=by, now=now)
    if notice.correcting is None and _limits(existing.audience) != _limits(notice.audience):
        way_out = "say the same --except and --where, or give it another `id:` to begin anew"
        raise UsageError(f"{existing.name} goes to another part of its lists; {way_out}")
    if existing.status not in {CampaignStatus.SENT, CampaignStatus.SENDING}:
        return existing
    if notice.correcting is not None:
        return _correct_further(connection, existing, notice.correcting, by=by, now=now)
    return _widen(app, connection, existing, notice, by=by, now=now)


def indented(errors: Sequence[str]) -> Told:
    """Errors below each other, as a message lists them."""
    told = Told.joined(errors, "\n  ")
    return Told.of(f"  {told}", "reason_indented", {"told": told})


async def announce(app: App, notice: Notice, now: datetime, *, by: By, force: bool = False) -> Sent:
    """Send an announcement to its lists; run again, it goes on where it stopped."""
    campaign = plan(app, notice, now, by=by, force=force)
    sent = await campaign_sending.send(app, campaign, now)
    changed = _changed(campaign, notice)
    if changed:
        way_out = f"write to those who have it with `digest announce FILE.md --correcting {campaign.name}`"
        told = f"it goes out as it was when it was first sent, with its former {' and '.join(changed)}; {way_out}"
        return replace(sent, note="; ".join(filter(None, (sent.note, told))))
    if sent.accepted_now == 0 and sent.report.status is CampaignStatus.SENT:
        hint = f"{sent.note}; to send the same text again, give it another `id:` in its front matter"
        return replace(sent, note=hint)
    return sent


def _begin(app: App, connection: Connection, notice: Notice, *, by: By, now: datetime) -> Campaign:
    identity = notice.announcement.identity
    created = moves.begin(
        connection,
        name=f"{re.sub(r'[^a-z0-9]+', '-', notice.announcement.name.lower()).strip('-')}-{identity[:6]}",
        digest=ANNOUNCEMENT,
        period=identity,
        status=CampaignStatus.SENDING,
        list_names=notice.audience.list_names,
        without_lists=notice.audience.without,
        condition=notice.audience.where,
        by=by,
        now=now,
        content=announcement_to_json(notice.announcement),
        rendered=compiled_to_json(notice.rendered),
        config_hash=app.config.hash,
        template_hash=app.renderer.template_hash,
        terms=_terms(app, notice),
        public=notice.announcement.public,
    )
    if created is None:
        raise DigestError("Another process is preparing this announcement; run the command again.")
    if notice.correcting is None:
        outbox.plan_deliveries(connection, created, now)
        if notice.announcement.attached is not None:  # which no digest of the same people then repeats
            appearances.record_appearances(connection, created.id, shown_by(notice.announcement.attached))
    else:
        outbox.plan_correction(connection, created, campaign_named(connection, notice.correcting), now)
    if not outbox.has_pending(connection, created):
        raise DigestError(
            Told("draft_nobody_corrected", campaign=notice.correcting)
            if notice.correcting
            else Told("draft_nobody", lists=", ".join(created.list_names))
        )
    return created


def _correct_further(
    connection: Connection, correction: Campaign, corrected: str, *, by: By, now: datetime
) -> Campaign:
    """It goes to whomever the faulty mail reached since, too."""
    added = outbox.plan_correction(connection, correction, campaign_named(connection, corrected), now)
    if not added or not outbox.has_pending(connection, correction):
        return correction
    return moves.moved(connection, correction, Move.REOPEN, by=by, now=now) or correction


def _widen(app: App, connection: Connection, existing: Campaign, notice: Notice, *, by: By, now: datetime) -> Campaign:
    """It goes to lists that are new to it, too; nobody gets it twice."""
    added = [name for name in notice.audience.list_names if name not in existing.list_names]
    if not added:
        return existing
    wider = replace(existing, list_names=(*existing.list_names, *added))
    campaigns.set_lists(connection, wider.id, wider.list_names)
    _freeze_further_languages(app, connection, wider)
    outbox.plan_deliveries(connection, wider, now)
    activity.record(
        connection, at=now, by=by, verb="widen", subject=wider.name, detail=Told("to", names=", ".join(added))
    )
    return moves.moved(connection, wider, Move.REOPEN, by=by, now=now) or wider


def _freeze_further_languages(app: App, connection: Connection, wider: Campaign) -> None:
    """Beside the mail as it was sent so far, the same in languages that only its new lists read."""
    frozen = compiled_from_json(wider.rendered) if wider.rendered else None
    if frozen is None or wider.edition is None or not set(read_on(app, wider.list_names)) - set(frozen.translations):
        return
    made = render_announcement(app, announcement_from_json(wider.edition), wider.list_names)
    whole = replace(frozen, translations={**made.translations, **frozen.translations})
    campaigns.freeze(
        connection,
        wider.id,
        content=wider.edition,
        rendered=compiled_to_json(whole),
        config_hash=app.config.hash,
        template_hash=app.renderer.template_hash,
        terms=wider.terms,
    )


def _limits(audience: Audience) -> tuple[frozenset[str], str]:
    return frozenset(audience.without), audience.where


def _terms(app: App, notice: Notice) -> Terms:
    passes = notice.announcement.urgent or notice.correcting is not None
    return terms_of_announcement(app.config, passes=passes)


def _changed(campaign: Campaign, notice: Notice) -> list[str]:
    """What of the file differs from what is sent under the same identity."""
    if campaign.edition is None:
        return []
    frozen = announcement_from_json(campaign.edition)
    return [name for name in _COMPARED if getattr(frozen, name) != getattr(notice.announcement, name)]
