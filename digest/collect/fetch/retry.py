"""When a request that failed is worth another, and how long a source may take in all."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from digest.collect.fetch.failures import LastingError, TransientError
from digest.model import Told

MAX_RETRIES = 2
_BACKOFF = 1.0  # seconds before the first retry, doubled for the next, up to half of it left to chance


@dataclass(slots=True)
class Budget:
    """The seconds that a source may still take; waiting for a turn is not counted."""

    left: float

    @asynccontextmanager
    async def spending(self) -> AsyncIterator[None]:
        """Count what is done inside.

        Raises:
            TimeoutError: when nothing is left.
        """
        loop = asyncio.get_running_loop()
        start = loop.time()
        try:
            async with asyncio.timeout(self.left):
                yield
        finally:
            self.left -= loop.time() - start


def wait_before(retry: int, error: TransientError, budget: Budget, chance: float) -> float:
    """How many seconds to wait before the next request, taken off the budget.

    Args:
        retry: how often it was tried again already.
        error: why the last request failed.
        budget: what the source may still take.
        chance: from 0 to 1.

    Raises:
        LastingError: when it is not worth it.
    """
    asked, why = error.retry_after, Told.by(error)
    if asked is not None and (retry == MAX_RETRIES or asked >= budget.left):
        raise LastingError(Told("asks_for_rest", why=why, seconds=f"{asked:.0f}"))
    if retry == MAX_RETRIES:
        raise LastingError(Told("in_a_row", why=why, number=MAX_RETRIES + 1))
    wait = _BACKOFF * 2**retry * (0.5 + chance / 2) if asked is None else asked
    if wait >= budget.left:
        raise LastingError(Told("time_is_up", why=why))
    budget.left -= wait
    return wait


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds until the server wants to be asked again (RFC 9110 section 10.2.3).

    A date counts from the answer's own Date, so that the two clocks need not agree.
    """
    asked = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", asked):
        return float(asked)
    until, sent = _http_date(asked), _http_date(headers.get("date", ""))
    return max(0.0, (until - sent).total_seconds()) if until and sent else None


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else None
