"""A campaign as standing asks of it: whom it is for, now."""

from datetime import datetime

from sqlalchemy import Connection

from digest.store.campaigns import Campaign
from digest.store.people.laws import Mailing
from digest.store.people.standing import mailing


def mailing_of(connection: Connection, campaign: Campaign, now: datetime) -> Mailing:
    """Whom a campaign is for, by its audience, by its terms, and by what else went out lately."""
    return mailing(
        connection,
        campaign.audience,
        now,
        digest=campaign.digest,
        terms=campaign.terms,
        campaign_id=campaign.id,
    )
