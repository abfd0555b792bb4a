"""An edition's audience: resolved when it is drafted, so that it can be counted, and anew when it is let go."""

from datetime import datetime

import structlog
from sqlalchemy import Connection

from digest.app import App
from digest.core.people.lists import apply_lists
from digest.errors import ConfigError
from digest.model import By
from digest.store import outbox
from digest.store.campaigns import ANNOUNCEMENT, Campaign

log = structlog.get_logger("digest.editions")


def apply_lists_unattended(app: App, now: datetime, *, by: By) -> None:
    """A mistyped line in a list's file must not cost everybody their digest: it goes to the lists as last applied.

    Raises:
        DigestError: when more people would be removed than the guard allows; nothing is changed then.
    """
    try:
        apply_lists(app, now, by=by)
    except ConfigError as error:
        log.warning("list changes are not applied; the lists stay as they were", error=str(error))


def plan_again(connection: Connection, campaign: Campaign, now: datetime) -> None:
    """Plan a waiting edition for whom it is for by now, within the transaction that lets it go.

    Since it was drafted people have come, left and come back from pauses, and it may show other categories. Of an
    announcement, and of what somebody perhaps has, the plan stays.
    """
    if campaign.digest != ANNOUNCEMENT:
        outbox.plan_again(connection, campaign, now)
