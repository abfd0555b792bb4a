"""How fetching fails: for now, or for good. Neither leaves this room; both become a SourceError."""

from digest.model import Quoted, Told


class TransientError(Exception):
    """A request failed, and may work when tried again; the message is the cause."""

    def __init__(self, what: str, *, retry_after: float | None = None) -> None:
        super().__init__(what)
        self.retry_after = retry_after  # seconds, as the server asks


class LastingError(Exception):
    """It would fail again; the message is the cause and the way out, as they follow the source's name and address."""


def hung_up(cause: str) -> Told | None:
    """In plain words that the server ended the connection too early; None where the cause is another."""
    if "disconnected without" in cause:
        return Told("hung_up")
    if "peer closed connection" in cause:
        return Told("hung_up_within")
    return None


def lost_connection(cause: str) -> Told:
    """What became of a connection, in plain words where the network library's own say little."""
    if "connection attempts failed" in cause:
        return Told("nobody_there")
    return Told("lost_said", said=Quoted(cause)) if cause else Told("lost")
