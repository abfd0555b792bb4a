"""Send what is released and due: new editions, and deferred deliveries whose time has come."""

from datetime import datetime, timedelta

import structlog

from digest.app import App
from digest.core import campaigns
from digest.service.ticks import Job

JOB = Job("send", timedelta(seconds=5))

log = structlog.get_logger("digest.jobs.send")

_told: dict[str, str] = {}  # by campaign, so that a server that is down is told of once


async def run(app: App, now: datetime) -> None:
    """Deliver what may be claimed now, campaigns side by side; one that could not be sent is tried by the next tick."""
    async for sent in campaigns.send_due(app, now):
        if sent.error is None:
            _told.pop(sent.campaign, None)
        elif _told.get(sent.campaign) != sent.error:
            _told[sent.campaign] = sent.error
            log.error("could not be sent; it is tried again", campaign=sent.campaign, error=sent.error)
        if sent.accepted_now:
            log.info("sent", campaign=sent.campaign, accepted=sent.accepted_now, status=sent.standing)
