"""Collect every source every quarter of an hour, so that what is new is known and failures are seen early."""

from datetime import datetime, timedelta

from digest.app import App
from digest.pipeline import collect
from digest.scheduler import Job

JOB = Job("collect", timedelta(minutes=15))


async def run(app: App, now: datetime) -> None:
    """Fetch and store; a failing source is kept in its state and touches no other."""
    await collect(app, now)
