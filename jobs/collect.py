"""Collect every source every quarter of an hour, so that what is new is known and failures are seen early."""

from datetime import datetime, timedelta

import structlog

from digest.app import App
from digest.pipeline import collect
from digest.scheduler import Job

JOB = Job("collect", timedelta(minutes=15))

log = structlog.get_logger("digest.jobs.collect")


async def run(app: App, now: datetime) -> None:
    """Fetch and store; a failing source is kept in its state and touches no other."""
    for result in await collect(app, now):
        if result.error:
            log.warning("source failed", source=result.source, error=result.error)
        elif result.new or result.changed:
            log.info("collected", source=result.source, new=result.new, changed=result.changed)
