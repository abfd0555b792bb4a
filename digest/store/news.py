"""News: what one process does that others must hear of at once, told by PostgreSQL as the transaction commits.

Who misses it, since the connection is lost or goes through a pooler, finds it by looking: nothing depends on it.
"""

import asyncio
from collections.abc import Callable

import structlog
from sqlalchemy import Connection, func, select

from digest.store.engine import is_shared
from digest.store.sql.newer import CHANNEL

CAMPAIGN, RELAY = "campaign", "relay"
"""What has changed: a campaign was moved, a relay asked for less. Of new tables `sql.newer` tells."""

_AGAIN = 1.0  # seconds

log = structlog.get_logger("digest.store")


def tell(connection: Connection, what: str) -> None:
    """Have all who listen hear of it once this transaction is committed; nothing where no workers share campaigns."""
    if is_shared(connection):
        connection.execute(select(func.pg_notify(CHANNEL, what)))


class News:
    """What is told on one connection, which is made again where it is lost.

    Args:
        conninfo: the database's address, as libpq takes it; not through a pooler, which hands nothing on.
        on_news: called with what has changed.
    """

    def __init__(self, conninfo: str, on_news: Callable[[str], None]) -> None:
        self._conninfo = conninfo
        self._on_news = on_news
        self.is_heard = False

    async def listen(self) -> None:
        """Listen until cancelled."""
        from psycopg import AsyncConnection, Error  # noqa: PLC0415  (slow to import, and rarely needed)

        told = False
        while True:
            try:
                async with await AsyncConnection.connect(self._conninfo, autocommit=True) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    self.is_heard, told = True, False
                    for what in (CAMPAIGN, RELAY):  # whatever was told meanwhile
                        self._on_news(what)
                    async for one in connection.notifies():
                        self._on_news(one.payload)
            except (Error, OSError) as error:
                if not told:
                    log.warning("no news is heard of other processes; they are looked for", error=str(error))
                told = True
            finally:
                self.is_heard = False
            await asyncio.sleep(_AGAIN)
