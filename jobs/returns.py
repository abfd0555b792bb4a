"""Read every five minutes what came back into the mailbox of `[returns]`, where one is configured."""

import asyncio
from datetime import datetime, timedelta

import structlog

from digest.app import App
from digest.core import campaigns
from digest.documents import taken_json
from digest.model import BY_SCHEDULE
from digest.service.ticks import Job

JOB = Job("returns", timedelta(minutes=5), anywhere=True)

log = structlog.get_logger("digest.jobs.returns")


async def run(app: App, now: datetime) -> None:
    """Fetch what is unseen, take it in, and only then mark it."""
    if app.config.returns.host is None:
        return
    taken = await asyncio.to_thread(campaigns.read_returns, app, None, now, by=BY_SCHEDULE)
    if taken.read:
        tell = log.warning if taken.held else log.info
        tell("returns read", **taken_json(taken) | {"suppressed": len(taken.suppressed)})
