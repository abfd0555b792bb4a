"""Pictures that somebody gives, as a file: made anew, kept, and named in a text by what was made of them."""

import asyncio
import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from digest.app import App
from digest.collect.fetch.failures import LastingError
from digest.collect.fetch.sources import read_beside
from digest.collect.pictures import PictureError as PictureError  # noqa: PLC0414  (handed on)
from digest.core.content.pictures import as_picture, picture_files
from digest.errors import UsageError
from digest.model import Told
from digest.store.content import pictures as picture_store
from digest.text.pictures import OUR_PICTURES, local_pictures

LARGEST = 20_000_000
"""Bytes of a picture as it is given."""


async def keep_picture(app: App, content: bytes, now: datetime) -> str:
    """Make a picture anew and keep it; how a text names it from then on.

    The same bytes are made once, so that they are named alike however often they are given.

    Raises:
        PictureError: why it cannot be used.
        UsageError: when it cannot be kept.
    """
    if len(content) > LARGEST:
        raise PictureError(Told("picture_bytes", size=str(LARGEST // 1_000_000)))
    files, address = picture_files(app), _given(content)
    with app.store.read() as connection:
        known = picture_store.pictures_at(connection, [address]).get(address)
    if known is not None and files.has(known.large.name) and files.has(known.small.name):
        picture = known
    else:
        made = await app.reader.make_picture(content, stopping=app.stopping.is_set)
        picture = as_picture(made)
        try:
            for one in (made.large, made.small):
                await asyncio.to_thread(files.keep, one.content, one.suffix)
        except OSError as error:
            raise UsageError(f"A picture cannot be kept: {error.strerror}") from None
    with app.store.write() as connection:
        picture_store.keep(connection, picture, now)
        picture_store.record_found(connection, address, picture, version="", now=now)
    return f"{OUR_PICTURES}{picture.large.name}"


async def keep_beside(app: App, text: str, file: Path, now: datetime) -> tuple[str, Mapping[str, str]]:
    """Keep the pictures that stand beside a Markdown file.

    Returns:
        The text, with those named as we keep them, and why each other could not be kept.
    """
    named: dict[str, str] = {}
    troubles: dict[str, str] = {}
    for one in _beside(text):
        try:
            named[one] = await keep_picture(app, await asyncio.to_thread(_read, file, one), now)
        except (LastingError, PictureError) as error:
            troubles[one] = Told.by(error)
    return _renamed(text, named), troubles


def as_kept(app: App, text: str, file: Path) -> str:
    """A Markdown file's text with the pictures beside it named as we keep them, as far as they are kept."""
    given: dict[str, str] = {}
    for one in _beside(text):
        try:
            given[one] = _given(_read(file, one))
        except LastingError:
            continue  # it is told as a picture that is not shown
    with app.store.read() as connection:
        kept = picture_store.pictures_at(connection, given.values())
    return _renamed(text, {one: f"{OUR_PICTURES}{kept[at].large.name}" for one, at in given.items() if at in kept})


def _beside(text: str) -> list[str]:
    return [one for one in local_pictures(text) if not one.startswith(OUR_PICTURES)]


def _read(file: Path, name: str) -> bytes:
    home = file.resolve().parent
    return read_beside(home, home / name, most=LARGEST)


def _given(content: bytes) -> str:
    return f"given:{sha256(content).hexdigest()}"


def _renamed(text: str, named: Mapping[str, str]) -> str:
    for one, ours in named.items():
        written = "|".join(re.escape(form) for form in dict.fromkeys((one, quote(one))))
        text = re.sub(rf"(\]\(\s{{0,3}}<?)(?:{written})(?=[>\s)])", rf"\g<1>{ours}", text)
    return text
