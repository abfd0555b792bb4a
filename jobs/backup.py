"""Back the store up once a day into the folder of `[service] backup`, where one is configured."""

from datetime import datetime, timedelta

import structlog

from digest.app import App
from digest.core import health
from digest.service.ticks import Job

JOB = Job("backup", timedelta(minutes=10))

log = structlog.get_logger("digest.jobs.backup")


async def run(app: App, now: datetime) -> None:
    """The day's, unless it is there already."""
    if (made := await health.back_up_daily(app, now)) is not None:
        log.info("backed up", file=made.name)
