"""Resend: the very mail of a campaign once more, to one person whom it was for."""

from datetime import datetime

from sqlalchemy import Connection

from digest.app import App
from digest.compose import edition_from_json
from digest.core.campaigns.lookup import to_oneself
from digest.core.mail.letters import hand_over
from digest.core.mail.personal import Mail
from digest.errors import DigestError, UsageError
from digest.model import By, Delivery, DeliveryState, PersonSkip
from digest.render import compiled_from_json
from digest.store import campaigns, outbox, people
from digest.store.campaigns import Campaign
from digest.store.organisers import activity

_UNDER_WAY = (DeliveryState.QUEUED, DeliveryState.IN_FLIGHT, DeliveryState.DEFERRED)
_KEPT_OUT = (PersonSkip.SUPPRESSED, PersonSkip.UNSUBSCRIBED, PersonSkip.DELISTED)
"""Why nothing is sent to somebody even where an organiser asks for it; a pause is no reason, since they asked."""


async def resend(app: App, name: str, address: str, now: datetime, *, by: By) -> str:
    """Send one person the mail as the campaign keeps it, with the same Message-ID; what they wanted less of stays out.

    It is written down before it is sent, and once it is taken the delivery is accepted. Returns the server's reply.

    Raises:
        UsageError: when there is no such campaign, it was not for them, or it is still on its way to them.
        DigestError: when they may not be mailed, with the reason.
        DeliveryError: when the server does not accept it; the delivery stays as it was.
    """
    with to_oneself(app, name) as campaign:
        with app.store.write() as connection:
            delivery = _wanted(connection, campaign, address, now)
            activity.record(connection, at=now, by=by, verb="resend", subject=address, detail=name)
        mail = _mail(app, campaign)
        reply = await hand_over(app, mail, delivery)
        with app.store.write() as connection:
            outbox.record_resent(connection, delivery, reply, now)
    return reply


def _mail(app: App, campaign: Campaign) -> Mail:
    if campaign.rendered is None:
        raise UsageError(f"{campaign.name} has no mail; nothing can be sent again")
    edition = None
    if campaign.digest != campaigns.ANNOUNCEMENT and campaign.edition:
        edition = edition_from_json(campaign.edition)
    return Mail.prepare(app, compiled_from_json(campaign.rendered), campaign=campaign, edition=edition)


def _wanted(connection: Connection, campaign: Campaign, address: str, now: datetime) -> Delivery:
    """The person's delivery, where it may go once more."""
    found = people.find(connection, address)
    held = outbox.delivery_of(connection, campaign, found[0]) if found else None
    if found is None or held is None:
        raise UsageError(f"{campaign.name} was not for {address}; `digest explain {address}` tells what was")
    delivery, state = held
    standing = people.standing_of(connection, found[0], people.mailing(connection, campaign.audience, now))
    if standing in _KEPT_OUT:
        raise DigestError(f"{address} gets no mail: {standing}; nothing was sent.")
    if state in _UNDER_WAY:
        raise UsageError(f"{campaign.name} is still on its way to {address} ({state}); `digest send` goes on with it")
    return delivery
