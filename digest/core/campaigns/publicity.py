"""Whether everybody may read a campaign in the archive: a person's word, whatever was said when it was written."""

from datetime import datetime

from digest.app import App
from digest.core.campaigns.lookup import campaign_named
from digest.model import By
from digest.store import campaigns
from digest.store.organisers import activity


def hide_from_archive(app: App, name: str, now: datetime, *, by: By) -> bool:
    """Take a campaign out of the archive and its feeds; False where it was not for everybody.

    Who got it has its links, and these still lead to it.

    Raises:
        UsageError: when there is no campaign of that name.
    """
    return _put(app, name, now, by, public=False)


def show_in_archive(app: App, name: str, now: datetime, *, by: By) -> bool:
    """Let everybody read a campaign in the archive, from when somebody has got it; False where they may already.

    Raises:
        UsageError: when there is no campaign of that name.
    """
    return _put(app, name, now, by, public=True)


def _put(app: App, name: str, now: datetime, by: By, *, public: bool) -> bool:
    with app.store.write() as connection:
        campaign = campaign_named(connection, name)
        changed = campaigns.set_public(connection, campaign.id, public)
        if changed:
            verb = "show in archive" if public else "hide from archive"
            activity.record(connection, at=now, by=by, verb=verb, subject=campaign.name)
    return changed
