"""Attempts: what failed is tried again after a while, and not at every tick."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from digest.app import App
from digest.errors import DigestError, StoppedError
from digest.model import Told

_AGAIN = timedelta(minutes=15)


@contextmanager
def sparingly(app: App, what: str, now: datetime) -> Iterator[None]:
    """Let through what did not fail within the last quarter of an hour in this process.

    Raises:
        DigestError: what it failed with, again.
    """
    failed = app.failed.get(what)
    if failed is not None and now - _AGAIN < failed[0] <= now:
        raise DigestError(failed[1])
    try:
        yield
    except StoppedError:
        raise
    except DigestError as error:
        app.failed[what] = (now, Told.by(error))
        raise
    app.failed.pop(what, None)
