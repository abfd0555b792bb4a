"""What an edition leaves out, and what came since it was drafted."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from digest.app import App
from digest.compose import MAY_COME, edition_from_json, told_of
from digest.core.content.stock import coming, stock
from digest.core.editions.composition import composed
from digest.core.editions.recomposition import composed_of
from digest.model import Edition, Entry, Item, ItemSkip
from digest.store import appearances
from digest.store.campaigns import Campaign
from digest.store.content import items as item_store


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """An item that an edition does not show, and why."""

    item: Item  # as its source says it
    skip: ItemSkip

    @property
    def may_come(self) -> bool:
        """Whether an editor may bring it in."""
        return self.skip in MAY_COME

    @property
    def is_dropped(self) -> bool:
        """Whether an editor dropped it from this edition."""
        return self.skip is ItemSkip.DROPPED


def left_out(app: App, edition: Edition, *, most: int | None = None) -> tuple[LeftOut, ...]:
    """What an edition leaves out, as far as it is still stored, in the order of its reasons; so many of each."""
    seen: Counter[ItemSkip] = Counter()
    reasons: dict[tuple[str, str], ItemSkip] = {}
    for one in edition.skipped:
        seen[one.reason] += 1
        if most is None or seen[one.reason] <= most:
            reasons[one.source, one.key] = one.reason
    with app.store.read() as connection:
        items = item_store.among(connection, reasons)
    rank = {skip: number for number, skip in enumerate(ItemSkip)}
    found = (LeftOut(item=item, skip=reasons[pair]) for pair, item in items.items())
    return tuple(sorted(found, key=lambda one: rank[one.skip]))


def arrived(app: App, campaign: Campaign, now: datetime) -> tuple[Entry, ...]:
    """What came since an edition was drafted and would be in it if it were composed now."""
    digest = next((one for one in app.config.digests if one.name == campaign.digest), None)
    if digest is None or not campaign.edition:
        return ()
    frozen = edition_from_json(campaign.edition)
    known = composed_of(frozen)
    now = max(now, frozen.composed_at)  # of what is drafted ahead: when it is sent
    with app.store.read() as connection:
        if item_store.pairs(connection, which=coming(app, connection, now, leaving_out=campaign)) <= known:
            return ()
    held = stock(app, now, leaving_out=campaign)
    with app.store.read() as connection:
        shown = appearances.shown_in(connection, digest.name, lists=digest.lists, leaving_out=campaign, of=held.items)
    edition = composed(app, held, digest, shown=shown, period=frozen.period, now=now, leaving_out=campaign)
    return tuple(entry for entry in edition.entries if known.isdisjoint(told_of(entry)))
