"""Tell whose pause is over what they missed."""

from datetime import datetime, timedelta

import structlog

from digest.app import App
from digest.core import people
from digest.model import BY_SCHEDULE
from digest.service.ticks import Job

JOB = Job("pauses", timedelta(hours=1))

log = structlog.get_logger("digest.jobs.pauses")


async def run(app: App, now: datetime) -> None:
    """Pauses that have ended since; what is not accepted is tried by the next tick."""
    if told := await people.welcome_back(app, now, by=BY_SCHEDULE):
        log.info("pauses are over", told=told)
