"""Metrics: what a monitoring system asks for again and again; counts and times, and nobody's name or address."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.app import App
from digest.compose import next_due
from digest.core.campaigns.seen import Seen, SeenRelay, seen_relays, seen_workers
from digest.core.health.handing import QueueLength, queues
from digest.core.health.overdue import overdue
from digest.model import CampaignStatus, DeliveryState
from digest.store import campaigns, outbox
from digest.store.content import sources
from digest.store.organisers import job_runs
from digest.store.people import returns

_LATELY = timedelta(days=30)  # whose deliveries are counted
_MOST = 50  # campaigns
_WEEK = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class Metrics:
    """How all stands, in numbers."""

    deliveries: Mapping[str, int]  # by state, of campaigns begun within 30 days
    queued: int  # people who are still to be mailed by what may go
    doubts: int  # deliveries that perhaps arrived, and that nobody has settled
    rate: float  # accepted mails per second, of what is being sent
    source_ages: Mapping[str, float]  # seconds since each source was read; without those that never were
    next_due: Mapping[str, datetime]  # by digest
    last_sent_at: datetime | None  # when somebody's server last answered
    jobs: Mapping[str, datetime]  # when each last succeeded
    returns: Mapping[str, int]  # what came back within a week, by kind
    overdue: int  # things that were due and did not happen
    workers: tuple[Seen, ...]  # of those that share campaigns
    relays: tuple[SeenRelay, ...]
    queues: tuple[QueueLength, ...]  # of those workers


def metrics(app: App, now: datetime) -> Metrics:
    """How all stands, in numbers."""
    zone = app.config.network.zone
    late = len(overdue(app, now))
    with app.store.read() as connection:
        recent = campaigns.since(connection, now - _LATELY, limit=_MOST)
        reports = [outbox.report_of(connection, one) for one in recent]
        states = sources.states(connection)
        runs = job_runs.latest(connection)
        came_back = returns.count_by_kind(connection, now - _WEEK)
        last_sent_at = campaigns.last_sent_at(connection)
    counts: Counter[str] = Counter(dict.fromkeys((state.value for state in DeliveryState), 0))
    for report in reports:
        counts.update({state.value: count for state, count in report.states.items()})
    sending = [one for one in reports if one.status is CampaignStatus.SENDING]
    waiting = (DeliveryState.QUEUED, DeliveryState.DEFERRED, DeliveryState.IN_FLIGHT)
    read = {one.name: states[one.name].last_success_at for one in app.config.sources if one.name in states}
    return Metrics(
        deliveries=counts,
        queued=sum(one.states[state] for one in sending for state in waiting),
        doubts=sum(one.in_doubt for one in reports),
        rate=sum(one.rate for one in sending),
        source_ages={name: (now - at).total_seconds() for name, at in read.items() if at is not None},
        next_due={one.name: next_due(one, now, zone) for one in app.config.digests},
        last_sent_at=last_sent_at,
        jobs={one.job: one.succeeded_at for one in runs if one.succeeded_at is not None},
        returns=came_back,
        overdue=late,
        workers=seen_workers(app),
        relays=seen_relays(app, now),
        queues=queues(app),
    )
