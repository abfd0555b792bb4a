"""Revision: an edition composed again before anybody has it, or anew for those who have none yet."""

from dataclasses import dataclass, replace
from datetime import datetime

from digest.app import App
from digest.compose import edition_from_json, edition_to_json
from digest.core.campaigns import moves
from digest.core.campaigns.frozen import freeze, remember
from digest.core.campaigns.lookup import campaign_named, to_oneself
from digest.core.campaigns.moves import Move
from digest.core.campaigns.preflight import errors_in
from digest.core.content.collection import collect
from digest.core.content.stock import Stock, stock
from digest.core.editions.composition import composed
from digest.core.editions.review import reasons_to_hold
from digest.core.mail.links import render_edition
from digest.errors import UsageError
from digest.model import ITSELF, By, CampaignStatus, Edition, Entry, Report
from digest.store import appearances, campaigns, outbox
from digest.store.campaigns import ANNOUNCEMENT, Campaign
from digest.store.organisers import activity

_NOTHING_LEFT = "nothing is left in it"


@dataclass(frozen=True, kw_only=True, slots=True)
class Recomposed:
    """A campaign that goes on with another edition, or is held for what that one says."""

    report: Report
    pending: int  # who gets it


def composed_again(app: App, campaign: Campaign) -> Edition | None:
    """The edition as it would be frozen now, of the same items and for the same instant; nothing is stored.

    What was collected since waits for the next edition: whoever lets this one go has not seen it.

    Returns:
        None where it stays as it is: nothing changed, somebody may have it, or its digest is no longer configured.
    """
    digest = next((one for one in app.config.digests if one.name == campaign.digest), None)
    if digest is None or not campaign.edition or not campaign.rendered or not moves.may_be(campaign, Move.APPROVE):
        return None
    with app.store.read() as connection:
        tried = outbox.was_tried(connection, campaign)
    if tried:
        return None
    frozen = edition_from_json(campaign.edition)
    held = stock(app, frozen.composed_at, leaving_out=campaign)
    with app.store.read() as connection:
        shown = appearances.shown_in(connection, digest.name, lists=digest.lists, leaving_out=campaign, of=held.items)
    known = _composed_of(frozen)
    items = tuple(item for item in held.items if any((item.source, key) in known for key in (item.key, *item.replaces)))
    again = composed(
        app,
        Stock(items=items, edits=held.edits),
        digest,
        shown=shown,
        period=frozen.period,
        now=frozen.composed_at,
        leaving_out=campaign,
    )
    again = edition_from_json(edition_to_json(again))
    return None if replace(again, skipped=frozen.skipped) == frozen else again


def arrived_since(app: App, campaign: Campaign, now: datetime) -> tuple[Entry, ...]:
    """What has come in since a waiting edition was drafted, and would be in it were it drafted now."""
    digest = next((one for one in app.config.digests if one.name == campaign.digest), None)
    if digest is None or not campaign.edition:
        return ()
    frozen = edition_from_json(campaign.edition)
    judged = max(now, frozen.composed_at)
    held = stock(app, judged, leaving_out=campaign)
    with app.store.read() as connection:
        shown = appearances.shown_in(connection, digest.name, leaving_out=campaign, of=held.items)
    whole = composed(app, held, digest, shown=shown, period=frozen.period, now=judged, leaving_out=campaign)
    known = _composed_of(frozen)
    return tuple(entry for entry in whole.entries if (entry.item.source, entry.item.key) not in known)


def freeze_again(app: App, campaign: Campaign, *, by: By, now: datetime) -> tuple[Campaign, str]:
    """Take over what was edited since a waiting edition was frozen; with nothing left in it, it is cancelled.

    Returns:
        The campaign as it is now, and what changed, as a sentence; "" where nothing did.

    Raises:
        TemplateError: when it cannot be rendered; it stays as it was.
    """
    again = composed_again(app, campaign)
    if again is None:
        return campaign, ""
    mail = render_edition(app, again) if again.entries else None
    with app.store.write() as connection:
        current = campaigns.by_id(connection, campaign.id)
        if current is None or not moves.may_be(current, Move.APPROVE) or outbox.was_tried(connection, campaign):
            return current or campaign, ""
        if mail is None:
            cancelled = moves.moved(connection, current, Move.CANCEL, by=ITSELF, now=now, reason=_NOTHING_LEFT)
            return cancelled or current, _NOTHING_LEFT
        told = _what_changed(edition_from_json(campaign.edition or ""), again)
        remember(connection, current, again)
        activity.record(connection, at=now, by=by, verb="revise", subject=campaign.name, detail=told)
        return freeze(app, connection, current, again, mail), told


async def recompose(app: App, name: str, now: datetime, *, by: By) -> Recomposed:
    """Collect and compose a stopped edition anew, for the same period, and let it go on.

    Who got the earlier one keeps it; a correction can be sent to exactly them. Where the new one asks for a person's
    eye, or preflight finds errors in it, it is held with the reason.

    Raises:
        UsageError: when there is none of that name, or it cannot be composed anew, with the way out.
        TakenError: when another process is still sending it.
        TemplateError: when it cannot be rendered; nothing is changed.
    """
    with app.store.read() as connection:
        campaign = campaign_named(connection, name)
    _must_be_stopped(campaign)
    digest = app.digest(campaign.digest)
    results = await collect(app, now, by=by)
    with to_oneself(app, name) as campaign:
        with app.store.read() as connection:
            if not outbox.has_pending(connection, campaign):
                way_out = f"write to those who have it with `digest announce FILE.md --correcting {name}`"
                raise UsageError(f"Nobody waits for {name} any more; {way_out}")
        held = stock(app, now, leaving_out=campaign)
        with app.store.read() as connection:
            shown = appearances.shown_in(
                connection, digest.name, lists=digest.lists, leaving_out=campaign, of=held.items
            )
        edition = composed(app, held, digest, shown=shown, period=campaign.period, now=now, leaving_out=campaign)
        if not edition.entries:
            raise UsageError(f"Nothing would be left in {name}; take back what is not sent with `digest cancel {name}`")
        mail = render_edition(app, edition)
        reasons = (*reasons_to_hold(app, edition, results, shown, now), *errors_in(app, mail, edition, now))
        move, mover = (Move.HOLD_RECOMPOSED, ITSELF) if reasons else (Move.RECOMPOSE, by)
        with app.store.write() as connection:
            if moves.moved(connection, campaign, move, by=mover, now=now, reason="; ".join(reasons)) is None:
                _must_be_stopped(campaign_named(connection, name))
            remember(connection, campaign, edition)
            freeze(app, connection, campaign, edition, mail)
            pending = outbox.begin_version(connection, campaign)
            return Recomposed(report=outbox.report_of(connection, campaign_named(connection, name)), pending=pending)


def _what_changed(before: Edition, again: Edition) -> str:
    if len(again.entries) != len(before.entries):
        return f"composed again: {len(again.entries)} items instead of {len(before.entries)}"
    return "composed again with what was edited"


def _composed_of(edition: Edition) -> frozenset[tuple[str, str]]:
    """What an edition was composed of, by source and key."""
    told = (one for entry in edition.entries for one in entry.occurrences)
    entries = (pair for one in told for pair in ((one.item.source, one.item.key), *one.also))
    return frozenset((*entries, *((one.source, one.key) for one in edition.skipped)))


def _must_be_stopped(campaign: Campaign) -> None:
    if campaign.digest == ANNOUNCEMENT:
        way_out = f"`digest cancel {campaign.name}`, then announce the text as it should be"
        raise UsageError(f"{campaign.name} is an announcement, not composed of items; {way_out}")
    if not moves.may_be(campaign, Move.RECOMPOSE):
        way_out = f"; `digest pause {campaign.name}` first" if campaign.status is CampaignStatus.SENDING else ""
        raise UsageError(f"{campaign.name} is {campaign.status}; only what is paused or held is composed anew{way_out}")
