"""Write to the admins what needs them: held and missed editions, lists that cannot be applied, silent sources."""

from datetime import datetime, timedelta

import structlog

from digest.app import App
from digest.core import health
from digest.errors import DeliveryError
from digest.model import BY_SCHEDULE
from digest.service.ticks import Job

JOB = Job("alarms", timedelta(minutes=5))

log = structlog.get_logger("digest.jobs.alarms")


async def run(app: App, now: datetime) -> None:
    """One mail for all that was not told within a day; where no server takes it, the next tick tries again."""
    try:
        told = await health.tell(app, now, by=BY_SCHEDULE)
    except DeliveryError as error:
        log.warning("the admins could not be told; it is tried again", error=str(error))
        return
    for one in told:
        log.warning("needs an admin", trouble=one.told, mend=one.mend)
