"""How fetching fails: for now, or for good. Neither leaves this room; both become a SourceError."""


class TransientError(Exception):
    """A request failed, and may work when tried again; the message is the cause."""

    def __init__(self, what: str, *, retry_after: float | None = None) -> None:
        super().__init__(what)
        self.retry_after = retry_after  # seconds, as the server asks


class LastingError(Exception):
    """It would fail again; the message is the cause and the way out, as they follow the source's name and address."""
