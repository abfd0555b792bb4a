"""What a watcher asks: /health in a word, /metrics in the form of Prometheus; whoever asks is answered."""

import asyncio
from collections.abc import Iterator, Mapping
from time import monotonic

import structlog
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from digest.app import App
from digest.core import health
from digest.core.health import Metrics

_FRESH = 15.0  # seconds for which an answer stands: asking often costs the store nothing
_STALE = 300.0  # seconds after which what was seen last is no answer any more
_PATIENCE = 5.0  # seconds for which a first look, or one after so long, is waited for

log = structlog.get_logger("digest.web.monitoring")


class Monitoring:
    """``/health`` and ``/metrics``."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._kept: Metrics | None = None
        self._looked_at: float | None = None
        self._failed = False
        self._looking: asyncio.Task[None] | None = None

    async def health(self, _: Request) -> Response:
        """Whether everything due has happened, as it was known last: it answers also while the store is busy."""
        self._look()
        if self._looking is not None and self._is_older_than(_STALE):
            await asyncio.wait([self._looking], timeout=_PATIENCE)
        if self._failed:
            return PlainTextResponse("the store cannot be read\n", 503)
        if self._kept is not None and self._kept.overdue:
            return PlainTextResponse("overdue; `digest status` tells what\n", 503)
        if self._is_older_than(_STALE):
            return PlainTextResponse("the store does not answer\n", 503)
        return PlainTextResponse("ok\n")

    async def metrics(self, _: Request) -> Response:
        """How all stands, in numbers."""
        self._look()
        if self._looking is not None:
            await asyncio.shield(self._looking)
        if self._kept is None:
            return PlainTextResponse("The store cannot be read; please try again later.\n", 503)
        registry = CollectorRegistry()
        registry.register(_Collector(self._kept))
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    def _look(self) -> None:
        """See how all stands, in a worker thread, unless that is known or under way."""
        under_way = self._looking is not None and not self._looking.done()
        if not under_way and (self._failed or self._is_older_than(_FRESH)):
            self._looking = asyncio.create_task(self._see())

    def _is_older_than(self, seconds: float) -> bool:
        return self._looked_at is None or monotonic() - self._looked_at > seconds

    async def _see(self) -> None:
        try:
            self._kept = await asyncio.to_thread(health.metrics, self._app, self._app.now)
            self._failed = False
        except Exception as error:  # noqa: BLE001  (whatever it is, nobody knows how all stands)
            log.warning("how all stands could not be read", error=str(error))
            self._kept, self._failed = None, True
        finally:
            self._looked_at = monotonic()


class _Collector:
    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        told = self._metrics
        yield _by("digest_deliveries", "Deliveries of the last 30 days' campaigns", "outcome", told.deliveries)
        yield GaugeMetricFamily("digest_queue", "People still to be mailed by what may go", told.queued)
        yield GaugeMetricFamily("digest_doubts", "Deliveries that perhaps arrived, unsettled", told.doubts)
        yield GaugeMetricFamily("digest_rate", "Accepted mails per second of what is being sent", told.rate)
        ages = "Seconds since a source was last read"
        yield _by("digest_source_age_seconds", ages, "source", told.source_ages)
        due = {name: moment.timestamp() for name, moment in told.next_due.items()}
        yield _by("digest_next_due_timestamp_seconds", "When a digest is due next", "digest", due)
        jobs = {name: moment.timestamp() for name, moment in told.jobs.items()}
        yield _by("digest_job_success_timestamp_seconds", "When a job last succeeded", "job", jobs)
        yield _by("digest_returns", "What came back within 7 days", "kind", told.returns)
        yield GaugeMetricFamily("digest_overdue", "Things that were due and did not happen", told.overdue)
        alive = [one for one in told.workers if one.is_alive]
        yield GaugeMetricFamily("digest_workers", "Workers that gave a sign of life lately", len(alive))
        older = sum(one.is_outdated for one in alive)
        yield GaugeMetricFamily("digest_workers_outdated", "Of these, of an older version than the tables", older)
        rates, chunks = ({one.name: one.rate for one in alive}, {one.name: len(one.chunks) for one in alive})
        yield _by("digest_worker_rate", "Outcomes per second of a worker, lately", "worker", rates)
        yield _by("digest_worker_chunks", "Chunks that a worker holds", "worker", chunks)
        waiting, busy = (
            {one.queue: one.waiting for one in told.queues},
            {one.queue: one.under_way for one in told.queues},
        )
        yield _by("digest_calls_waiting", "Calls for workers that nobody has taken", "queue", waiting)
        yield _by("digest_calls_under_way", "Calls for workers that somebody is at", "queue", busy)
        oldest = {one.queue: one.oldest for one in told.queues}
        yield _by("digest_calls_oldest_seconds", "How long the first of those that wait has waited", "queue", oldest)
        up = {one.name: float(one.state == "ok") for one in told.relays}
        yield _by("digest_relay_ok", "1 for a relay that may be given more mail now", "relay", up)
        today = {one.name: one.today for one in told.relays}
        yield _by("digest_relay_mails_today", "Mails that a relay was given today", "relay", today)
        most = {one.name: one.maximum for one in told.relays if one.maximum is not None}
        yield _by("digest_relay_maximum_today", "Mails that a relay may be given today", "relay", most)
        if told.last_sent_at is not None:
            last = "When a mail server last answered"
            yield GaugeMetricFamily("digest_sent_timestamp_seconds", last, told.last_sent_at.timestamp())


def _by(name: str, told: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, told, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
