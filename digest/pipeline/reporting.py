"""Tell: how a campaign went, what runs, and why an item or a person is in or out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from digest.app import App
from digest.compose import compose, next_due, period_of
from digest.errors import UsageError
from digest.model import Edition, Item, Report
from digest.store import campaigns, outbox, people, sources
from digest.store import items as item_store
from digest.store.people import Status
from digest.store.sources import SourceState


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignReport:
    """A campaign's counts and, where servers did not accept, their replies."""

    report: Report
    replies: tuple[tuple[str, str, str, int], ...]  # (state, stage, reply, people)


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """What runs and how it stands."""

    sources: Mapping[str, SourceState]
    lists: Mapping[str, int]  # active people by list
    next_due: Mapping[str, datetime]  # by digest
    campaigns: tuple[Report, ...]  # newest first


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemStory:
    """One item: where it appeared and what the next edition of each digest would do with it."""

    item: Item
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
        campaign = campaigns.by_name(connection, name)
        if campaign is None:
            latest = ", ".join(one.name for one in campaigns.recent(connection, 5)) or "none yet"
            raise UsageError(f'There is no campaign "{name}"; the latest are: {latest}')
        return CampaignReport(
            report=outbox.report(connection, campaign),
            replies=tuple(outbox.replies(connection, campaign)),
        )


def status(app: App, now: datetime) -> Overview:
    """What runs and how it stands."""
    zone = app.config.network.zone
    with app.store.read() as connection:
        return Overview(
            sources=sources.states(connection),
            lists=people.count_active(connection),
            next_due={digest.name: next_due(digest, now, zone).astimezone(zone) for digest in app.config.digests},
            campaigns=tuple(outbox.report(connection, one) for one in campaigns.recent(connection)),
        )


def explain(app: App, wanted: str, now: datetime) -> ItemStory | PersonStory:
    """Why an item (by key, or SOURCE/KEY) or a person (by address) is in or out.

    Raises:
        UsageError: when neither is known.
    """
    person = _person(app, wanted) if "@" in wanted else None
    return person or _item(app, wanted, now)


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
    with app.store.read() as connection:
        items = [stored.item for stored in item_store.load(connection)]
        matches = [item for item in items if wanted in (item.key, f"{item.source}/{item.key}")]
        if not matches:
            what = "subscriber" if "@" in wanted else "item"
            raise UsageError(f'No {what} "{wanted}" is stored; see `digest items` and `digest lists show`')
        if len(matches) > 1:
            names = ", ".join(f"{item.source}/{item.key}" for item in matches)
            raise UsageError(f'"{wanted}" names several items: {names}')
        item = matches[0]
        appeared = campaigns.editions_showing(connection, item.source, item.key)
        prospects = {
            digest.name: _prospect(
                item,
                compose(
                    items,
                    digest=digest,
                    config=app.config,
                    shown=campaigns.shown_in(connection, digest.name),
                    period=period_of(digest, now, app.config.network.zone),
                    now=now,
                ),
            )
            for digest in app.config.digests
        }
    return ItemStory(item=item, appeared=appeared, next=prospects)


def _prospect(item: Item, edition: Edition) -> str:
    for entry in edition.entries:
        if entry.item == item:
            return f"in: {entry.newness}"
    reasons = [one.reason for one in edition.skipped if (one.source, one.key) == (item.source, item.key)]
    return f"out: {reasons[0]}" if reasons else "out"
