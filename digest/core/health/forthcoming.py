"""What goes next: each digest's next edition, and the one that waits for somebody."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from digest.app import App
from digest.compose import next_due, period_of
from digest.config import DigestConfig
from digest.core.health.overview import next_open
from digest.model import CampaignStatus
from digest.store import campaigns, outbox
from digest.store.campaigns import Campaign

_WAITING = (CampaignStatus.PREPARED, CampaignStatus.HELD)


@dataclass(frozen=True, kw_only=True, slots=True)
class Coming:
    """A digest, and what comes of it next."""

    digest: DigestConfig
    at: datetime  # when that is due; now, where it is late
    waiting: Campaign | None  # an edition that waits for a person
    recipients: int  # of that one


def coming(app: App, now: datetime) -> tuple[Coming, ...]:
    """What goes next, the earliest first."""
    with app.store.read() as connection:
        found = [_next(connection, app, digest, now) for digest in app.config.digests]
    return tuple(sorted(found, key=lambda one: (one.waiting is None, one.at)))


def _next(connection: Connection, app: App, digest: DigestConfig, now: datetime) -> Coming:
    """An edition that waits for somebody, be it drafted ahead; else the next that there will be."""
    zone = app.config.network.zone
    scheduled = next_due(digest, now, zone)
    for at, moment in ((now, now), (scheduled, scheduled)):
        one = campaigns.find(connection, digest.name, period_of(digest, moment, zone))
        if one is not None and one.status in _WAITING:
            people = outbox.report_of(connection, one).recipients
            return Coming(digest=digest, at=at, waiting=one, recipients=people)
    return Coming(digest=digest, at=next_open(connection, digest, now, zone), waiting=None, recipients=0)
