"""Erase twice a day what is held longer than `[retention]` says: about people, and pictures that nothing uses."""

import asyncio
from dataclasses import asdict
from datetime import datetime, timedelta

import structlog

from digest.app import App
from digest.core import health, people
from digest.model import BY_SCHEDULE
from digest.service.ticks import Job

JOB = Job("retention", timedelta(hours=12), anywhere=True)

log = structlog.get_logger("digest.jobs.retention")


async def run(app: App, now: datetime) -> None:
    """What is expired by now; nothing is written where nothing is."""
    erased = await asyncio.to_thread(people.erase_expired, app, now, by=BY_SCHEDULE)
    if erased:
        log.info("erased", **asdict(erased))
    if pictures := await asyncio.to_thread(health.erase_unused_pictures, app, now, by=BY_SCHEDULE):
        log.info("erased", pictures=pictures)
