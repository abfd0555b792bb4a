"""Collect every source every quarter of an hour, so that what is new is known and failures are seen early."""

from datetime import datetime, timedelta

import structlog

from digest.app import App
from digest.core import content
from digest.model import BY_SCHEDULE
from digest.service.ticks import Job

JOB = Job("collect", timedelta(minutes=15), anywhere=True)

log = structlog.get_logger("digest.jobs.collect")


async def run(app: App, now: datetime) -> None:
    """Fetch and store; what fails is kept in its state and touches no other."""
    for result in await content.collect(app, now, by=BY_SCHEDULE):
        if result.complaint:
            what = "source failed" if result.error else "source read only in part"
            log.warning(what, source=result.source, error=result.complaint)
        for line in result.pictures:
            log.warning("a picture could not be had", source=result.source, picture=line)
        if result.new or result.changed:
            log.info("collected", source=result.source, new=result.new, changed=result.changed)
