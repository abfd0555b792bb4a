"""Mail what is drafted to the organisers who review it, and remind them once."""

from datetime import datetime, timedelta

import structlog

from digest.app import App
from digest.core import editions
from digest.model import BY_SCHEDULE
from digest.service.ticks import Job

JOB = Job("drafts", timedelta(seconds=5), anywhere=True)

log = structlog.get_logger("digest.jobs.drafts")


async def run(app: App, now: datetime) -> None:
    """What was not shown yet, or has changed since."""
    if mailed := await editions.show_drafts(app, now, by=BY_SCHEDULE):
        log.info("drafts mailed", organisers=mailed)
