"""An edition's audience: resolved when it is drafted, so that it can be counted, and anew when it is let go."""

from datetime import datetime

from sqlalchemy import Connection

from digest.store import outbox
from digest.store.campaigns import ANNOUNCEMENT, Campaign


def plan_again(connection: Connection, campaign: Campaign, now: datetime) -> None:
    """Plan a waiting edition for whom it is for by now, within the transaction that lets it go.

    Since it was drafted people have come, left and come back from pauses, and it may show other categories. Of an
    announcement, and of what somebody perhaps has, the plan stays.
    """
    if campaign.digest != ANNOUNCEMENT:
        outbox.plan_again(connection, campaign, now)
