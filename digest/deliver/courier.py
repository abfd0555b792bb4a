"""The port through which a message leaves: what an envelope is and what a courier promises."""

from dataclasses import dataclass
from typing import Protocol

from digest.model import Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """One message to one person, ready for the wire."""

    sender: str  # MAIL FROM
    recipient: str  # RCPT TO
    message: (
        bytes  # CRLF line ends, the last line ended, no line that begins with a dot, as a `PreparedMessage` has them
    )
    smtputf8: bool = False  # an address is not ASCII (RFC 6531)


class Courier(Protocol):
    """Hands envelopes to a server, one at a time, over one connection.

    `send` answers with an outcome whatever the server says or does, and leaves the courier fit for the next
    envelope. It raises `DeliveryError` only where no server can be reached or it takes no mail from us at all,
    and then nothing of the message has left; `UnreachableError` where trying again may do.

    Attributes:
        in_doubt: whether the server may have the whole message of a `send` that was cancelled or raised.
    """

    in_doubt: bool

    async def send(self, envelope: Envelope) -> Outcome:
        """Hand over one message."""
        ...

    async def close(self) -> None:
        """Say goodbye; never raises for a server that does not answer."""
        ...
