"""Tell the outside watcher of `[health] ping`, where one is configured, that everything due has happened."""

from datetime import datetime, timedelta

from digest.app import App
from digest.core import health
from digest.service.ticks import Job

JOB = Job("ping", timedelta(minutes=5))


async def run(app: App, now: datetime) -> None:
    """Its silence is what alarms somebody."""
    await health.ping(app, now)
