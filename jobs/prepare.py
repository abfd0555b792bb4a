"""Prepare the editions that are due; where no approval is asked for, let them go."""

from datetime import datetime, timedelta

import structlog

from digest.app import App
from digest.core import editions
from digest.model import BY_SCHEDULE, CampaignStatus
from digest.service.ticks import Job

JOB = Job("prepare", timedelta(seconds=5), anywhere=True)

log = structlog.get_logger("digest.jobs.prepare")


async def run(app: App, now: datetime) -> None:
    """Ask the cadence what is due; the period's row says whether it was done."""
    for prepared in await editions.prepare_due(app, now, by=BY_SCHEDULE):
        campaign = prepared.campaign
        tell = log.warning if campaign.status is CampaignStatus.HELD else log.info
        tell("prepared", campaign=campaign.name, status=campaign.status, reason=campaign.reason)
