"""Forget: all that is held about a person is erased, or made nameless where reports count it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from digest.app import App
from digest.config.addresses import address_key
from digest.config.subscribers import read_lists
from digest.errors import ConfigError, DigestError
from digest.model import By
from digest.store import people
from digest.store.organisers import activity

_HEAD = 20_000  # bytes of a filed mail in which its recipient stands


@dataclass(frozen=True, kw_only=True, slots=True)
class Forgotten:
    """What forgetting came to."""

    was_known: bool
    files: int  # mails and previews of theirs that were deleted
    shredded: bool  # nothing is left in the store's own files, either
    listed: tuple[str, ...]  # lists whose file or table still names them: only the admin can take that out


def forget(app: App, address: str, now: datetime, *, by: By) -> Forgotten:
    """Erase a person. A keyed hash stays, by which no file brings them back.

    Deleted are mails to them in the embedded mailbox, and previews that name them, in `[paths] var`; not what was
    written elsewhere, nor backups.

    Raises:
        DigestError: when a mail to them is on its way at this moment; nothing is changed.
    """
    with app.store.write() as connection:
        if people.is_in_flight(connection, address):
            raise DigestError("A mail to them is on its way at this moment; run the command again when it has arrived.")
        was_known = people.forget(connection, address, now)
        activity.record(connection, at=now, by=by, verb="forget", subject=people.NAMELESS)
    shredded = app.store.shred()
    files = [path for path in _files(app, address) if _deleted(path)]
    return Forgotten(
        was_known=was_known, files=len(files), shredded=shredded, listed=tuple(_lists_naming(app, address))
    )


def _files(app: App, address: str) -> Iterator[Path]:
    key = address_key(address).encode()
    for path in app.mailbox.glob("*/*"):
        if path.is_file() and key in _recipients(path):
            yield path
    previews = app.config.resolve(app.config.paths.var) / "preview"
    for path in previews.glob("*.eml"):
        if address.lower().encode() in path.read_bytes().lower():
            yield from previews.glob(f"{path.stem}.*")


def _recipients(path: Path) -> frozenset[bytes]:
    """Whom a filed mail was delivered to, as addresses are compared."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    found = re.findall(rb"^Delivered-To: ([^\r\n]{1,1000})", head, re.MULTILINE)
    return frozenset(address_key(one.decode("utf-8", "replace").strip()).encode() for one in found)


def _deleted(path: Path) -> bool:
    path.unlink(missing_ok=True)
    return True


def _lists_naming(app: App, address: str) -> Iterator[str]:
    try:
        listed = read_lists(app.config)
    except ConfigError:
        return
    key = address_key(address)
    for one in listed:
        if any(address_key(line.address) == key for line in one.subscribers):
            yield one.name
