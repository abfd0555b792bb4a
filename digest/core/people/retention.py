"""Retention: what is held about people is erased after its time."""

from dataclasses import asdict, dataclass
from datetime import datetime

from digest.app import App
from digest.model import By, Told
from digest.store.organisers import activity
from digest.store.outbox import retention
from digest.store.people import sign_ups
from digest.store.people.returns import erase_returns


@dataclass(frozen=True, kw_only=True, slots=True)
class Erased:
    """How much was erased."""

    replies: int  # of servers, to deliveries
    activity: int  # who did what
    returns: int  # what came back
    journal: int  # lines of consent
    sign_ups: int  # confirmed or not, whose link has expired

    def __bool__(self) -> bool:
        return bool(self.replies or self.activity or self.journal or self.returns or self.sign_ups)


def erase_expired(app: App, now: datetime, *, by: By) -> Erased:
    """Erase what is older than `[retention]` says, some of a campaign at a time, so that nobody waits long to write."""
    kept = app.config.retention
    replies, campaign_id, after = 0, None, None
    while not app.stopping.is_set():
        with app.store.write() as connection:
            if after is None:
                campaign_id = retention.expired_campaign(connection, now - kept.deliveries)
            if campaign_id is None:
                break
            count, after = retention.erase_details(connection, campaign_id, now, after=after or 0)
            replies += count
    with app.store.write() as connection:
        erased = Erased(
            replies=replies,
            activity=retention.erase_activity(connection, now - kept.activity),
            returns=erase_returns(connection, now - kept.returns),
            journal=retention.erase_journal(connection, now - kept.journal),
            sign_ups=sign_ups.erase_expired(connection, now),
        )
        if erased:
            told = Told("erased", **asdict(erased))
            activity.record(connection, at=now, by=by, verb="erase", subject="[retention]", detail=told)
    return erased
