"""A waiting edition composed again: of the same items, for the same instant, as its editors left them."""

from dataclasses import replace

from digest.app import App
from digest.compose import edition_from_json, edition_to_json
from digest.core.campaigns import moves
from digest.core.campaigns.moves import Move
from digest.core.content.stock import Stock, stock
from digest.core.editions.composition import composed
from digest.model import Edition
from digest.store import appearances, outbox
from digest.store.campaigns import Campaign


def composed_again(app: App, campaign: Campaign) -> Edition | None:
    """As `composed_afresh`; None also where readers would get the same."""
    again = composed_afresh(app, campaign)
    return again if again is not None and is_another(campaign, again) else None


def is_another(campaign: Campaign, edition: Edition) -> bool:
    """Whether readers would get something else than what is frozen; why things are left out is none of it."""
    frozen = edition_from_json(campaign.edition or "")
    return replace(edition, skipped=frozen.skipped) != frozen


def composed_afresh(app: App, campaign: Campaign) -> Edition | None:
    """The edition as it would be frozen now, of the same items and for the same instant; nothing is stored.

    What was collected since waits for the next edition, unless an editor brought it in: whoever lets this one go has
    not seen it.

    Returns:
        None where it stays as it is: it does not wait any more, somebody may have it, or its digest is no longer
        configured.
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
    known = composed_of(frozen) | set(campaign.arrangement.brought)
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
    return edition_from_json(edition_to_json(again))


def composed_of(edition: Edition) -> frozenset[tuple[str, str]]:
    """What an edition was composed of, by source and key."""
    told = (one for entry in edition.entries for one in entry.occurrences)
    entries = (pair for one in told for pair in ((one.item.source, one.item.key), *one.also))
    return frozenset((*entries, *((one.source, one.key) for one in edition.skipped)))
