"""Tell: how a campaign went, what runs, and why an item or a person is in or out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from digest.app import App
from digest.compose import Merged, compose, edit_of, next_due, period_of
from digest.config import DigestConfig
from digest.model import Edit, Edition, Event, Item, Report
from digest.pipeline.editing import find_item, thing_of
from digest.pipeline.failing import failing
from digest.pipeline.known import campaign_named
from digest.pipeline.stock import Stock, stock
from digest.store import campaigns, outbox, outcomes, people, sources
from digest.store.outcomes import DomainTally, Reply, Row
from digest.store.people import Status
from digest.store.sources import SourceState


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignReport:
    """A campaign's counts, by domain and, where servers did not accept, by their replies."""

    report: Report
    domains: tuple[DomainTally, ...]
    replies: tuple[Reply, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """What runs and how it stands."""

    sources: Mapping[str, SourceState]
    failing: tuple[str, ...]  # which sources fail or are stale, in a sentence each
    lists: Mapping[str, int]  # active people by list
    next_due: Mapping[str, datetime]  # by digest
    campaigns: tuple[Report, ...]  # newest first


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemStory:
    """One item: where it appeared and what the next edition of each digest would do with it."""

    item: Item
    edit: Edit | None  # what was set by hand on it or a copy of it
    merged: Merged  # with the copies that other sources published
    appeared: tuple[tuple[str, str, datetime], ...]  # (campaign, newness, when)
    next: Mapping[str, str]  # digest -> "in: new" or "out: the reason"


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonStory:
    """One person: lists, suppression and what was sent."""

    address: str
    name: str
    lists: Mapping[str, tuple[Status, datetime]]
    suppressed: str | None
    deliveries: tuple[tuple[str, str, str, datetime | None], ...]  # (campaign, state, why, when)


def report(app: App, name: str) -> CampaignReport:
    """How one campaign went.

    Raises:
        UsageError: when there is none of that name, naming the latest.
    """
    with app.store.read() as connection:
        campaign = campaign_named(connection, name)
        return CampaignReport(
            report=outbox.report(connection, campaign),
            domains=tuple(outcomes.domains(connection, campaign)),
            replies=tuple(outcomes.replies(connection, campaign)),
        )


def recipients(app: App, name: str) -> Iterator[Row]:
    """Who got a campaign and who did not, one by one.

    Raises:
        UsageError: when there is none of that name, naming the latest.
    """
    with app.store.read() as connection:
        campaign = campaign_named(connection, name)
    return outcomes.rows(app.store, campaign)


def status(app: App, now: datetime) -> Overview:
    """What runs and how it stands."""
    zone = app.config.network.zone
    with app.store.read() as connection:
        states = sources.states(connection)
        return Overview(
            sources=states,
            failing=tuple(failing(app.config.sources, states, now)),
            lists=people.count_active(connection),
            next_due={digest.name: _next_open(connection, digest, now, zone) for digest in app.config.digests},
            campaigns=tuple(outbox.report(connection, one) for one in campaigns.recent(connection)),
        )


def explain(app: App, wanted: str, now: datetime) -> ItemStory | PersonStory:
    """Why an item (by key, or SOURCE/KEY) or a person (by address) is in or out.

    Raises:
        UsageError: when neither is known.
    """
    person = _person(app, wanted) if "@" in wanted else None
    return person or _item(app, wanted, now)


def marks(app: App, items: Sequence[Item]) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """What became of each of these items besides what it says: by (source, key), in a word each."""
    by_hand = stock(app).edits
    things = Stock(items=tuple(items), edits=by_hand).things(app)
    edited = {pair for thing in things if edit_of(thing, by_hand) for pair in thing.keys}
    merged = {pair for thing in things if len(thing.copies) > 1 for pair in thing.keys}
    return {
        (item.source, item.key): tuple(
            word
            for word, holds in (
                ("cancelled", isinstance(item, Event) and item.cancelled),
                ("hidden", item.hidden),
                ("pinned", item.pinned),
                ("edited", (item.source, item.key) in edited),
                ("merged", (item.source, item.key) in merged),
                ("withdrawn", item.withdrawn),
            )
            if holds
        )
        for item in items
    }


def _person(app: App, address: str) -> PersonStory | None:
    with app.store.read() as connection:
        found = people.find(connection, address)
        if found is None:
            return None
        subscriber_id, recipient = found
        return PersonStory(
            address=recipient.address,
            name=recipient.name,
            lists=people.memberships(connection, subscriber_id),
            suppressed=people.suppression(connection, recipient.address),
            deliveries=tuple(outbox.history(connection, subscriber_id)),
        )


def _item(app: App, wanted: str, now: datetime) -> ItemStory:
    item = find_item(app, wanted)
    held = stock(app)
    thing = thing_of(app, held, item)
    with app.store.read() as connection:
        appeared = campaigns.editions_showing(connection, item.source, item.key)
        shown = {digest.name: campaigns.shown_in(connection, digest.name) for digest in app.config.digests}
    editions = {
        digest.name: compose(
            held.items,
            edits=held.edits,
            digest=digest,
            config=app.config,
            shown=shown[digest.name],
            period=period_of(digest, now, app.config.network.zone),
            now=now,
        )
        for digest in app.config.digests
    }
    return ItemStory(
        item=item,
        edit=edit_of(thing, held.edits),
        merged=thing,
        appeared=appeared,
        next={name: _prospect(item, edition) for name, edition in editions.items()},
    )


def _next_open(connection: Connection, digest: DigestConfig, now: datetime, zone: ZoneInfo) -> datetime:
    """The next scheduled moment whose period has no campaign yet: what was sent early is not sent again."""
    moment = next_due(digest, now, zone)
    while campaigns.find(connection, digest.name, period_of(digest, moment, zone)) is not None:
        moment = next_due(digest, moment, zone)
    return moment.astimezone(zone)


def _prospect(item: Item, edition: Edition) -> str:
    pair = (item.source, item.key)
    for entry in (one for whole in edition.entries for one in whole.occurrences):
        if pair in ((entry.item.source, entry.item.key), *entry.also):
            return f"in: {entry.newness}"
    reasons = [one.reason for one in edition.skipped if (one.source, one.key) == pair]
    return f"out: {reasons[0]}" if reasons else "out"
