"""Send the letters that answer what somebody did, such as signing up, as soon as they are asked for."""

from datetime import datetime, timedelta

import structlog

from digest.app import App
from digest.core import people
from digest.service.ticks import Job

JOB = Job("letters", timedelta(seconds=2))

log = structlog.get_logger("digest.jobs.letters")


async def run(app: App, now: datetime) -> None:
    """What is due; what is put off is tried by a later tick."""
    if sent := await people.send_letters(app, now):
        log.info("letters sent", accepted=sent)
