"""Erase twice a day what is held about people longer than `[retention]` says."""

import asyncio
from datetime import datetime, timedelta

import structlog

from digest.app import App
from digest.core import people
from digest.model import BY_SCHEDULE
from digest.service.scheduler import Job

JOB = Job("retention", timedelta(hours=12))

log = structlog.get_logger("digest.jobs.retention")


async def run(app: App, now: datetime) -> None:
    """What is expired by now; nothing is written where nothing is."""
    erased = await asyncio.to_thread(people.erase_expired, app, now, by=BY_SCHEDULE)
    if erased:
        log.info(
            "erased",
            replies=erased.replies,
            activity=erased.activity,
            journal=erased.journal,
            sign_ups=erased.sign_ups,
        )
