"""The embedded mailbox: an SMTP server on the loopback interface that files every message in a Maildir."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from mailbox import Maildir
from pathlib import Path
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, Envelope, Session

from digest.errors import DeliveryError
from digest.resources import private_folder, unwritable


class _Filing:
    """Files messages as final delivery does, with Return-Path and Delivered-To (RFC 5321 section 4.4)."""

    def __init__(self, maildir: Path) -> None:
        private_folder(maildir.parent)
        self._folder = maildir / "new"
        self._maildir = Maildir(maildir, create=True)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        for recipient in envelope.rcpt_tos:
            trace = f"Return-Path: <{envelope.mail_from}>\r\nDelivered-To: {recipient}\r\n".encode()
            message = (trace + (envelope.original_content or b"")).replace(b"\r\n", b"\n")
            try:
                (self._folder / self._maildir.add(message)).chmod(0o600)
            except OSError as error:
                return f"451 4.3.0 it cannot be filed: {error.strerror}"
        return "250 2.0.0 filed"


@asynccontextmanager
async def embedded_server(maildir: Path) -> AsyncIterator[tuple[str, int]]:
    """Run the embedded server in the running loop for as long as the context lasts.

    Args:
        maildir: made where it does not exist.

    Yields:
        Host and port to send to: loopback, a free port, neither TLS nor login.

    Raises:
        DeliveryError: when the Maildir cannot be made.
    """
    loop = asyncio.get_running_loop()
    try:
        filing = _Filing(maildir)
    except OSError as error:
        raise DeliveryError(unwritable(maildir.parent, error)) from None
    sessions: WeakSet[SMTP] = WeakSet()

    def session() -> SMTP:
        protocol = SMTP(filing, enable_SMTPUTF8=True, hostname="localhost", ident="digest", loop=loop)
        sessions.add(protocol)
        return protocol

    server = await loop.create_server(session, "127.0.0.1", 0)
    try:
        host, port = server.sockets[0].getsockname()
        yield host, port
    finally:
        server.close()
        for protocol in sessions:
            if protocol.transport is not None:
                protocol.transport.close()
        await server.wait_closed()
