"""Letters: one mail to one person, outside any campaign."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from digest.app import App
from digest.core.mail.personal import Mail
from digest.deliver import Envelope, PreparedMessage, message_id, open_any, prepare_message, wire_domain
from digest.errors import DeliveryError
from digest.model import Accepted, Delivery, Recipient
from digest.render import Compiled, Letter


def as_test(rendered: Compiled) -> Compiled:
    """The same mail, marked in its subject."""
    own = ("[Test] ", *rendered.own_subject) if rendered.own_subject else ()
    translations = {tag: as_test(one) for tag, one in rendered.translations.items()}
    return replace(rendered, subject=f"[Test] {rendered.subject}", own_subject=own, translations=translations)


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
    return await _send(app, mail.envelope(delivery))


async def send_letter(app: App, person: Recipient, letter: Letter, now: datetime, *, number: int = 0) -> None:
    """Send a letter; arguments as for `LetterMail`.

    Raises:
        DeliveryError: when it is not accepted, with the server's reply.
        TemplateError: naming file and line.
    """
    mail = await asyncio.to_thread(LetterMail.prepare, app, letter, now, number=number)
    await _send(app, mail.envelope(person.address, name=person.name))


async def _send(app: App, envelope: Envelope) -> str:
    async with open_any(app.config.letter_servers, app.mailbox) as courier:
        outcome = await courier.send(envelope)
    if not isinstance(outcome, Accepted):
        raise DeliveryError(f"The mail to {envelope.recipient} was not accepted: {outcome.reply}")
    return outcome.reply


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterMail:
    """A letter that answers what one person did: of no campaign and no list."""

    prepared: PreparedMessage
    message_id: str

    @classmethod
    def prepare(cls, app: App, letter: Letter, now: datetime, *, number: int) -> Self:
        """Render and encode a letter, dated now.

        Args:
            app: what to work with.
            letter: what it says.
            now: the Date field.
            number: which of its kind; tells it from the others that are dated the same.

        Raises:
            TemplateError: naming file and line.
        """
        rendered = app.renderer.letter(letter).for_readers(frozenset())
        sender = app.config.sender
        prepared = prepare_message(rendered, sender=sender, date=now.astimezone(app.config.network.zone))
        name = f"{type(letter).__name__} {now.isoformat()}"
        return cls(prepared=prepared, message_id=message_id(name, number, wire_domain(sender.email)))

    def envelope(self, address: str, *, name: str = "", leave_url: str | None = None) -> Envelope:
        """The letter to an address; without a name where somebody else may have typed it."""
        return self.prepared.envelope(
            Recipient(address=address, name=name), values={}, message_id=self.message_id, unsubscribe_url=leave_url
        )
