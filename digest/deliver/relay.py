"""The relay: the configured server, or the embedded mailbox while it is up, and what all who send over it share."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from digest.config import Smtp
from digest.deliver.courier import Courier
from digest.deliver.fairness import FairShare
from digest.deliver.smtp import SmtpCourier


@dataclass(frozen=True, slots=True)
class Relay:
    """Where mail is handed over."""

    connect: Callable[[], Awaitable[Courier]]  # opens one connection
    share: FairShare


@asynccontextmanager
async def open_relay(smtp: Smtp, mailbox: Path, *, share: FairShare | None = None) -> AsyncIterator[Relay]:
    """The relay that is configured.

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
