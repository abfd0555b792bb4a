"""Returned: what came back is read, taken in, and holds a campaign of which it is too much."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from digest.app import App
from digest.core.campaigns.limits import hold_over_limits
from digest.core.people import returns
from digest.core.people.returns import Taken
from digest.errors import StoppedError, UsageError
from digest.model import By, Return
from digest.returns.message import read_message

_BY_MAIL = "mail"


def take_returns(app: App, found: Sequence[Return], now: datetime, *, by: By, source: str) -> Taken:
    """Take in what came back, all or nothing: kept once, people suppressed, campaigns held.

    Args:
        app: what to work with.
        found: what was read.
        now: when.
        by: who read it, or the provider that posted it.
        source: "mail", or the provider's name.
    """
    with app.store.write() as connection:
        taken = returns.take(connection, found, now, by=by, source=source)
        return replace(taken, held=hold_over_limits(connection, taken.campaign_ids, app.config.limits, now))


def take_mail(app: App, messages: Sequence[bytes], now: datetime, *, by: By) -> Taken:
    """Read messages that came back, and take them in.

    Raises:
        StoppedError: when the process was told to stop; nothing is taken in then.
    """
    if app.stopping.is_set():
        raise StoppedError("Stopped; what was not read is read next time.")
    return take_returns(app, [_read(app, one, now) for one in messages], now, by=by, source=_BY_MAIL)


def read_returns(app: App, place: Path | BinaryIO | None, now: datetime, *, by: By) -> Taken:
    """Read what came back, and mark as read what is kept.

    Args:
        app: what to work with.
        place: a Maildir, an mbox, a file, a folder of files, or a stream; None is the mailbox of `[returns]`.
        now: when.
        by: who wants it.

    Raises:
        UsageError: when there is nothing there, or `[returns]` names no server.
        ReturnsError: when the mailbox cannot be opened or read.
    """
    from digest.returns.mailbox import read_imap, read_path, read_stream  # noqa: PLC0415  (slow to import)

    total = Taken()

    def keep(messages: Sequence[bytes]) -> None:
        nonlocal total
        total += take_mail(app, messages, now, by=by)
        app.progress("reading", total.read, 0)

    if isinstance(place, Path):
        read_path(place, keep)
    elif place is not None:
        read_stream(place, keep)
    elif app.config.returns.host is None:
        raise UsageError("config.toml names no mailbox in [returns]; say where it lies with --from FILE, DIR or -")
    else:
        read_imap(app.config.returns, keep)
    return total


def secrets_of_marks(app: App) -> Iterator[str]:
    """The secrets that marks in mails are, or were, made with; the present one first."""
    yield app.secret
    yield from (former.reveal() for former in app.config.web.old_secrets if former)


def first_with_hints(readings: Iterable[Return]) -> Return:
    """What the first secret makes of a return that finds our marks in it; else what the last makes of it."""
    for found in readings:
        if found.hints:
            break
    return found


def _read(app: App, message: bytes, now: datetime) -> Return:
    return first_with_hints(read_message(message, secret=secret, now=now) for secret in secrets_of_marks(app))
