"""The ping: an outside watcher is told, again and again, that everything due has happened; its silence is the alarm."""

import asyncio
from datetime import datetime

import structlog

from digest.app import App
from digest.core.health.overdue import overdue

_TIMEOUT = 5.0  # seconds, for all of it

log = structlog.get_logger("digest.health")


async def ping(app: App, now: datetime) -> bool:
    """Ask for `[health] ping` where everything due has happened; whether it was answered well.

    A watcher that cannot be reached is only logged: what is watched goes on. Redirects are not followed.
    """
    import httpx2  # noqa: PLC0415  (slow to import)

    address = app.config.health.ping
    if address is None:
        return False
    if late := await asyncio.to_thread(overdue, app, now):
        log.warning("the watcher is not told that all is well", overdue=list(late))
        return False
    try:
        async with asyncio.timeout(_TIMEOUT), httpx2.AsyncClient() as client:
            answer = await client.get(address)
    except (TimeoutError, httpx2.HTTPError, OSError) as error:
        log.warning("the watcher could not be reached", error=type(error).__name__)
        return False
    if answer.is_error:
        log.warning("the watcher did not take it", status=answer.status_code)
    return not answer.is_error
