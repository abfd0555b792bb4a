"""Send what is released and due: new editions, and deferred deliveries whose time has come."""

from datetime import datetime, timedelta

import structlog

from digest.app import App
from digest.pipeline import deliver_due
from digest.scheduler import Job

JOB = Job("send", timedelta(seconds=5))

log = structlog.get_logger("digest.jobs.send")


async def run(app: App, now: datetime) -> None:
    """Deliver what may be claimed now."""
    for sent in await deliver_due(app, now):
        if sent.accepted_now:
            log.info("sent", campaign=sent.report.campaign, accepted=sent.accepted_now, note=sent.note)
