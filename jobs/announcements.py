"""Let the announcements go whose time has come; the job that sends takes them up."""

from datetime import datetime, timedelta

import structlog

from digest.app import App
from digest.core import announcements
from digest.model import BY_SCHEDULE
from digest.service.ticks import Job

JOB = Job("announcements", timedelta(seconds=5))

log = structlog.get_logger("digest.jobs.announcements")


async def run(app: App, now: datetime) -> None:
    """A draft is a campaign once, so a double, late or missed tick is harmless."""
    for gone in await announcements.release_due(app, now, by=BY_SCHEDULE):
        if gone.campaign is None:
            log.error("an announcement did not go", draft=gone.draft.id, why=gone.trouble)
        else:
            log.info("an announcement goes", draft=gone.draft.id, campaign=gone.campaign)
