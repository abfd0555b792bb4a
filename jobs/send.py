"""Send what is released and due: new editions, and deferred deliveries whose time has come."""

from datetime import datetime, timedelta

from digest.app import App
from digest.pipeline import deliver_due
from digest.scheduler import Job

JOB = Job("send", timedelta(seconds=5))


async def run(app: App, now: datetime) -> None:
    """Deliver what may be claimed now."""
    await deliver_due(app, now)
