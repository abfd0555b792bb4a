"""Letters: one mail to one person, outside any campaign."""

from dataclasses import replace

from digest.app import App
from digest.core.mail.personal import Mail
from digest.deliver import open_relay
from digest.errors import DeliveryError
from digest.model import Accepted, Delivery
from digest.render import Compiled


def as_test(rendered: Compiled) -> Compiled:
    """The same mail, marked in its subject."""
    own = ("[Test] ", *rendered.own_subject) if rendered.own_subject else ()
    return replace(rendered, subject=f"[Test] {rendered.subject}", own_subject=own)


async def send_one(app: App, address: str, mail: Mail) -> None:
    """Send one mail outside any campaign, such as a test to oneself.

    Raises:
        DeliveryError: when it is not accepted, with the server's reply.
    """
    await hand_over(app, mail, mail.sample(address))


async def hand_over(app: App, mail: Mail, delivery: Delivery) -> str:
    """Send one person's mail over a connection of its own; returns the server's reply.

    Raises:
        DeliveryError: when it is not accepted, with the server's reply.
    """
    async with open_relay(app.config.smtp, app.mailbox) as relay:
        courier = await relay.connect()
        try:
            outcome = await courier.send(mail.envelope(delivery))
        finally:
            await courier.close()
    if not isinstance(outcome, Accepted):
        raise DeliveryError(f"The mail to {delivery.recipient.address} was not accepted: {outcome.reply}")
    return outcome.reply
