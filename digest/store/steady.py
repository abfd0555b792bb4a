"""Writing again and again: a connection that is kept from one transaction to the next."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from sqlalchemy import Connection

from digest.store.engine import Store

KEPT = 1.0
"""Seconds: a connection that was not used for so long may be gone, and is looked at anew before it is used."""


class SteadyWriter:
    """`Store.write` without asking before each transaction whether the server is still there; for one thread.

    A connection on which anything went wrong is not used again.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._connection: Connection | None = None
        self._used = 0.0  # seconds on the monotonic clock

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that may write.

        Raises:
            StoreError: when the database cannot do its work, with the cause.
        """
        with self._store.telling():
            if monotonic() - self._used > KEPT:
                self.close()
            connection = self._connection = self._connection or self._store.engine.connect()
            connection.info["write"] = True
            try:
                with connection.begin():
                    yield connection
            except BaseException:
                self.close()
                raise
            self._used = monotonic()

    def close(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.info["write"] = False
            connection.close()
