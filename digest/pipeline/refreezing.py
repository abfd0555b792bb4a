"""Compose again: what was edited after an edition was frozen, and before anybody got it, counts."""

from dataclasses import replace

from digest.app import App
from digest.compose import appearances, edition_from_json, edition_to_json
from digest.model import CampaignStatus, Edition, PersonSkip
from digest.pipeline.composing import composed
from digest.pipeline.mailing import render_edition
from digest.pipeline.stock import Stock, stock
from digest.render import compiled_to_json
from digest.store import campaigns, outbox
from digest.store.campaigns import Campaign

NOTHING_LEFT = "nothing is left in it"
_WAITING = (CampaignStatus.PREPARED, CampaignStatus.HELD)


def composed_again(app: App, campaign: Campaign) -> Edition | None:
    """The edition as it would be frozen now, of the same items and for the same instant; nothing is stored.

    What was collected since waits for the next edition: whoever lets this one go has not seen it.

    Returns:
        None where it stays as it is: nothing changed, somebody may have it, or its digest is no longer configured.
    """
    digest = next((one for one in app.config.digests if one.name == campaign.digest), None)
    if digest is None or not campaign.edition or not campaign.rendered or campaign.status not in _WAITING:
        return None
    with app.store.read() as connection:
        tried = campaigns.was_tried(connection, campaign)
        shown = campaigns.shown_in(connection, digest.name, leaving_out=campaign)
    if tried:
        return None
    frozen, held = edition_from_json(campaign.edition), stock(app)
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


def freeze_again(app: App, campaign: Campaign) -> tuple[Campaign, str]:
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
        if current is None or current.status not in _WAITING or campaigns.was_tried(connection, campaign):
            return current or campaign, ""
        if mail is None:
            campaigns.set_status(connection, campaign.id, CampaignStatus.CANCELLED, NOTHING_LEFT)
            outbox.skip_pending(connection, reason=PersonSkip.CANCELLED, campaign=campaign)
            return replace(campaign, status=CampaignStatus.CANCELLED, reason=NOTHING_LEFT), NOTHING_LEFT
        edition, rendered = edition_to_json(again), compiled_to_json(mail)
        campaigns.refreeze(connection, campaign.id, edition=edition, rendered=rendered)
        campaigns.forget_appearances(connection, campaign.id)
        campaigns.record_appearances(connection, campaign.id, appearances(again))
    before, now = (len(one.entries) for one in (edition_from_json(campaign.edition or ""), again))
    told = (
        f"composed again: {now} items instead of {before}" if now != before else "composed again with what was edited"
    )
    return replace(campaign, edition=edition, rendered=rendered), told


def _composed_of(edition: Edition) -> frozenset[tuple[str, str]]:
    """What an edition was composed of, by source and key."""
    told = (one for entry in edition.entries for one in entry.occurrences)
    entries = (pair for one in told for pair in ((one.item.source, one.item.key), *one.also))
    return frozenset((*entries, *((one.source, one.key) for one in edition.skipped)))
