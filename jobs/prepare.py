"""Prepare the editions that are due; where no approval is asked for, let them go."""

from datetime import datetime, timedelta

import structlog

from digest.app import App
from digest.model import CampaignStatus
from digest.pipeline import prepare_due
from digest.scheduler import Job

JOB = Job("prepare", timedelta(seconds=5))

log = structlog.get_logger("digest.jobs.prepare")


async def run(app: App, now: datetime) -> None:
    """Ask the cadence what is due; the period's row says whether it was done."""
    for prepared in await prepare_due(app, now):
        campaign = prepared.campaign
        tell = log.warning if campaign.status is CampaignStatus.HELD else log.info
        tell("prepared", campaign=campaign.name, status=campaign.status, reason=campaign.reason)
