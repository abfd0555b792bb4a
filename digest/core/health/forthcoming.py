"""What goes next: each digest's next edition, and the one that waits for somebody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.app import App
from digest.compose import period_of
from digest.config import DigestConfig
from digest.core.health.overview import next_open
from digest.model import CampaignStatus, Report
from digest.store import campaigns, outbox
from digest.store.campaigns import Campaign

_WAITING = (CampaignStatus.PREPARED, CampaignStatus.HELD)


@dataclass(frozen=True, kw_only=True, slots=True)
class Coming:
    """A digest, and what comes of it next."""

    digest: DigestConfig
    at: datetime  # when the next edition that is not on record yet is due
    waiting: Campaign | None  # the latest edition, where it waits for a person
    recipients: int  # of that one


def coming(app: App, now: datetime) -> tuple[Coming, ...]:
    """What goes next, the earliest first."""
    zone = app.config.network.zone
    found = []
    with app.store.read() as connection:
        for digest in app.config.digests:
            at = next_open(connection, digest, now, zone)
            latest = campaigns.find(connection, digest.name, period_of(digest, now, zone))
            waiting = latest if latest is not None and latest.status in _WAITING else None
            people = 0 if waiting is None else outbox.report_of(connection, waiting).recipients
            found.append(Coming(digest=digest, at=at, waiting=waiting, recipients=people))
    return tuple(sorted(found, key=lambda one: (one.waiting is None, one.at)))


def under_way(app: App) -> Sequence[tuple[Campaign, Report]]:
    """The latest campaigns and how each stands, the newest first."""
    with app.store.read() as connection:
        return [(one, outbox.report_of(connection, one)) for one in campaigns.recent(connection, 8)]
