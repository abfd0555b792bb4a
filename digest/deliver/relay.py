"""Where mail is handed over: the configured servers, or the embedded mailbox while it is up, and what senders share."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from digest.config import Smtp
from digest.deliver.courier import Courier
from digest.deliver.fairness import FairShare
from digest.deliver.slots import Slots
from digest.deliver.smtp import SmtpCourier
from digest.errors import DeliveryError


@dataclass(frozen=True, slots=True)
class Relay:
    """Where mail is handed over."""

    connect: Callable[[], Awaitable[Courier]]  # opens one connection
    share: FairShare
    name: str = "smtp"
    slots: Slots | None = None  # where connections outlast those who send

    @property
    def is_open(self) -> bool:
        """Whether this process may send over it now, as far as is known here: none of its senders is to wait."""
        return (self.slots is None or self.slots.allowed > 0) and self.share.pause() == 0

    async def allow(self, connections: int) -> None:
        """Have no more than so many of the connections that outlast who sends."""
        self.share.allow(connections)
        if self.slots is not None:
            await self.slots.allow(connections)


@asynccontextmanager
async def open_relay(smtp: Smtp, mailbox: Path, *, share: FairShare | None = None) -> AsyncIterator[Relay]:
    """One server.

    Args:
        smtp: which, and how fast.
        mailbox: the Maildir that the embedded server delivers to.
        share: of the relay, where others send over it too.
    """
    share = FairShare(smtp.connections, smtp.rate, smtp.burst) if share is None else share
    if not smtp.embedded:
        yield Relay(lambda: SmtpCourier.connect(smtp), share)
        return
    from digest.deliver.embedded import embedded_server  # noqa: PLC0415  (its server takes a tenth of a second to import)

    async with embedded_server(mailbox) as (host, port):
        local = smtp.model_copy(update={"host": host, "port": port, "tls": "none", "username": None, "password": None})
        yield Relay(lambda: SmtpCourier.connect(local), share)


def kept(name: str, smtp: Smtp, share: FairShare) -> Relay:
    """A relay whose connections outlast those who send; none may be opened until its slots are told how many."""
    slots = Slots(lambda: SmtpCourier.connect(smtp))
    return Relay(slots.connect, share, name, slots)


@asynccontextmanager
async def open_any(servers: Sequence[Smtp], mailbox: Path) -> AsyncIterator[Courier]:
    """A connection for single mails: to the first of the servers that one can be made to.

    Raises:
        DeliveryError: what the last of them said, where none can.
    """
    for smtp in servers:
        async with open_relay(smtp, mailbox) as relay:
            try:
                courier = await relay.connect()
            except DeliveryError:
                if smtp is servers[-1]:
                    raise
                continue
            try:
                yield courier
            finally:
                await courier.close()
            return
